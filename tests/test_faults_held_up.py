"""Another program holds SQLite: put off with 503, and well again by itself."""

from tests.faults.fault import SHORT, Place
from tests.faults.held_up import FAULT


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
