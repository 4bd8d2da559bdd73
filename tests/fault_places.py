"""Places for the short form of the faults: `place` gives one on each engine in turn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.fault import Place, postgres_place, sqlite_place


@pytest.fixture(name="sqlite_place")
def sqlite_place_fixture(demo_file: Path) -> Iterator[Place]:
    """An installation over SQLite."""
    with sqlite_place(demo_file) as place:
        yield place


@pytest.fixture(name="postgres_place")
def postgres_place_fixture(postgres: Any) -> Iterator[Place]:
    """An installation over PostgreSQL."""
    with postgres_place(postgres) as place:
        yield place


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest) -> Place:
    """An installation on each engine in turn."""
    given: Place = request.getfixturevalue(f"{request.param}_place")
    return given
