"""What must hold of launching: a market's history leads from state to state as the table allows, and so did its orders."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.checkout.models import Order
from shop.launches.changing.table import STEPS
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market

AT_ONCE = timedelta(seconds=10)  # an order and a step that come at the same time may end in either order
_BY_MARKET: dict[str, Any] = {"partition_by": col(LaunchEvent.market), "order_by": col(LaunchEvent.id)}


def _ordered_while_off(db: Session, _now: datetime) -> Iterable[Broken]:
    """Orders that began in a span in which the market took none; before its first event nothing is known."""
    spans = select(
        LaunchEvent.market,
        LaunchEvent.at,
        LaunchEvent.to_state,
        func.lead(col(LaunchEvent.at)).over(**_BY_MARKET).label("until"),
    ).subquery()
    inside = and_(
        col(Order.market) == spans.c.market,
        col(Order.placed_at) > spans.c.at,
        or_(spans.c.until.is_(None), col(Order.placed_at) < spans.c.until),
    )
    query = naming(Order.number, Order.placed_at, spans.c.to_state.label("market_was"), spans.c.at.label("since"))
    query = query.join(spans, inside).where(spans.c.to_state.not_in(SELLING))
    query = query.where(col(Order.paid_at).is_not(None), col(Order.test).is_(False))
    return _after_a_moment(broken_rows(db, query.order_by(col(Order.number))))


def _after_a_moment(found: Iterable[Broken]) -> Iterable[Broken]:
    """Counted here, for SQLite and PostgreSQL reckon with instants in different words; there are hardly ever any."""
    return (each for each in found if each.values["placed_at"] - each.values["since"] > AT_ONCE)


def _steps(db: Session, _now: datetime) -> Iterable[Broken]:
    """Each event begins where the one before it ended, and is a step of the table, none at all, or one taken back."""
    before = func.lag(col(LaunchEvent.to_state)).over(**_BY_MARKET)
    told = naming(
        LaunchEvent.id, LaunchEvent.market, LaunchEvent.action, LaunchEvent.from_state, LaunchEvent.to_state,
        LaunchEvent.undoes, func.coalesce(before, col(LaunchEvent.from_state)).label("before"),
    ).subquery()  # fmt: skip
    undone = aliased(LaunchEvent)
    stays = and_(told.c.from_state == told.c.to_state, told.c.action.not_in(list(STEPS)))
    back = and_(undone.from_state == told.c.to_state, undone.to_state == told.c.from_state)
    step = (told.c.action + " " + told.c.from_state + " " + told.c.to_state).in_(_LEGAL)
    legal = case((told.c.undoes.is_not(None), func.coalesce(back, False)), else_=or_(stays, step))
    query = naming(told.c.id, told.c.market, told.c.action, told.c.before, told.c.from_state, told.c.to_state)
    query = query.outerjoin(undone, col(undone.id) == told.c.undoes)
    return broken_rows(db, query.where(or_(told.c.before != told.c.from_state, ~legal)).order_by(told.c.id))


_LEGAL = [
    f"{step.action} {source} {target}"
    for step in STEPS.values()
    for source in step.sources
    for target in ((step.target,) if step.target else SELLING)
]


def _state(db: Session, _now: datetime) -> Iterable[Broken]:
    """A market that has a history is what its last event says, and no older than any of them."""
    newest = (
        select(
            LaunchEvent.market,
            func.max(col(LaunchEvent.id)).label("id"),
            func.max(col(LaunchEvent.version)).label("version"),
        )
        .group_by(col(LaunchEvent.market))
        .subquery()
    )
    last = aliased(LaunchEvent)
    wrong = or_(
        col(Market.state) != last.to_state,
        and_(col(Market.state) == "paused", col(Market.pause_mode) != last.mode),
        col(Market.version) < newest.c.version,
    )
    query = naming(
        Market.id, Market.state, col(last.to_state).label("last_event"), Market.version,
        newest.c.version.label("last_version"),
    )  # fmt: skip
    query = query.join(newest, newest.c.market == Market.id).join(last, col(last.id) == newest.c.id)
    return broken_rows(db, query.where(wrong).order_by(col(Market.id)))


_LOOK_IN_TRAIL = N_("Look at the market's history for who did what, and set right what was changed by hand.")

INVARIANTS = (
    Invariant(
        "market.ordered_while_off",
        "I7",
        N_("No paid order was begun while its market took no orders."),
        N_("Ask the customer whether the order stands, or give the money back; then find out how it happened."),
        _ordered_while_off,
    ),
    Invariant(
        "market.steps",
        "I8",
        N_("Every market has moved from state to state by allowed steps only."),
        _LOOK_IN_TRAIL,
        _steps,
    ),
    Invariant(
        "market.state", "I8", N_("Every market is in the state in which its history ends."), _LOOK_IN_TRAIL, _state
    ),
)
