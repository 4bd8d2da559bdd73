"""Three processes over one database: done once, seen by all, counted together."""

import pytest

from tests.faults.fault import SHORT, Place
from tests.faults.several_processes import FAULT


@pytest.mark.postgres
def test_what_one_does_counts_for_all(postgres_place: Place) -> None:
    assert FAULT.run(postgres_place, SHORT)
