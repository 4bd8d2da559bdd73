"""The clock jumps and is set right: nothing is lost or paid twice, and all work goes on at once."""

from tests.faults.clock_jumps import FAULT
from tests.faults.fault import SHORT, Place


def test_it_holds(place: Place) -> None:
    FAULT.run(place, SHORT)
