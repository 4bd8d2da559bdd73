"""Serving processes killed while twenty customers buy: everybody has the one order they were told of."""

from tests.faults.fault import SHORT, Place
from tests.faults.killed_server import FAULT


def test_everybody_has_the_one_order_they_were_told_of(place: Place) -> None:
    assert FAULT.run(place, SHORT)
