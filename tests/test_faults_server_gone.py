"""PostgreSQL cuts connections, crashes, has none left: 503 while it lasts, well again in five seconds."""

import pytest

from tests.faults.fault import SHORT, Place
from tests.faults.server_gone import FAULT


@pytest.mark.postgres
def test_it_holds(postgres_place: Place) -> None:
    FAULT.run(postgres_place, SHORT)
