"""One notice delivered many times at once is one order and one mail."""

from tests.faults.deliveries import FAULT
from tests.faults.fault import SHORT, Place


def test_a_notice_that_comes_many_times_at_once_counts_once(place: Place) -> None:
    assert FAULT.run(place, SHORT)
