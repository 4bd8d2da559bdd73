"""SQLite, copied at one moment while others write, and put back by taking the file's name.

With a rollback journal nobody commits while somebody reads. So the copy is first tried in slices, between which writers
have their turn; a commit of theirs begins it anew. A shop that never rests long enough is copied in one go: its writers
wait so long, and its customers are asked to try again after five seconds.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from shop.backups.manifest import CannotCopy
from shop.base.db import BUSY_SECONDS

SLICE = 8_192  # pages at once, 32 MiB
REST = 0.1  # seconds for the writers between two slices; each tries again after at most so long
STARTS = 4  # so often it is begun in slices

Told = Callable[[str, int, int], None]


def copy(source: Path, target: Path, told: Told) -> None:
    """The database as it stood at one moment, as a file of its own. Raises CannotCopy."""
    if not source.exists():
        raise CannotCopy(f"there is no database at {source}")
    try:
        with _connected(source) as reading, closing(sqlite3.connect(target, isolation_level=None)) as writing:
            writing.execute("PRAGMA synchronous=OFF").close()  # the archive is brought to the disk, this file only read
            if _waits_for_nobody(reading) or not _in_slices(reading, writing, told):
                _in_one_go(reading, writing, told)
            writing.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.Error as error:
        raise CannotCopy(f"the database cannot be copied: {error}") from None


def put(copied: Path, target: Path) -> None:
    """Let the copy take the database's place, which nobody may have open."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restored")
    shutil.move(copied, beside)  # from another disk it is copied, and takes the name only when it is whole
    with beside.open("rb") as opened:
        os.fsync(opened.fileno())
    for leftover in ("-journal", "-wal", "-shm"):  # of the file before: SQLite would apply them to this one
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    os.replace(beside, target)


def users(file: Path) -> list[str]:
    """The numbers of the processes that have the database open, where the system tells (Linux does, of one's own)."""
    name, found = str(file.resolve()), set()
    for each in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if os.readlink(each) == name:
                found.add(each.parts[2])
    return sorted(found, key=int)


def is_empty(file: Path) -> bool:
    """Whether there is no database yet, or one without a table. What SQLite cannot read is not empty."""
    if not file.exists() or file.stat().st_size == 0:
        return True
    try:
        with _connected(file) as connection:
            tables: tuple[int] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return tables == (0,)
    except sqlite3.DatabaseError:
        return False


def _connected(file: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None))


def _waits_for_nobody(reading: sqlite3.Connection) -> bool:
    """With a write-ahead log those who read and those who write do not wait for each other."""
    journal: tuple[str] = reading.execute("PRAGMA journal_mode").fetchone()
    return journal == ("wal",)


def _in_slices(reading: sqlite3.Connection, writing: sqlite3.Connection, told: Told) -> bool:
    """Whether it came to an end; the target is begun anew by the next try."""
    watch = _Starts(told)
    try:
        # `sleep` is for a slice that somebody else's commit kept from being read; after one that was, `watch` rests.
        reading.backup(writing, pages=SLICE, progress=watch, sleep=REST)
    except _NeverRests:
        return False
    return True


def _in_one_go(reading: sqlite3.Connection, writing: sqlite3.Connection, told: Told) -> None:
    reading.execute("BEGIN").close()
    reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only now the transaction reads, and stays there
    try:
        reading.backup(writing, pages=SLICE, progress=lambda _state, left, pages: told("database", pages - left, pages))
    finally:
        reading.execute("ROLLBACK").close()


class _NeverRests(Exception):
    pass


class _Starts:
    """Tells how far the copy is, rests, and gives up once it was begun too often."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._left: int | None = None
        self._starts = 1

    def __call__(self, state: int, left: int, pages: int) -> None:
        if state not in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE):
            return  # somebody commits just now; this step is taken again
        if self._left is not None and left >= self._left and left > 0:
            self._starts += 1
            if self._starts > STARTS:
                raise _NeverRests
        self._left = left
        self._told("database", pages - left, pages)
        if left:
            time.sleep(REST)


def counted(file: Path) -> dict[str, int]:
    """The rows of every table of a copy."""
    with _connected(file) as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
        )
        names = [name for (name,) in connection.execute(listed)]
        return {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608  the database's own names


def revision(file: Path) -> str:
    """The shape of a copy; empty when it has none yet."""
    with _connected(file) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    return str(row[0]) if row else ""
