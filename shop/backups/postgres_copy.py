"""PostgreSQL, copied by its own pg_dump at the moment at which its rows were counted, and put back by pg_restore.

What stood there before stays under another name until the new is whole.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from shop.backups.manifest import CannotCopy

REPLACED = "softlaunch_replaced"  # the schema that holds what stood there before

CLOSING_PAUSES = (0.05, 0.2, 0.5)  # seconds that the server may take to forget a connection that was closed


@contextmanager
def moment(url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection that sees one moment, and the name by which pg_dump sees the same one, while the block lasts."""
    with _connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, str(row[0])


def copy(url: str, snapshot: str, target: Path) -> None:
    """The database at that moment, in pg_dump's custom format. Raises CannotCopy."""
    _run(
        "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
    )


def put(copied: Path, url: str, shape: str, counts: dict[str, int]) -> None:
    """Let the copy take the place of the whole schema `public`, once it has its shape and holds as many rows as it must.

    What was there before stays aside until `forget_replaced`; on a failure it is there again. Raises CannotCopy.
    """
    _aside(url)
    try:
        _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(copied))
        with _connected(url) as connection:
            if (revision(connection), counted(connection)) != (shape, counts):
                raise CannotCopy("the database came back with another shape or other rows than were packed")
    except BaseException:
        with _connected(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(f"ALTER SCHEMA {REPLACED} RENAME TO public")
        raise


def forget_replaced(url: str) -> None:
    """Drop what a copy has replaced, once nothing can go back to it any more; a shop sells without that, too."""
    with suppress(psycopg.Error), _connected(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {REPLACED} CASCADE")
        connection.execute("ANALYZE")  # without it the first questions are planned as if every table were empty


def is_empty(url: str) -> bool:
    """Whether the database holds no table."""
    with _connected(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    return row == (0,)


def others(url: str) -> int:
    """How many other connections to this database there are, after giving those that were just closed a moment to go."""
    for pause in CLOSING_PAUSES:
        if not _connections(url):
            return 0
        time.sleep(pause)
    return _connections(url)


def _connections(url: str) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with _connected(url) as connection:
        row = connection.execute(asked + " AND backend_type = 'client backend'").fetchone()
    assert row is not None
    return int(row[0])


def check_programs(*names: str) -> None:
    """Raise CannotCopy, naming it, when one of PostgreSQL's programs is not on PATH."""
    for name in names:
        _program(name)


def _aside(url: str) -> None:
    """Put what stands there aside. What a restore that was killed had put aside stays there: nothing took its place yet."""
    killed = is_empty(url)
    with _connected(url) as connection:
        there = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", [REPLACED]).fetchone() == (True,)
        if there and killed:
            connection.execute("DROP SCHEMA public CASCADE")
        else:
            connection.execute(f"DROP SCHEMA IF EXISTS {REPLACED} CASCADE")
            connection.execute(f"ALTER SCHEMA public RENAME TO {REPLACED}")
        connection.execute("CREATE SCHEMA public")


@contextmanager
def _connected(url: str, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(make_conninfo("", **_parts(url)), autocommit=autocommit) as connection:
            yield connection
    except psycopg.Error as error:
        raise CannotCopy(f"the database cannot be used: {str(error).partition(chr(10))[0]}") from None


def _run(program: str, url: str, *arguments: str) -> None:
    """The program beside this one; the password goes in by its environment, where `ps` does not show it."""
    told = _parts(url)
    password = told.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [_program(program), f"--dbname={make_conninfo('', **told)}", "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace")  # noqa: S603  PostgreSQL's own program
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise CannotCopy(f"{program}: {said[0]}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotCopy(
            f"{name} is not on PATH; install PostgreSQL's client programs, of the server's version or newer"
            " (on Debian and Ubuntu: postgresql-client)"
        )
    return found


def _parts(url: str) -> dict[str, str]:
    """The address in libpq's words; of several hosts (a primary and who may take its place) all of them."""
    address = make_url(url)
    _none, parts = address.get_dialect()().create_connect_args(address)
    return {name: str(value) for name, value in parts.items() if isinstance(value, str | int)}


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """The rows of every table, as this connection sees them."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    ).fetchall()
    return {name: _rows(connection, name) for (name,) in tables}


def _rows(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def revision(connection: psycopg.Connection) -> str:
    """The shape of the database; empty when it has none yet."""
    there = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there == (True,) else None
    return str(row[0]) if row else ""
