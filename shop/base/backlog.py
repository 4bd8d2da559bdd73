"""What waits, for /metrics: effects that are due, those that were given up, and connections of this process in use.

It asks the database when it is asked itself. A database that is away answers no figure, which is what whoever watches sees.
"""

from collections.abc import Iterator
from contextlib import suppress

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, col, select

from shop.base.clock import Clock
from shop.base.db import Database
from shop.base.outbox import Effect
from shop.ground.errors import Busy


def given_up(db: Session) -> int:
    """How many mails, refunds and other effects will not be tried again."""
    return db.exec(select(func.count()).select_from(Effect).where(col(Effect.dead_at).is_not(None))).one()


class Backlog(Collector):
    """The outbox and the connections, as Prometheus reads them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        pool = self._database.engine.pool
        if isinstance(pool, QueuePool):
            yield GaugeMetricFamily(
                "softlaunch_database_connections", "Connections of this process in use", value=pool.checkedout()
            )
        with suppress(Busy):
            yield from self._effects()

    def _effects(self) -> Iterator[Metric]:
        now = self._clock()
        due = (col(Effect.done_at).is_(None), col(Effect.dead_at).is_(None), col(Effect.due_at) <= now)
        with self._database.reading() as db:
            waiting = db.exec(select(func.count()).select_from(Effect).where(*due)).one()
            oldest = db.exec(select(Effect.due_at).where(*due).order_by(col(Effect.due_at)).limit(1)).first()
            dead = given_up(db)
        late = (now - oldest).total_seconds() if oldest is not None else 0.0
        effects = GaugeMetricFamily(
            "softlaunch_effects", "Mails, refunds and other effects not carried out", labels=("state",)
        )
        effects.add_metric(("due",), waiting)
        effects.add_metric(("given up",), dead)
        yield effects
        yield GaugeMetricFamily("softlaunch_effects_late_seconds", "How long the longest has been due", value=late)
