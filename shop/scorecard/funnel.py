"""From a view to a delivered order and beyond: how many came how far. People are not followed, steps are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from shop.checkout.models import Order, PaymentAttempt
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.scorecard.models import StepCount
from shop.scorecard.scope import Scope, disputed, with_case
from shop.scorecard.sums import FUNNEL, kept_sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many reached each step since an instant; from `tried` on these are orders, test orders left out.

    `tried` are orders that somebody tried to pay, `declined` those of them with a try that was declined, also where a
    later one succeeded.
    """

    views: int = 0
    visits: int = 0
    products: int = 0
    carts: int = 0
    checkouts: int = 0
    tried: int = 0
    declined: int = 0
    paid: int = 0
    delivered: int = 0
    withdrawn: int = 0
    returned: int = 0
    claimed: int = 0
    disputed: int = 0


STEPS = {"view": "views", "visit": "visits", "product": "products", "cart": "carts", "checkout": "checkouts"}


def funnel(db: Session, market: str, since: datetime) -> Funnel:
    """The market's funnel since then; views, visits, carts and checkouts of the whole first day count.

    Of orders it is what was last counted, so that it costs the same at any number of them.
    """
    first = day_in(db.get_one(Market, market), since)
    days = select(StepCount.step, func.sum(StepCount.number)).where(StepCount.market == market, StepCount.day >= first)
    steps = {STEPS[step]: int(number) for step, number in db.exec(days.group_by(StepCount.step)).all() if step in STEPS}
    reached = kept_sums(db, market, since)[FUNNEL]
    return Funnel(**steps, **{name: int(number) for name, number in reached.items()})


def orders_reached(db: Session, scope: Scope) -> Mapping[str, Mapping[str, int]]:
    """By market, how many orders of the scope reached each step from `tried` on; one query for all."""
    declined = exists().where(
        col(PaymentAttempt.order_number) == col(Order.number), col(PaymentAttempt.declined_at).is_not(None)
    )
    paid = col(Order.paid_at).is_not(None)
    asked = {
        "tried": paid | declined,
        "declined": declined,
        "paid": paid,
        "delivered": col(Order.delivered_at).is_not(None),
        "withdrawn": with_case("withdrawal"),
        "returned": with_case("return"),
        "claimed": with_case("claim"),
        "disputed": disputed(),
    }
    columns: list[Any] = [col(Order.market), *(func.count().filter(each) for each in asked.values())]
    found: Any = db.exec(select(*columns).where(scope.placed()).group_by(col(Order.market))).all()
    return {market: dict(zip(asked, reached, strict=True)) for market, *reached in found}
