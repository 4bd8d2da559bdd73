"""Writing down how many more orders each market's native agents can look after, where a market asks for it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.checkout.models import Order
from shop.markets.exposure_models import Capacity
from shop.markets.gate import SELLING
from shop.markets.models import Market
from shop.support.answering.languages import variant_rank
from shop.support.known.training import untrained
from shop.support.requests.models import OPEN, Request
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from shop.support.staffed.capacity import DAYS, LOOK_BACK, Load, Room, room


def count_capacity(database: Database, *, now: datetime) -> int:
    """Count for every market that sells and asks for it; says how many there are. One query where none is."""
    with database.reading() as db:
        asking = select(Market).where(col(Market.minutes_per_contact) > 0, col(Market.state).in_(SELLING))
        markets = db.exec(asking.order_by(col(Market.id))).all()
    for market in markets:
        with database.writing() as db:
            count_market(db, market, minutes_per_contact=market.minutes_per_contact, now=now)
    return len(markets)


def count_market(db: Session, market: Market, *, minutes_per_contact: int, now: datetime) -> Room:
    """Count for one market and write down how many orders are left."""
    since = now - timedelta(days=LOOK_BACK)
    load = Load(
        orders=_orders(db, market, since),
        contacts=_number(db, _requests(market).where(col(Request.created_at) > since)),
        recent_orders=_orders(db, market, now - timedelta(days=DAYS)),
        waiting=_number(db, _requests(market).where(col(Request.state).in_(OPEN))),
        native_minutes=native_minutes(db, market, now=now),
        minutes_per_contact=minutes_per_contact,
    )
    found = room(load)
    left = {"orders_left": found.orders_left}
    row = insert(Capacity).values(market=market.id, **left)
    db.connection().execute(row.on_conflict_do_update(index_elements=["market"], set_=left))
    return found


def native_minutes(db: Session, market: Market, *, now: datetime) -> int:
    """The minutes of duty in the coming days of those who speak one of the market's languages natively.

    Who answers several selling markets has only a share of their time for each.
    """
    until, selling = now + timedelta(days=DAYS), _selling(db)
    agents = [each for each in db.exec(select(Agent)).all() if market.id in (each.markets.split() or [market.id])]
    native = _native(db, market.languages.split()) - untrained(db, market.id)
    minutes: defaultdict[str, float] = defaultdict(float)
    duty = select(DutyInterval).where(col(DutyInterval.ends_at) > now, col(DutyInterval.starts_at) < until)
    for each in db.exec(duty.where(col(DutyInterval.agent).in_(native))).all():
        minutes[each.agent] += (min(each.ends_at, until) - max(each.starts_at, now)).total_seconds() / 60
    return int(sum(minutes[each.id] / max(1, _shares(each, selling | {market.id})) for each in agents))


def _shares(agent: Agent, selling: Collection[str]) -> int:
    return len(set(agent.markets.split()) & set(selling)) if agent.markets else len(selling)


def _native(db: Session, languages: list[str]) -> set[str]:
    speakers = db.exec(select(AgentLanguage).where(AgentLanguage.level == "native")).all()
    return {
        each.agent
        for each in speakers
        if any(variant_rank(each.language, language, True) is not None for language in languages)
    }


def _selling(db: Session) -> set[str]:
    return set(db.exec(select(Market.id).where(col(Market.state).in_(SELLING))).all())


def _orders(db: Session, market: Market, since: datetime) -> int:
    """Orders taken since then; what was never paid brings hardly anybody's question, what is being paid will."""
    real = (Order.market == market.id, col(Order.test).is_(False), col(Order.state) != "cancelled")
    return _number(db, select(func.count()).select_from(Order).where(*real, col(Order.placed_at) > since))


def _requests(market: Market) -> Any:
    return select(func.count()).select_from(Request).where(Request.market == market.id)


def _number(db: Session, query: Any) -> int:
    return int(db.exec(query).one())
