"""Bringing a database to the newest shape, and asking whether models and migrations agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from shop.base.db import Database
from shop.migrations.backfill import BACKFILLS, fill
from shop.migrations.locks import Told, patiently, wait_briefly
from shop.migrations.tables import METADATA


class BrokenReferences(Exception):
    """A migration would leave rows that name rows which are not there; the message names the tables."""


def migrate(database: Database, *, told: Told = lambda _line: None) -> None:
    """Upgrade to the newest shape, all or nothing, and fill what it left to be filled; nothing when that is so already.

    Others may go on selling meanwhile. `told` hears what takes long. Raises BrokenReferences and TablesInUse.
    """
    patiently(database, _upgrade, told=told)
    for each in BACKFILLS:
        fill(database, each, told=told)


def _upgrade(connection: Connection) -> None:
    with _references_rest(connection), connection.begin():
        wait_briefly(connection)
        command.upgrade(_config(connection), "head")
        _check_references(connection)


@contextmanager
def _references_rest(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: dropping the old one must neither fail nor take the rows that name it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection  # a transaction, once begun, would leave the pragma without effect
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON").close()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            tables = ", ".join(sorted({f"{table} -> {parent}" for table, _row, parent, _key in broken}))
            raise BrokenReferences(f"the migration would leave rows that name nothing ({tables}); nothing was changed")


def is_newest(database: Database) -> bool:
    """Whether the database has the newest shape."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory(_folder()).get_heads())


def shapes() -> tuple[str, ...]:
    """The names of every shape that this version knows, the newest first."""
    return tuple(each.revision for each in ScriptDirectory(_folder()).walk_revisions())


def differences(database: Database) -> list[str]:
    """Where the database differs from the models, in Alembic's words; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(each) for each in compare_metadata(context, METADATA)]


def new_revision(database: Database, message: str) -> None:
    """Write a new migration from the differences between models and database."""
    number = 1 + len(list(ScriptDirectory(_folder()).walk_revisions()))
    with database.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=f"{number:04}")


def _folder() -> str:
    return str(Path(__file__).parent)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", _folder().replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
