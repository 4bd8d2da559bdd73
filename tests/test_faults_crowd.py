"""A small crowd at a small shelf: what is there is sold and nothing else, by one process or by two."""

from tests.faults.crowd import FAULT
from tests.faults.fault import SHORT, Place


def test_what_is_there_is_sold_and_nothing_else(place: Place) -> None:
    assert FAULT.run(place, SHORT)
