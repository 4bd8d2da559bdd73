"""A process dies at a few of its named points, and everything ends as if it had not."""

from tests.faults.crash_points import FAULT
from tests.faults.fault import SHORT, Place


def test_wherever_a_process_dies_the_end_is_the_same(place: Place) -> None:
    assert FAULT.run(place, SHORT)
