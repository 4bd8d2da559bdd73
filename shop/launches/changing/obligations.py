"""Until when a market owes its customers something by the policies they accepted: its last day, or none that is known."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.guarantee import guarantee
from shop.aftersales.models import Case
from shop.aftersales.periods import Receipt, months_after, window
from shop.checkout.models import SOLD, Order
from shop.ground.errors import NotFound
from shop.markets.calendar import calendar_of, day_in, is_working_day
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.policies.models import Acceptance, AcceptedText

KINDS = ("returns", "warranty")


@dataclass(frozen=True, slots=True)
class Obligations:
    """The last day on which a customer may still ask for something by law or promise; None where nothing was sold.

    `endless` orders rest on a law that names no last day: what they are owed can only be handed over, never be over.
    """

    last_day: date | None
    endless: int

    def over(self, today: date) -> bool:
        """Whether nothing can be asked for any more."""
        return not self.endless and (self.last_day is None or self.last_day < today)


@dataclass(frozen=True, slots=True)
class _Sold:
    """Orders that rest on the same rules: how many, and the day on which the last of them was received."""

    kind: str
    rules: dict[str, Any]
    accepted: bool
    received: date
    orders: int


def obligations(db: Session, market: Market, policies: PolicyLibrary, *, now: datetime) -> Obligations:
    """What the market's orders still give, by the rules accepted with each; the same few queries for any number."""
    sold = [*_accepted(db, market), *_not_accepted(db, market, policies)]
    repaired = db.exec(select(func.count()).where(Case.market == market.id, Case.remedy == "repair")).one() > 0
    today = day_in(market, now)
    days = [day for each in sold for day in _days(each, market, today, repaired=repaired)]
    endless = sum(each.orders for each in sold if each.kind == "warranty" and _endless(each.rules))
    return Obligations(max(days, default=None), endless)


def _accepted(db: Session, market: Market) -> Iterator[_Sold]:
    query = (
        select(Acceptance.kind, Acceptance.hash, func.max(_received()), func.count())
        .join(Order, col(Order.number) == col(Acceptance.order_number))
        .where(*_of(market), col(Acceptance.kind).in_(KINDS))
        .group_by(col(Acceptance.kind), col(Acceptance.hash))
    )
    rows = db.exec(query).all()
    texts = select(AcceptedText.hash, AcceptedText.rules).where(col(AcceptedText.hash).in_([each[1] for each in rows]))
    rules = dict(db.exec(texts).all())
    for kind, hash, received, orders in rows:
        yield _Sold(kind, json.loads(rules[hash]), True, day_in(market, received), orders)


def _not_accepted(db: Session, market: Market, policies: PolicyLibrary) -> Iterator[_Sold]:
    """Orders without a word on a kind rest on what was in force on their day, of which nobody told them."""
    for kind in KINDS:
        told = select(Acceptance.order_number).where(Acceptance.kind == kind, Acceptance.market == market.id)
        query = select(func.max(_received()), func.count()).where(*_of(market), col(Order.number).not_in(told))
        received, orders = db.exec(query).one()
        if not orders:
            continue
        day = day_in(market, received)
        try:
            yield _Sold(kind, dict(policies.nearest(market.id, kind, day).rules), False, day, orders)
        except NotFound:
            continue


def _received() -> Any:
    return func.coalesce(Order.delivered_at, Order.paid_at, type_=Order.placed_at.type)  # type: ignore[attr-defined]


def _of(market: Market) -> Iterable[Any]:
    return (Order.market == market.id, col(Order.test).is_(False), col(Order.state).in_(SOLD))


def _days(sold: _Sold, market: Market, today: date, *, repaired: bool) -> Iterator[date]:
    if sold.kind == "returns":
        working = partial(is_working_day, calendar=calendar_of(market))
        informed = sold.received if sold.accepted else None
        ends = window(sold.rules, Receipt(sold.received, "sold"), informed=informed, is_working=working).ends
        yield from (each for each in (ends,) if each)
        return
    first = guarantee(sold.rules, sold.received, today=today)
    late = guarantee(sold.rules, sold.received, today=today, noticed=first.legal_ends)
    extra = sold.rules["extra_months_after_repair"] if repaired else 0
    yield from (months_after(each.legal_ends, extra) for each in (first, late) if each.legal_ends)
    yield from (each for each in (first.commercial_ends,) if each)


def _endless(rules: dict[str, Any]) -> bool:
    return bool(rules["legal_guarantee_basis"] != "fixed")
