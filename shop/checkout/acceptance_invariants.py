"""What must hold of orders and policies: each paid order accepted, once, every kind that its market asked for then."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.checkout.models import Order
from shop.ground.instants import days_from, first_instant, local
from shop.markets.models import Market
from shop.policies.keys import ACCEPTED
from shop.policies.library import PolicyLibrary
from shop.policies.models import Acceptance

Span = tuple[date, date, tuple[str, ...]]  # the first day, the day after the last, the kinds asked for


def invariants(library: PolicyLibrary) -> tuple[Invariant, ...]:
    """All of them; `library` says which policies a market asked for on which day."""

    def lacking(db: Session, _now: datetime) -> Iterator[Broken]:
        # Each is asked by itself, for which an index has the answer.
        first, last = (db.connection().execute(select(end(Order.placed_at))).scalar() for end in (func.min, func.max))
        if first is None or last is None:
            return
        for market in db.exec(select(Market).order_by(col(Market.id))).all():
            for span in _spans(library, market, first, last):
                yield from _lacking(db, market, span)

    return (
        Invariant(
            "order.acceptances",
            "I3",
            N_(
                "With every paid order, each policy that its market asked for was accepted at the moment it was placed."
            ),
            N_("Ask the customer to agree to the policy again, in writing, or give the money back."),
            lacking,
        ),
    )


def _spans(library: PolicyLibrary, market: Market, first: datetime, last: datetime) -> Iterator[Span]:
    """The days between two instants, on the market's calendar, parted where other kinds are asked for."""
    begin, end = local(first, market.zone).date(), local(last, market.zone).date()
    days = days_from(begin, end)
    for kinds, same in groupby(days, lambda day: tuple(k for k in library.kinds(market.id, day) if k in ACCEPTED)):
        spanned = list(same)
        yield spanned[0], spanned[-1] + timedelta(days=1), kinds


def _lacking(db: Session, market: Market, span: Span) -> Iterator[Broken]:
    first, after, kinds = span
    then = (col(Acceptance.market) == col(Order.market), col(Acceptance.at) == col(Order.placed_at))
    accepted = (
        select(func.count())
        .where(col(Acceptance.order_number) == col(Order.number), col(Acceptance.kind).in_(kinds), *then)
        .correlate(Order)
        .scalar_subquery()
    )
    query = naming(Order.number, accepted.label("accepted")).where(
        Order.market == market.id,
        col(Order.paid_at).is_not(None),
        col(Order.placed_at) >= _midnight(first, market),
        col(Order.placed_at) < _midnight(after, market),
        accepted != len(kinds),
    )
    for each in broken_rows(db, query.order_by(col(Order.number))):
        yield Broken(each.subject, {**each.values, "asked": " ".join(kinds)})


def _midnight(day: date, market: Market) -> datetime:
    return first_instant(datetime(day.year, day.month, day.day), market.zone)
