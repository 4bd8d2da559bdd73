"""Effects on the outside world, written in the transaction that causes them and carried out by a worker.

An effect has a unique key, so that it is caused once however often its cause is handled. The worker leases it,
carries it out, and marks it done; a failure is tried again with growing pauses and stands visible when given up.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Index, bindparam, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, select

from shop.base.clock import Clock
from shop.base.db import Database
from shop.base.leases import CLOCKS_DIFFER

LEASE = timedelta(minutes=2)
ATTEMPTS = 32  # two days and more: a mail server that is away for a day loses nothing
LONGEST_PAUSE = timedelta(hours=2)  # so soon after it is back at the latest
_ADDRESS = re.compile(r"[^\s<>'\"()]+@[^\s<>'\"()]+")  # mail servers name whom they refuse; no log should
_OPEN, _DEAD = text("done_at IS NULL AND dead_at IS NULL"), text("dead_at IS NOT NULL")


class Effect(SQLModel, table=True):
    """One thing to be done outside, with what it needs as JSON."""

    __table_args__ = (
        # What is done stays for years, and neither the worker nor the board may be slower for it.
        Index("ix_effect_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_effect_dead", "dead_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str = Field(unique=True)
    payload: str
    due_at: datetime = Field(index=True)
    created_at: datetime
    attempts: int = 0
    leased_until: datetime | None = None
    done_at: datetime | None = None
    dead_at: datetime | None = None
    error: str = ""


CarryOut = Callable[[dict[str, Any], datetime], None]


def enqueue(db: Session, kind: str, key: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Write the effect `key` into the caller's transaction; a second one with the same key is no effect at all."""
    row = {
        "kind": kind,
        "key": key,
        "payload": json.dumps(payload),
        "due_at": now,
        "created_at": now,
        "attempts": 0,
        "error": "",
    }
    db.connection().execute(_ONCE, row)


# SQLite understands PostgreSQL's ON CONFLICT DO NOTHING word for word.
_ONCE = insert(Effect).on_conflict_do_nothing(index_elements=["key"]).inline()


def carry_out_due(database: Database, functions: Mapping[str, CarryOut], *, clock: Clock, at_most: int = 20) -> int:
    """Lease what is due, one at a time, carry it out with no transaction open, and say how many were tried."""
    for number in range(at_most):
        effect = _lease(database, now=clock())
        if effect is None:
            return number
        _carry_out(database, functions, effect, clock=clock)
    return at_most


def _lease(database: Database, *, now: datetime) -> Effect | None:
    # Nothing is put off for so long: the clock was ahead when that was written, and has been set right since.
    instants = {"now": now, "never": now + LONGEST_PAUSE + CLOCKS_DIFFER}
    with database.reading() as db:  # most looks find nothing, and must not take the one place to write
        if db.connection().execute(_WAITING, instants).first() is None:
            return None
    with database.writing() as db:
        taken = _TAKEN.values(leased_until=now + LEASE, attempts=Effect.attempts + 1)
        found = db.connection().execute(taken, instants).scalar()
        return db.get(Effect, found) if found is not None else None


_DUE = (col(Effect.due_at) <= bindparam("now")) | (col(Effect.due_at) > bindparam("never"))
_FREE = col(Effect.leased_until).is_(None) | (col(Effect.leased_until) < bindparam("now"))
_WAITING = (
    select(Effect.id)
    .where(col(Effect.done_at).is_(None), col(Effect.dead_at).is_(None), _DUE, _FREE)
    .order_by(col(Effect.due_at), col(Effect.id))
    .limit(1)
)
# Materialised: PostgreSQL may otherwise run the limited sub-select again for every row it compares.
_CHOSEN = _WAITING.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
_TAKEN = update(Effect).where(col(Effect.id).in_(select(_CHOSEN.c.id))).returning(col(Effect.id))


def _carry_out(database: Database, functions: Mapping[str, CarryOut], effect: Effect, *, clock: Clock) -> None:
    try:
        functions[effect.kind](json.loads(effect.payload), clock())
    except Exception as fault:  # noqa: BLE001 - whatever went wrong outside, the effect must stand and be tried again
        log = structlog.get_logger()
        said = _ADDRESS.sub("…", repr(fault))
        log.warning("effect failed", kind=effect.kind, key=effect.key, attempt=effect.attempts, fault=said)
        _end(database, effect, _put_back(effect, said, now=clock()))
    else:
        _end(database, effect, {"done_at": clock(), "error": ""})


def _put_back(effect: Effect, fault: str, *, now: datetime) -> dict[str, Any]:
    pause = min(timedelta(seconds=15 * 2**effect.attempts), LONGEST_PAUSE)
    values: dict[str, Any] = {"leased_until": None, "due_at": now + pause, "error": fault[:500]}
    return {**values, "dead_at": now} if effect.attempts >= ATTEMPTS else values


def _end(database: Database, effect: Effect, values: Mapping[str, Any]) -> None:
    # A lease that ran out belongs to whoever took it next, who has counted another attempt.
    mine = update(Effect).where(col(Effect.id) == effect.id, col(Effect.attempts) == effect.attempts)
    with database.writing() as db:
        db.connection().execute(mine.values(dict(values)))


def dead(db: Session) -> list[Effect]:
    """The effects that were given up, newest first, for a person to look at."""
    given_up = select(Effect).where(col(Effect.dead_at).is_not(None))  # in the order of their own small index
    return list(db.exec(given_up.order_by(col(Effect.dead_at).desc(), col(Effect.id).desc()).limit(100)).all())
