"""A streaming replica of PostgreSQL, which draws pages that may be a second old for as long as it is fit to.

It is fit when it has replayed all that the primary had written less than a second ago, and knows every revision that this
process knows: what a page is kept under in the page cache is never newer than what it was drawn from. Whoever writes
knows the new revision at once, and so reads what they have written. Otherwise the primary draws the page.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlmodel import Session

from shop.base.db import Database, end_looking, looking, postgresql_engine

OLDEST_SECONDS = 1.0
LOOK_SECONDS = 0.4
POOL = 20

_WRITTEN = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
# One statement, so that the revisions are those of the snapshot from which the whole page is read.
_REPLAYED = text(
    "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, "
    "(SELECT json_object_agg(scope, number) FROM revision)"
)


@dataclass(frozen=True, slots=True)
class Written:
    """How far the primary had written its log at an instant of this process's own steady clock."""

    at: float
    position: int


class Replica(Collector):
    """Sessions over the replica. `known` gives the revisions that this process knows at the time."""

    def __init__(self, database: Database, url: str, known: Callable[[], Mapping[str, int]]) -> None:
        self._database = database
        self._known = known
        engine = postgresql_engine(url, pool_size=POOL, connect_timeout=2, tcp_user_timeout=2_000)
        self._plain = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._written: Written | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.drew = {"replica": 0, "primary": 0}

    @contextmanager
    def showing(self) -> Iterator[Session | None]:
        """A session over one snapshot of the replica; None while it is not fit."""
        with Session(self._engine, expire_on_commit=False, autoflush=False) as session, looking(session):
            fit = self._is_fit(session)
            self.drew["replica" if fit else "primary"] += 1
            if not fit:
                end_looking(session)
            try:
                yield session if fit else None
            except DBAPIError:
                self._written = None  # nobody else is to find out for themselves before the next look
                raise

    def _is_fit(self, session: Session) -> bool:
        written = self._written
        if written is None or time.monotonic() - written.at > OLDEST_SECONDS:
            return False
        known = self._known()
        try:
            replicates, replayed, revisions = session.connection().execute(_REPLAYED).one()
        except (DBAPIError, PoolEmpty):
            self._written = None
            return False
        told = revisions or {}
        # A server that replays nothing is no replica: it may be a primary of old that nobody writes to any more.
        return bool(replicates) and (replayed or 0) >= written.position and _all_reached(known, told)

    def look(self) -> None:
        """See how far the primary is, and whether there is a replica at all: no page has to wait for one that is gone."""
        at = time.monotonic()
        with self._database.reading() as db:
            position = db.connection().execute(_WRITTEN).scalar_one()
        with self._plain.connect() as connection:
            connection.execute(_REPLAYED)
        self._written = Written(at, position)

    def watch(self) -> None:
        """Begin to look several times a second, until `stop`."""
        self._thread = threading.Thread(target=self._watch, name="replica", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch, and give all connections back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._engine.dispose()

    def _watch(self) -> None:
        while True:
            try:
                self.look()
            except Exception:  # noqa: BLE001 - either may be away for a while; until the next look the primary is asked
                self._written = None
            if self._stop.wait(LOOK_SECONDS):
                return

    def collect(self) -> Iterator[Metric]:
        """How many pages each of the two was asked for, for /metrics."""
        drew = CounterMetricFamily(
            "softlaunch_shown", "Sessions for public pages, by who was asked", labels=("server",)
        )
        for server, number in self.drew.items():
            drew.add_metric((server,), number)
        yield drew


def _all_reached(known: Mapping[str, int], reached: Mapping[str, Any]) -> bool:
    return all(reached.get(scope, 0) >= number for scope, number in known.items())
