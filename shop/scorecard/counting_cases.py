"""What is counted after the sale: goods that came back, refunds that came late, orders with something wrong."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from shop.aftersales.cases.deciding import SENT_BACK
from shop.aftersales.models import NOT_STANDING, Case, CaseLine
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import Order, OrderLine, Refund
from shop.markets.calendar import day_in
from shop.policies.models import Acceptance
from shop.scorecard.scope import DAY_SECONDS, Counted, Scope, by_market, disputed, returns_accepted, seconds, with_case


def return_rate(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Pieces delivered whose time to send back has been over for so many days, and those of them sent back."""
    line = (
        col(OrderLine.order_number) == col(Order.number),
        col(OrderLine.kind) != SERVICE,
        col(OrderLine.quantity) > col(OrderLine.withheld),
    )
    came_back = (
        select(func.coalesce(func.sum(CaseLine.quantity - CaseLine.withheld), 0))
        .join(Case, col(Case.number) == col(CaseLine.case))
        .where(
            col(Case.order_number) == col(Order.number),
            col(CaseLine.sku) == col(OrderLine.sku),
            col(Case.door).in_(SENT_BACK),
            col(Case.state).not_in(NOT_STANDING),
        )
        .correlate(Order, OrderLine)
        .scalar_subquery()
    )
    sent = col(OrderLine.quantity) - col(OrderLine.withheld)
    back = case((came_back > sent, sent), else_=came_back)
    query = (
        select(col(Order.market), func.sum(back), func.sum(sent))
        .join(OrderLine, line[0])
        .outerjoin(Acceptance, returns_accepted)
        .where(scope.placed(), scope.can_no_longer_return(days), *line[1:])
    )
    return by_market(db.exec(query.group_by(col(Order.market))).all())


def refund_late(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Refunds owed to a day that were paid, or are overdue; `k` came after that day of the market's calendar.

    Money that may wait for goods which nobody has sent back yet is not overdue.
    """
    paid = (
        select(col(Refund.case).label("case"), func.max(Refund.done_at).label("done"))
        .where(col(Refund.state) == "done", col(Refund.case) != "")
        .group_by(col(Refund.case))
    ).subquery()
    owed = scope.filed(), col(Case.refund_due).is_not(None), col(Case.state).not_in(NOT_STANDING)
    n = Counter(
        dict(
            db.exec(
                select(col(Case.market), func.count())
                .join(paid, paid.c.case == col(Case.number))
                .where(*owed)
                .group_by(col(Case.market))
            ).all()
        )
    )
    k: Counter[str] = Counter()
    ended = seconds(func.coalesce(paid.c.done, scope.now))
    # A calendar is at most a day apart from that of UTC: those near the day or past it are looked at one by one.
    doubtful = ended > seconds(col(Case.refund_due))
    waits = col(Case.goods_back_at).is_not(None) | col(Case.sent_back_at).is_not(None)
    columns: list[Any] = [Case.market, Case.refund_due, paid.c.done]
    query = (
        select(*columns)
        .outerjoin(paid, paid.c.case == col(Case.number))
        .where(*owed, doubtful, paid.c.done.is_not(None) | (waits & (col(Case.state) != "done")))
    )
    for name, due, done in db.exec(query).all():
        if due is not None and day_in(scope.markets[name], done or scope.now) > due:
            k[name] += 1
            n[name] += done is None
    return {market: Counted(k[market], number) for market, number in n.items()}


def defects(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Orders that arrived so long ago, and those of them with a claim or a dispute. Ratings are kept of no order."""
    defect = with_case("claim") | disputed()
    query = select(col(Order.market), func.sum(case((defect, 1), else_=0)), func.count())
    old_enough = seconds(col(Order.delivered_at)) <= scope.now.timestamp() - days * DAY_SECONDS
    query = query.where(scope.placed(), col(Order.delivered_at).is_not(None), old_enough)
    return by_market(db.exec(query.group_by(col(Order.market))).all())
