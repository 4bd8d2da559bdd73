"""Twenty seconds of customers and staff, three hours of the shop's clock: nothing of a process grows."""

from tests.faults.fault import SHORT, Place
from tests.faults.soak import FAULT


def test_nothing_grows_while_customers_and_staff_come_and_go(place: Place) -> None:
    assert FAULT.run(place, SHORT)
