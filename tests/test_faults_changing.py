"""Policy, price, stock, market and recall change behind each step of a checkout: as shown, asked again, or not taken."""

from tests.faults.changing import FAULT
from tests.faults.fault import SHORT, Place


def test_it_holds(place: Place) -> None:
    FAULT.run(place, SHORT)
