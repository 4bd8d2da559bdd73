"""What a process makes once for all tests: statements and templates compile to the same whatever database is open.

An engine compiles each statement for itself, and a test's engine lives for a second; here all engines of a kind share
one dialect and what was compiled for it. So do all houses with the catalogues of messages and the templates. Nothing of
what a database holds is in any of them.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, event
from sqlalchemy import create_engine as engine_of_its_own
from sqlalchemy.util import LRUCache

from shop import house
from shop.base import db
from shop.migrations import migrate
from shop.migrations.tables import METADATA
from shop.staff import signin

STATEMENTS = 5000

_first: dict[str, Engine] = {}


def create_engine(url: str, **options: Any) -> Engine:
    """An engine over this database that compiles no statement which another has compiled before."""
    engine = engine_of_its_own(url, **options)
    kind = engine.dialect.name
    if kind in _first:
        engine.dialect = _first[kind].dialect
        engine.update_execution_options(compiled_cache=_first[kind].get_execution_options()["compiled_cache"])
        return engine

    def may_be_shared(*_connection: Any) -> None:
        engine.update_execution_options(compiled_cache=LRUCache(STATEMENTS))
        _first.setdefault(kind, engine)

    event.listen(engine, "connect", may_be_shared, once=True)  # by now the dialect has asked what it talks to
    return engine


db.create_engine = create_engine
house.Languages = cache(house.Languages)
house.Pages = cache(house.Pages)
migrate.ScriptDirectory = cache(migrate.ScriptDirectory)

# A hash that takes its time is what a thief shall need; a sign-in in a test has none to wait for.
signin._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def with_tables(file: Path) -> db.Database:
    """A new SQLite database with all tables and no rows."""
    file.write_bytes(_tables())
    return db.Database(f"sqlite:///{file}")


@cache
def _tables() -> bytes:
    with TemporaryDirectory() as folder:
        made = db.Database(f"sqlite:///{folder}/tables.db")
        METADATA.create_all(made.engine)
        made.close()
        return (Path(folder) / "tables.db").read_bytes()
