"""The database: SQLite embedded, or PostgreSQL when one process is outgrown, behind the same two words.

`reading()` gives a session that only looks; `writing()` gives one whole transaction: it commits when the block ends
and rolls back when the block raises, so that a refusal never leaves anything half-written. Models load nothing
lazily and join nothing unasked; hot writes are Core statements on the same tables.
"""

import os
import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from copy import copy
from operator import itemgetter
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlmodel import Session, SQLModel

from shop.base.database_faults import busy_is_a_refusal
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
Showing = Callable[[], AbstractContextManager[Session | None]]


class Database:
    """One engine, and the two ways to use it."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = _engine(url)
        self._for_writing = self.engine.execution_options(writing=True)
        self._for_reading = self.engine if self.sqlite else self.engine.execution_options(postgresql_readonly=True)
        self._turn = threading.Lock()
        self._on_raised: list[Raised] = []
        self._replica: Showing | None = None
        self._keeps = True

    def when_raised(self, tell: Raised) -> None:
        """Have `tell` called with the revision scopes that a transaction raised, just after it has committed."""
        self._on_raised.append(tell)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; whatever it would write is thrown away, and on PostgreSQL a fault."""
        with (
            busy_is_a_refusal(looking=True),
            Session(self._for_reading, expire_on_commit=False, autoflush=False) as session,
            nullcontext() if self.sqlite else looking(session),
        ):
            yield session

    def shows_from(self, replica: Showing) -> None:
        """Have `showing` ask `replica` first, which gives None when it is not fit to be asked."""
        self._replica = replica

    @contextmanager
    def showing(self) -> Iterator[Session]:
        """A session for pages that anybody may see and that may be a second old: a replica's where one is fit."""
        if self._replica is None:
            with self.reading() as session:
                yield session
            return
        with busy_is_a_refusal(looking=True), self._replica() as replicated:
            if replicated is not None:
                yield replicated
                return
        with self.reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction. On SQLite the writers of this process queue on one lock and then begin IMMEDIATE.

        Raises Busy when the database could not be had within five seconds; nothing was written then.
        """
        with busy_is_a_refusal(), self._queue(), Session(self._for_writing, expire_on_commit=False) as session:
            yield session
            if not self._keeps:
                return
            write_last(session)
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


@contextmanager
def looking(session: Session) -> Iterator[None]:
    """Have a session that could only look end with a commit, also where a refusal or a fault ends its block.

    When psycopg rolls back, it has the server forget all prepared statements.
    """
    try:
        yield
    finally:
        end_looking(session)


def end_looking(session: Session) -> None:
    """Commit a session that could only look, and give its connection back."""
    session.expunge_all()
    with suppress(
        SQLAlchemyError
    ):  # what was asked for has been read; the pool looks whether the connection still lives
        session.commit()
    session.close()


def at_last(db: Session, place: tuple[str, ...], write: Callable[[], object]) -> None:
    """Have `write` called at the end of the transaction, just before its commit, in the order of all the places given.

    For rows that many transactions change: when all of them take these rows last and in one order, no two wait for each
    other. `write` may not put off anything itself. It is not called in a rehearsal, nor in a transaction that fails.
    """
    db.info.setdefault("last", []).append((place, write))


def write_last(session: Session) -> None:
    """Write what `at_last` put off. `writing` does so before it commits; a test may do so to look at it before."""
    session.flush()
    for _place, write in sorted(session.info.pop("last", ()), key=itemgetter(0)):
        write()


def _commit(session: Session) -> None:
    """A commit that fails leaves SQLite's transaction open, and a pool would hand it out so: the connection goes instead."""
    try:
        session.commit()
    except DBAPIError:
        session.invalidate()
        raise


# A host that is gone without a word is noticed in ten seconds instead of in two hours. What the address says goes before.
_NOTICED = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def postgresql_engine(url: str, *, pool_size: int = 20, **arguments: Any) -> Engine:
    """An engine over PostgreSQL. `arguments` are libpq's, where the address has none of the name."""
    known = make_url(url).query
    given = {name: value for name, value in (_NOTICED | arguments).items() if name not in known}
    return create_engine(
        url,
        connect_args=given,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,  # the connection just used knows the most statements and has its caches warm
        pool_events=[(_replace_if_ended, "checkout")],
        hide_parameters=True,  # of a statement that failed: they may be a customer's, and the error is logged
    )


def _replace_if_ended(connection: Any, _record: object, _fairy: object) -> None:
    """Have the pool make a new connection where the server has ended this one, and all that were made before it.

    A server sends nothing to an idle connection except that it ends. Looking whether anything is there to be read saves
    the round trip of asking the server first, as `pool_pre_ping` does.
    """
    if connection.closed or _can_be_read(connection.fileno()):
        raise InvalidatePoolError


def _can_be_read(descriptor: int) -> bool:
    looking = select.poll()
    looking.register(descriptor, select.POLLIN)
    return bool(looking.poll(0))


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return postgresql_engine(url)
    arguments = {"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=arguments, pool_size=40, max_overflow=10, hide_parameters=True)
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(_dialect: object, _record: object, arguments: Any, _named: object) -> None:
    """A new file is its owner's alone; SQLite gives its journals the same mode. No folder, no leave: SQLite says so itself."""
    with suppress(OSError):
        os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL, 0o600))


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
