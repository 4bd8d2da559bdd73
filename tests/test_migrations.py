"""Migrations: on both engines they make exactly what the models say, and every index and check with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from shop.base.db import Database
from shop.migrations.migrate import differences, is_newest, migrate
from shop.migrations.tables import METADATA


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Two empty databases of the same engine."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in ("a", "b")]
    else:
        server = request.getfixturevalue("postgres")
        urls = [server.url(server.create()).replace("postgresql://", "postgresql+psycopg://") for _ in range(2)]
    databases = tuple(Database(url) for url in urls)
    yield databases[0], databases[1]
    for database in databases:
        database.close()


def test_a_database_is_brought_to_the_newest_shape_and_stays_there(empty: tuple[Database, Database]) -> None:
    database, _ = empty
    assert not is_newest(database)

    for _again in range(2):
        migrate(database)
        assert is_newest(database)


def test_migrations_and_models_agree(empty: tuple[Database, Database]) -> None:
    database, _ = empty
    migrate(database)

    assert differences(database) == []


def test_migrations_make_every_check_and_key_that_the_models_name(empty: tuple[Database, Database]) -> None:
    # Alembic compares neither checks nor primary keys.
    migrated, made = empty
    migrate(migrated)
    METADATA.create_all(made.engine)

    assert shape(migrated) == shape(made)


def test_the_models_import_every_table() -> None:
    assert {"effect", "job_lease", "launch_event", "orders", "request", "waiver", "picture"} <= METADATA.tables.keys()


def shape(database: Database) -> dict[str, Any]:
    looked = inspect(database.engine)
    return {
        table: (
            sorted(each["name"] or "" for each in looked.get_check_constraints(table)),
            looked.get_pk_constraint(table)["constrained_columns"],
            sorted(tuple(each["column_names"]) for each in looked.get_unique_constraints(table)),
            sorted((each["name"] or "", tuple(each["column_names"])) for each in looked.get_indexes(table)),
            sorted((each["name"], str(each["type"]), each["nullable"]) for each in looked.get_columns(table)),
        )
        for table in looked.get_table_names()
        if table != "alembic_version"
    }
