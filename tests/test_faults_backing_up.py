"""A backup made while customers buy is one moment of the shop, and holds in itself where it is restored."""

from tests.faults.backing_up import FAULT
from tests.faults.fault import SHORT, Place


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
