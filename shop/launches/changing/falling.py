"""Ready stays ready only while it is true: a gate that turns red or a gated fact that changes makes a market a draft.

The system narrows here by itself; it never makes a market ready. Whoever declared it ready is told, with what changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.ground.errors import Busy, StaleForm
from shop.launches.changing.guards import OrderTaken
from shop.launches.changing.mails import tell_fallen
from shop.launches.changing.snapshots import differences, frozen, kept
from shop.launches.changing.transitions import change_state
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.readying.readiness import blockers
from shop.markets.models import LaunchEvent, Market

CHANGED, RED = "snapshot", "gate"  # the rules; a gate's name follows after a colon


def fall_back(database: Database, ask: Callable[[], Sources], *, now: datetime) -> int:
    """Make every market a draft again that is no longer as it was found ready; says how many.

    Each is read by itself, and the sources before: a long look keeps those waiting who write to SQLite.
    """
    with database.reading() as db:
        ready = _ready(db)
    if not ready:
        return 0
    sources = ask()
    return sum(_looked_at(database, each, sources, now=now) for each in ready)


def _looked_at(database: Database, market: Market, sources: Sources, *, now: datetime) -> bool:
    with database.reading() as db:
        why = _why(db, market, sources, now=now)
    return why is not None and _fall(database, market, why, sources, now=now)


def _ready(db: Session) -> list[Market]:
    return list(db.exec(select(Market).where(Market.state == "ready")).all())


def _why(db: Session, market: Market, sources: Sources, *, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The rule by which the market is no longer ready, and what changed; None while it is."""
    query = select(LaunchEvent.snapshot).where(LaunchEvent.market == market.id, LaunchEvent.to_state == "ready")
    before = kept(
        db, db.exec(query.where(LaunchEvent.snapshot != "").order_by(col(LaunchEvent.id).desc())).first() or ""
    )
    if before is None:  # it was declared ready elsewhere, before its history was imported
        return None
    facts = gather(db, sources, now=now, only=market.id)[market.id]
    red = [each.gate for each in blockers(gates_of(market, facts, now=now), "ready")]
    changed = differences(before, frozen(db, market, sources, now=now))
    if red:
        return f"{RED}:{red[0]}", changed
    return (CHANGED, changed) if changed else None


def _fall(
    database: Database, market: Market, why: tuple[str, dict[str, Any]], sources: Sources, *, now: datetime
) -> bool:
    rule, changed = why
    try:
        with database.writing() as db:
            event = change_state(
                db, market.id, "redraft", person="", reason="", rule=rule, version=market.version, sources=sources,
                now=now, told=changed,
            )  # fmt: skip
            tell_fallen(db, event, now=now)
    except (Busy, StaleForm, OrderTaken):
        return False
    return True
