"""Another place beside a place: a copy for each case of a table, so that no case finds what one before it left; or an
empty one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.faults.fault import Place


@contextmanager
def copied(place: Place) -> Iterator[Place]:
    """The place once more, with everything in its database. Nobody may be connected to it meanwhile."""
    with _beside(place, template=place.url.rpartition("/")[2]) as copy:
        if place.engine == "sqlite":
            shutil.copy(place.url.removeprefix("sqlite:///"), copy.url.removeprefix("sqlite:///"))
        yield copy


@contextmanager
def emptied(place: Place) -> Iterator[Place]:
    """A place without anything in its database."""
    with _beside(place, template="template0") as empty:
        yield empty


def administer(place: Place, statement: str) -> None:
    """Have the place's PostgreSQL do what is not done from within a database."""
    with psycopg.connect(maintenance(place), autocommit=True) as connection:
        connection.execute(statement.encode())


def maintenance(place: Place) -> str:
    """The address of the database that is there whatever else is."""
    server = place.url.rpartition("/")[0].replace("postgresql+psycopg://", "postgresql://", 1)
    return f"{server}/postgres"


@contextmanager
def _beside(place: Place, *, template: str) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="softlaunch-fault-") as folder:
        if place.engine == "sqlite":
            yield _at(place, f"sqlite:///{folder}/softlaunch.db", Path(folder))
            return
        name = f"beside_{uuid4().hex}"
        administer(place, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield _at(place, f"{place.url.rpartition('/')[0]}/{name}", Path(folder))
        finally:
            administer(place, f'DROP DATABASE "{name}" WITH (FORCE)')


def _at(place: Place, url: str, folder: Path) -> Place:
    environment = {**place.environment, "SOFTLAUNCH_DATABASE_URL": url, "SOFTLAUNCH_DATA_DIR": str(folder)}
    return replace(place, url=url, folder=folder, environment=environment)
