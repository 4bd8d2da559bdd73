"""From a view to a delivered order and beyond: how many came how far. People are not followed, steps are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from shop.aftersales.models import Case
from shop.checkout.models import Dispute, Order, PaymentAttempt
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.scorecard.models import StepCount
from shop.scorecard.scope import NOT_STANDING


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
    """The market's funnel since then; views, visits, carts and checkouts of the whole first day count."""
    first = day_in(db.get_one(Market, market), since)
    days = select(StepCount.step, func.sum(StepCount.number)).where(StepCount.market == market, StepCount.day >= first)
    steps = {STEPS[step]: int(number) for step, number in db.exec(days.group_by(StepCount.step)).all() if step in STEPS}
    declined = exists().where(
        col(PaymentAttempt.order_number) == col(Order.number), col(PaymentAttempt.declined_at).is_not(None)
    )
    paid = col(Order.paid_at).is_not(None)
    asked = {
        "tried": paid | declined,
        "declined": declined,
        "paid": paid,
        "delivered": col(Order.delivered_at).is_not(None),
        "withdrawn": _with_case("withdrawal"),
        "returned": _with_case("return"),
        "claimed": _with_case("claim"),
        "disputed": exists().where(col(Dispute.order_number) == col(Order.number)),
    }
    mine = col(Order.market) == market, col(Order.placed_at) >= since, col(Order.test).is_(False)
    counts: Any = select(*(func.count().filter(each) for each in asked.values())).select_from(Order)
    reached: Sequence[int] = db.exec(counts.where(*mine)).one()
    return Funnel(**steps, **dict(zip(asked, reached, strict=True)))


def _with_case(door: str) -> Any:
    standing = col(Case.state).not_in(NOT_STANDING)
    return exists().where(col(Case.order_number) == col(Order.number), col(Case.door) == door, standing)
