"""A few orders of each set of the payment provider's notices: one end for each set."""

from tests.faults.event_orders import FAULT
from tests.faults.fault import SHORT, Place


def test_in_whatever_order_notices_come_they_end_the_same(place: Place) -> None:
    assert FAULT.run(place, SHORT)
