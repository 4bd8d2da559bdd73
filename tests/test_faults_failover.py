"""The short form of the failover: one pair, a score of buyers, one power cut."""

import pytest

from tests.faults.failover import FAULT
from tests.faults.fault import SHORT, Place


@pytest.mark.postgres
def test_when_the_primary_dies_its_standby_takes_over_and_nothing_acknowledged_is_lost(postgres_place: Place) -> None:
    assert "all kept" in FAULT.run(postgres_place, SHORT)
