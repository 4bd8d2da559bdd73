"""A fault: what goes wrong, where it happens, and how much of it."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.base.revisions import Revisions
from shop.base.settings import ROOT, from_environment
from shop.base.tokens import Signer
from shop.policies.library import PolicyLibrary
from shop.policies.written import living
from shop.upkeep.personal.acting import Keeper
from shop.upkeep.proving import invariants, prove
from tests.conftest import prepare_postgres
from tests.postgres import Server

Engine = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class Size:
    """The short form of the ordinary tests, or all of it. Everything random comes from `seed`."""

    full: bool
    seed: int

    def of(self, short: int, full: int) -> int:
        """How many."""
        return full if self.full else short

    def random(self) -> random.Random:
        """Chance that repeats with the seed."""
        return random.Random(self.seed)


SHORT = Size(full=False, seed=20_261_123)


@dataclass(frozen=True, slots=True)
class Place:
    """An installation of its own: a database with the demo in it, and a data folder."""

    engine: Engine
    url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def prove(self, *, now: datetime) -> None:
        """`softlaunch check`; raises AssertionError that names what is broken."""
        database = Database(self.url)
        try:
            library = living(_policies(), database, Revisions(database))
            library.refresh()
            signer = Signer(from_environment(self.environment).secret_key)
            keeper = Keeper(database, library, signer, self.folder)
            proved = prove(database, invariants(library, keeper.left_mails), now=now)
        finally:
            database.close()
        broken = {
            each.invariant.key: [(one.subject, dict(one.values)) for one in each.first[:3]]
            for each in proved.findings
            if each.word == "broken"
        }
        assert not broken, broken


Run = Callable[[Place, Size], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of bad day. `run` brings it about, proves that the place is well, and says what it counted."""

    name: str
    says: str
    run: Run
    engines: tuple[Engine, ...] = ("sqlite", "postgres")


@contextmanager
def sqlite_place(demo: Path) -> Iterator[Place]:
    """A place over a copy of the SQLite file `demo`."""
    with tempfile.TemporaryDirectory(prefix="softlaunch-fault-") as folder:
        file = Path(folder) / "softlaunch.db"
        shutil.copy(demo, file)
        yield _place("sqlite", f"sqlite:///{file}", Path(folder))


@contextmanager
def postgres_place(server: Server) -> Iterator[Place]:
    """A place over a database of its own on this PostgreSQL."""
    with (
        server.database(server.template("demo", prepare_postgres)) as url,
        tempfile.TemporaryDirectory(prefix="softlaunch-fault-") as folder,
    ):
        yield _place("postgres", primary_address(url), Path(folder))


def _place(engine: Engine, url: str, folder: Path) -> Place:
    environment = {"SOFTLAUNCH_DATABASE_URL": url, "SOFTLAUNCH_DATA_DIR": str(folder), "SOFTLAUNCH_LOG_FORMAT": "off"}
    return Place(engine, url, folder, environment)


@cache
def _policies() -> PolicyLibrary:
    return PolicyLibrary(ROOT / "policies")
