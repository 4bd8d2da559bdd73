"""What is counted of orders: visits that became orders, payments that failed, orders sent late, cancelled, disputed."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, case, exists, func
from sqlmodel import Session, col, select

from shop.aftersales.cases.deciding import SENT_BACK
from shop.aftersales.models import NOT_STANDING, Case
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import Order, OrderLine, Parcel, PaymentAttempt
from shop.markets.calendar import day_in, expected
from shop.scorecard.models import StepCount
from shop.scorecard.scope import DAY_SECONDS, Counted, Scope, by_market, disputed, seconds

TIME_TO_SUCCEED = DAY_SECONDS  # after a first decline
VISIT = "visit"


def orders(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Paid orders; `k` of them have arrived."""
    arrived = func.count(col(Order.delivered_at))
    query = select(col(Order.market), arrived, func.count()).where(scope.placed(days), col(Order.paid_at).is_not(None))
    return by_market(db.exec(query.group_by(col(Order.market))).all())


def conversion(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Paid orders of whole days of the market's calendar, and the visits of the same days."""
    on_days = scope.on_days(col(Order.market), col(Order.placed_at), days)
    paid = select(col(Order.market), func.count()).where(
        on_days, col(Order.test).is_(False), col(Order.paid_at).is_not(None)
    )
    bought = dict(db.exec(paid.group_by(col(Order.market))).all())
    visits = select(col(StepCount.market), func.sum(StepCount.number)).where(
        col(StepCount.step) == VISIT, scope.counted_days(col(StepCount.market), col(StepCount.day), days)
    )
    came = dict(db.exec(visits.group_by(col(StepCount.market))).all())
    return {market: Counted(min(bought.get(market, 0), number), number) for market, number in came.items()}


def payment_failure(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Customers who tried to pay, each once by their mailbox, and those declined who did not succeed within a day."""
    tried = col(PaymentAttempt.declined_at).is_not(None) | col(Order.paid_at).is_not(None)
    payer = (
        select(
            col(Order.market).label("market"),
            func.min(seconds(col(PaymentAttempt.declined_at))).label("declined"),
            func.min(seconds(col(Order.paid_at))).label("paid"),
        )
        .join(PaymentAttempt, col(PaymentAttempt.order_number) == col(Order.number))
        .where(scope.placed(), tried)
        .group_by(col(Order.market), func.lower(Order.email))
    ).subquery()
    declined, paid = payer.c.declined, payer.c.paid
    first = case((paid.is_(None), declined), (declined.is_(None), paid), (declined < paid, declined), else_=paid)
    failed = declined.is_not(None) & (paid.is_(None) | (paid > declined + TIME_TO_SUCCEED))
    query = select(payer.c.market, func.sum(case((failed, 1), else_=0)), func.count())
    old_enough = first <= scope.now.timestamp() - days * DAY_SECONDS
    return by_market(db.exec(query.where(old_enough).group_by(payer.c.market)).all())


def late_dispatch(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Orders that left, or should have left, by the first day promised for their arrival; `k` left later or not yet."""
    should_leave = col(Order.parcel).is_(True), col(Order.paid_at).is_not(None)
    left = select(col(Order.market), func.count()).where(
        scope.placed(days), *should_leave, col(Order.dispatched_at).is_not(None)
    )
    n = Counter(dict(db.exec(left.group_by(col(Order.market))).all()))
    k: Counter[str] = Counter()
    took = seconds(func.coalesce(col(Order.dispatched_at), scope.now)) - seconds(col(Order.paid_at))
    still = col(Order.dispatched_at).is_not(None) | (col(Order.state) == "paid")
    # Working days are never fewer than days: only those that took as long can be late, and of these each is looked at.
    columns: list[Any] = [Order.market, Order.paid_at, Order.dispatched_at, Order.days_min, Order.days_max]
    doubtful = select(*columns).where(
        scope.placed(days), *should_leave, still, took > (col(Order.days_min) - 1) * DAY_SECONDS
    )
    for name, paid_at, dispatched_at, soonest, latest in db.exec(doubtful).all():
        market = scope.markets[name]
        promised, _until = expected(market, day_in(market, paid_at or scope.now), soonest, latest)
        late = day_in(market, dispatched_at or scope.now) >= max(promised, day_in(market, paid_at or scope.now))
        if late and (dispatched_at is not None or day_in(market, scope.now) > promised):
            k[name] += 1
            n[name] += dispatched_at is None
    return {market: Counted(k[market], number) for market, number in n.items()}


def cancelled_by_us(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Paid orders, and those of them refunded before anything left although their customer did not withdraw."""
    withdrew = exists().where(
        col(Case.order_number) == col(Order.number),
        col(Case.door).in_(SENT_BACK),
        col(Case.state).not_in(NOT_STANDING),
    )
    # One given up has no parcel any more, as one of services never had.
    goods = exists().where(col(OrderLine.order_number) == col(Order.number), col(OrderLine.kind) != SERVICE)
    to_send = col(Order.parcel).is_(True) | goods
    ours = and_(col(Order.state) == "refunded", col(Order.dispatched_at).is_(None), to_send, ~withdrew)
    query = select(col(Order.market), func.sum(case((ours, 1), else_=0)), func.count())
    query = query.where(scope.placed(days), col(Order.paid_at).is_not(None))
    return by_market(db.exec(query.group_by(col(Order.market))).all())


def dispute_rate(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Paid orders by when they were placed, and those of them that were disputed, however that ended."""
    query = select(col(Order.market), func.sum(case((disputed(), 1), else_=0)), func.count())
    query = query.where(scope.placed(days), col(Order.paid_at).is_not(None))
    return by_market(db.exec(query.group_by(col(Order.market))).all())


def delivery_failure(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Parcels sent so long ago, and those that nobody saw arrive or whose customer still misses them."""
    missed = exists().where(
        col(Case.order_number) == col(Order.number),
        col(Case.kind) == "missing",
        col(Case.state).not_in(NOT_STANDING),
    )
    lost = col(Parcel.delivered_at).is_(None) | missed
    query = select(col(Order.market), func.sum(case((lost, 1), else_=0)), func.count())
    query = query.join(Parcel, col(Parcel.order_number) == col(Order.number))
    query = query.where(
        scope.placed(), seconds(col(Parcel.dispatched_at)) <= scope.now.timestamp() - days * DAY_SECONDS
    )
    return by_market(db.exec(query.group_by(col(Order.market))).all())
