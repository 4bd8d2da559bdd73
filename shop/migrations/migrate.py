"""Bringing a database to the newest shape, and asking whether models and migrations agree."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from shop.base.db import Database
from shop.migrations.tables import METADATA


def migrate(database: Database) -> None:
    """Upgrade to the newest shape; does nothing when it is there already."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def is_newest(database: Database) -> bool:
    """Whether the database has the newest shape."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory(_folder()).get_heads())


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
