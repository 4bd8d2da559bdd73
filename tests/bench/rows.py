"""Very many rows, written past the models straight into their tables, whose indexes are made anew in the end."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

from shop.base.db import Database

Row = Sequence[Any]


@contextmanager
def loading(database: Database, models: Sequence[type[SQLModel]]) -> Iterator[Connection]:
    """One transaction that writes into these tables without their plain indexes; then the database counts, if it would."""
    tables: list[Table] = [model.__table__ for model in models]  # type: ignore[attr-defined]
    indexes = [index for table in tables for index in table.indexes if not index.unique]
    with database.engine.connect() as connection:
        if database.sqlite:  # before a transaction begins; the connection is not kept
            for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
                connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
        connection.execution_options(writing=True)
        with connection.begin():
            if not database.sqlite:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
            for index in indexes:
                index.drop(connection)
            yield connection
            for index in indexes:
                index.create(connection)
        connection.invalidate()
    let_it_count(database)


def let_it_count(database: Database) -> None:
    """Have PostgreSQL count its rows, as it does by itself within minutes. SQLite never does, so it plans here as in a shop."""
    if not database.sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def write(connection: Connection, model: type, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows past the models: by COPY on PostgreSQL, by one prepared statement on SQLite."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    unknown = [name for name in columns if name not in table.c]
    missing = [each.name for each in table.c if not (each.nullable or each.name in columns or each.primary_key)]
    raw = connection.connection.driver_connection
    assert raw is not None and not unknown, unknown
    defaults = [(name, table.c[name].default.arg) for name in missing if table.c[name].default is not None]
    named = ", ".join(f'"{name}"' for name in (*columns, *(name for name, _value in defaults)))
    given = tuple(value for _name, value in defaults)
    if connection.dialect.name == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({named}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row((*row, *given))
        return
    marks = ", ".join("?" * (len(columns) + len(defaults)))
    statement = f'INSERT INTO "{table.name}" ({named}) VALUES ({marks})'  # noqa: S608 - names of our own tables
    raw.executemany(statement, (_plain((*row, *given)) for row in rows))


def _plain(row: Row) -> list[Any]:
    """As SQLite keeps it: instants as texts of UTC, so that they sort."""
    return [_text(each) if type(each) is datetime else each for each in row]


@lru_cache(maxsize=64)
def _text(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")
