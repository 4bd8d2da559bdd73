"""Two releases over one database, and a migration that is killed on its way."""

from tests.faults.fault import SHORT, Place
from tests.faults.two_versions import FAULT


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
