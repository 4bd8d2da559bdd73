"""A mail server that is away, refuses or is silent: nobody who buys notices, and each mail goes out once."""

from tests.faults.fault import SHORT, Place
from tests.faults.mail_away import FAULT


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
