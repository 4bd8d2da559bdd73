"""The clocks of a stored request, read from its own history and the hours of the right people.

Business time is when somebody of the first tier that has anybody is on duty for the market's customers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from shop.ground.duty import Interval, merged
from shop.ground.instants import MINUTE
from shop.markets.models import Market
from shop.support.answering.clocks import Budgets, Clocks, History, clocks_of
from shop.support.answering.people import hours_of, speakers
from shop.support.answering.routing import language_rank
from shop.support.answering.team import what_is_asked
from shop.support.crisis.rotations import answered_within
from shop.support.requests.models import Message, Referral, Request
from shop.support.severity import CRISIS
from shop.support.shifts.schedules import agreed

AHEAD = timedelta(days=40)
STORED = timedelta(days=1)  # how far back the hours of duty are kept


def clocks(db: Session, request: Request, market: Market, *, now: datetime) -> Clocks:
    """First answer, next answer and resolution: due when, met or broken, and for whom the clock stands."""
    crisis = answered_within(db, market.id) // MINUTE
    budgets = Budgets(market.first_answer_minutes, market.next_answer_minutes, market.resolution_minutes, crisis)
    pool = _pool(db, request, market, now=now)
    return clocks_of(_history(db, request), budgets, partial(_hours, db, pool, now), now=now)


def pause(request: Request, whom: str, now: datetime) -> dict[str, Any]:
    """The values by which a request's clocks stand for the customer or the exporter from now on."""
    return {**_counted(request, now), "paused_since": now, "paused_for": whom}


def resume(request: Request, now: datetime) -> dict[str, Any]:
    """The values by which a request's clocks go on from now; for how long they stood is counted."""
    return {**_counted(request, now), "paused_since": None, "paused_for": ""}


def _counted(request: Request, now: datetime) -> dict[str, int]:
    if request.paused_since is None or request.paused_for not in ("customer", "exporter"):
        return {}
    name = f"{request.paused_for}_seconds"
    return {name: getattr(request, name) + max(0, int((now - request.paused_since).total_seconds()))}


def _history(db: Session, request: Request) -> History:
    by_people = (col(Message.kind) == "customer") | ((col(Message.kind) == "ours") & (col(Message.person) != ""))
    said = select(Message.kind, Message.at).where(Message.request == request.ref, by_people)  # no automatic word counts
    turns = db.exec(said.order_by(col(Message.id))).all()
    asked = select(Referral.asked_at, Referral.answered_at).where(Referral.request == request.ref)
    return History(
        request.created_at,
        tuple(at for kind, at in turns if kind == "customer"),
        tuple(at for kind, at in turns if kind == "ours"),
        tuple(db.exec(asked.order_by(col(Referral.id))).all()),
        request.closed_at if request.state == "closed" else None,
        request.severity == CRISIS,
    )


def _pool(db: Session, request: Request, market: Market, *, now: datetime) -> list[str]:
    for tier in what_is_asked(request, market).tiers:
        people = speakers(db, market.id, tier.language, now=now)
        pool = [each.id for each in people if language_rank(each, tier, accept_variants=True) is not None]
        if pool:
            return pool
    return []


def _hours(db: Session, pool: Sequence[str], now: datetime, start: datetime) -> tuple[Interval, ...]:
    """The union of the pool's duty from an instant on; what is no longer stored is worked out anew."""
    span = Interval(start, start + AHEAD)
    if start >= now - STORED:
        return hours_of(db, pool, span)
    return merged(interval for each in agreed(db, pool, span).values() for interval in each.duty(span))
