"""A full disk puts buyers off, half-writes nothing, and is forgotten when there is room again."""

from tests.faults.fault import SHORT, Place
from tests.faults.full_disk import FAULT


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
