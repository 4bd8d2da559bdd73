"""Duty minute by minute against a second way of working it out, on strange clocks and in both nights of change."""

from tests.faults.fault import SHORT, Place
from tests.faults.minutes import FAULT


def test_it_holds(sqlite_place: Place) -> None:
    FAULT.run(sqlite_place, SHORT)
