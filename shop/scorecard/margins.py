"""What an order leaves when everything it cost is paid. Amounts are minor units of the market's currency, without tax.

An order counts only where somebody has written down what its goods and its market cost: a cost that nobody knows is
not nothing, and an order of unknown cost would make every average look better than it is.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from shop.catalogue.suitability import SERVICE
from shop.checkout.models import Order, OrderLine
from shop.ground.statistics import deviation
from shop.markets.models import Market
from shop.scorecard.margin_rows import LANDED, order_rows
from shop.scorecard.models import LandedCost, MarketCost
from shop.scorecard.scope import Counted, Scope
from shop.scorecard.sums import MARGIN_SUMS, WITHOUT_COST, Sums, kept_sums

INCOME = ("net", "reimbursed")
COSTS = ("goods", "freight", "duty", "shipping", "payment", "exchange", "returns", "support", "goodwill", "disputes")
OF_NET = ("parts", "care_plans")
SUMMED = (*INCOME, *COSTS, *OF_NET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What the orders of a market left since an instant, summed: income, and each kind of cost (costs are positive).

    `orders` are paid ones, of which `pending` may still be sent back. `mean` and `deviation` are per order (sample
    deviation; 0 below two orders). `left_out` orders count nowhere here: those with the SKUs `without_cost`, of which
    nobody has written down what they cost, or all of them where that is so of the market (`market_cost` False).
    """

    currency: str
    orders: int = 0
    pending: int = 0
    left_out: int = 0
    without_cost: tuple[str, ...] = ()
    market_cost: bool = True
    net: int = 0  # goods and delivery without tax, refunds taken off
    goods: int = 0  # of the pieces sent; what came back and can be sold again is taken off
    freight: int = 0
    duty: int = 0
    shipping: int = 0
    payment: int = 0
    exchange: int = 0
    returns: int = 0
    support: int = 0
    goodwill: int = 0
    disputes: int = 0  # lost ones
    reimbursed: int = 0  # what distributors and carriers owed us for cases, less what we owed them
    parts: int = 0  # of `net` before refunds, from spare parts
    care_plans: int = 0  # of `net` before refunds, from care plans
    mean: float = 0.0
    deviation: float = 0.0

    @property
    def costs(self) -> int:
        """All costs together."""
        return sum(int(getattr(self, each)) for each in COSTS)

    @property
    def total(self) -> int:
        """What is left of all orders together."""
        return sum(int(getattr(self, each)) for each in INCOME) - self.costs


_NUMBERS: dict[str, Any] = {each.name: each.type for each in fields(Margin) if each.type in (int, float, bool)}


def margins_left(db: Session, scope: Scope) -> Mapping[str, Margin]:
    """By market, what the orders of the scope left that are paid; one query for all, and one for what has no cost."""
    rows = order_rows(scope).subquery()
    known = rows.c.unknown == 0
    sums = [func.coalesce(func.sum(case((known, rows.c[each]), else_=0)), 0) for each in SUMMED]
    kept = case((known, _left(rows)), else_=0)
    counts = [func.sum(case((known, 1), else_=0)), func.sum(case((known & ~rows.c.over, 1), else_=0)), func.count()]
    columns: list[Any] = [rows.c.market, *counts, func.sum(kept), func.sum(kept * kept), *sums]
    found: Any = db.exec(select(*columns).group_by(rows.c.market)).all()
    costed, without_cost = set(db.exec(select(MarketCost.market)).all()), _without_cost(db, scope)
    return {
        market: Margin(
            currency=scope.markets[market].currency,
            orders=int(number),
            pending=int(pending),
            left_out=paid - int(number),
            without_cost=tuple(without_cost[market]),
            market_cost=market in costed,
            mean=float(total) / int(number) if number else 0.0,
            deviation=deviation(int(number), float(total), float(squares)),
            **{each: round(value) for each, value in zip(SUMMED, summed, strict=True)},
        )
        for market, number, pending, paid, total, squares, *summed in found
    }


def sums_of(left: Margin) -> Sums:
    """What is kept of a market's margin."""
    return {
        MARGIN_SUMS: {name: float(getattr(left, name)) for name in _NUMBERS},
        WITHOUT_COST: dict.fromkeys(left.without_cost, 1.0),
    }


def margin(db: Session, market: str, since: datetime) -> Margin:
    """What the market's orders left that were placed since then and are paid, as it was last counted."""
    sums = kept_sums(db, market, since)
    numbers = {name: kind(sums[MARGIN_SUMS].get(name, 0)) for name, kind in _NUMBERS.items()}
    currency = db.get_one(Market, market).currency
    return Margin(currency=currency, without_cost=tuple(sums[WITHOUT_COST]), **numbers)


def margins(db: Session, scope: Scope, _days: int) -> Mapping[str, Counted]:
    """The figure: what orders left whose time to send back is over, as sum and sum of squares; one query for all.

    `k` are all of these orders, also those of unknown cost, of which nobody can say what they left.
    """
    rows = order_rows(scope).subquery()
    left, known = _left(rows), rows.c.unknown == 0
    sums = [func.sum(case((known, each), else_=0)) for each in (1, left, left * left)]
    columns: list[Any] = [rows.c.market, func.count(), *sums]
    found: Any = db.exec(select(*columns).where(rows.c.over).group_by(rows.c.market)).all()
    return {
        market: Counted(int(over), int(number or 0), float(total or 0), float(squares or 0))
        for market, over, number, total, squares in found
    }


def _left(rows: Any) -> Any:
    """What one order leaves: all income less all costs."""
    income = sum((rows.c[each] for each in INCOME[1:]), rows.c[INCOME[0]])
    return sum((-rows.c[each] for each in COSTS), income)


def _without_cost(db: Session, scope: Scope) -> Mapping[str, list[str]]:
    query = (
        select(Order.market, OrderLine.sku)
        .join(OrderLine, col(Order.number) == col(OrderLine.order_number))
        .outerjoin(LandedCost, LANDED)
        .where(scope.placed(), col(Order.paid_at).is_not(None))
        .where(col(LandedCost.sku).is_(None), col(OrderLine.kind) != SERVICE)
        .distinct()
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for market, sku in sorted(db.exec(query).all()):
        found[market].append(sku)
    return found
