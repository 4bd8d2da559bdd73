"""Killed at any moment below the doors: nothing that was acknowledged is lost, and nothing stands half done."""

from tests.faults.fault import SHORT, Place
from tests.faults.killed_service import FAULT


def test_what_was_acknowledged_survives(place: Place) -> None:
    assert FAULT.run(place, SHORT)
