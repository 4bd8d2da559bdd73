"""Stripe in every bad mood: told plainly, pressed again, charged once; the sweep finds what no notice told."""

from tests.faults.fault import SHORT, Place
from tests.faults.provider_away import FAULT


def test_it_holds(place: Place) -> None:
    FAULT.run(place, SHORT)
