"""The database: SQLite embedded, or PostgreSQL when one process is outgrown, behind the same two words.

`reading()` gives a session that only looks; `writing()` gives one whole transaction: it commits when the block ends
and rolls back when the block raises, so that a refusal never leaves anything half-written. Models load nothing
lazily and join nothing unasked; hot writes are Core statements on the same tables.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlmodel import Session, SQLModel

from shop.ground.errors import Busy

WAL_SAFE = (3, 51, 3)  # older SQLite has a rare bug that can corrupt a write-ahead log when it is reset
BUSY_SECONDS = 5
CACHE_KIB = 16_384  # at most, of each connection: what a decision among ten thousand people reads

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Raised = Callable[[frozenset[str]], None]


class Database:
    """One engine, and the two ways to use it."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = _engine(url)
        self._for_writing = self.engine.execution_options(writing=True)
        self._turn = threading.Lock()
        self._on_raised: list[Raised] = []
        self._keeps = True

    def when_raised(self, tell: Raised) -> None:
        """Have `tell` called with the revision scopes that a transaction raised, just after it has committed."""
        self._on_raised.append(tell)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; whatever it would write is thrown away."""
        with _busy_is_a_refusal(), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction. On SQLite the writers of this process queue on one lock and then begin IMMEDIATE.

        Raises Busy when the database could not be had within five seconds; nothing was written then.
        """
        with _busy_is_a_refusal(), self._queue(), Session(self._for_writing, expire_on_commit=False) as session:
            yield session
            if not self._keeps:
                return
            _commit(session)
            raised = frozenset(session.info.get("raised", ()))
        for tell in self._on_raised if raised else ():
            with suppress(Busy):  # the change stands; whoever watches the revisions sees it within a second
                tell(raised)

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise Busy(retry_after=1)
        try:
            yield
        finally:
            self._turn.release()

    def keeping_nothing(self) -> "Database":
        """The same database for a rehearsal: what a transaction writes is seen within it and then thrown away."""
        rehearsed = copy(self)
        rehearsed._keeps = False
        return rehearsed

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _commit(session: Session) -> None:
    """A commit that fails leaves SQLite's transaction open, and a pool would hand it out so: the connection goes instead."""
    try:
        session.commit()
    except DBAPIError:
        session.invalidate()
        raise


@contextmanager
def _busy_is_a_refusal() -> Iterator[None]:
    try:
        yield
    except PoolEmpty as error:
        raise Busy(retry_after=1) from error
    except OperationalError as error:
        if _is_busy(error):
            raise Busy(retry_after=1) from error
        raise


def _is_busy(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01", "55P03", "53300", "57P03") or error.connection_invalidated


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_timeout=BUSY_SECONDS, pool_pre_ping=True)
    arguments = {"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=arguments, pool_size=40, max_overflow=10)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """Every pragma is set at each start: none of them can be trusted to be what the file's last user left."""
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # pysqlite would begin by itself, and deferred: two such writers dead-lock when both have read first.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def describe(database: Database) -> dict[str, Any]:
    """What runs underneath, for the log line at start."""
    with database.engine.connect() as connection:
        if not database.sqlite:
            return {"engine": "postgresql", "version": connection.exec_driver_sql("SHOW server_version").scalar()}
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        return {"engine": "sqlite", "version": sqlite3.sqlite_version, "journal": journal}


def log_engine(database: Database) -> None:
    """Say once at start which engine and journal run."""
    structlog.get_logger().info("database", **describe(database))
