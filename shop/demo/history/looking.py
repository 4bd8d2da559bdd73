"""Visitors of the demo who only look around: added to the same daily counters as real visits; nobody is remembered."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from shop.checkout.models import Order
from shop.demo.history.people import dice
from shop.demo.history.stage import Stage
from shop.ground.instants import instant_on
from shop.markets.calendar import day_in
from shop.scorecard.front import QUARTER, Key, add

VISIT, VIEW = ("view", "visit"), ("view",)
PRODUCT, CHECKOUT, CART = ("view", "product"), ("view", "checkout"), ("cart",)
NOON = 12 * 60


def look_around(db: Session, stage: Stage, market: str, *, days: int, visits: tuple[int, int]) -> None:
    """Count visits for each of the last `days`, between the two numbers of `visits` a day, and more on days with orders.

    Carts and checkouts are counted to fit the day's orders.
    """
    row, drawn = stage.market(market), dice(f"visits of {market}")
    ordered = _orders(db, stage, market)
    counted: list[tuple[Key, int]] = []
    for back in range(days, 0, -1):
        day = day_in(row, stage.until) - timedelta(days=back)
        quarter = int(instant_on(day, NOON, row.zone).timestamp()) // QUARTER
        orders, came = ordered.get(day, 0), drawn.randint(*visits)
        came += 12 * orders
        steps = {
            VISIT: came,
            VIEW: came * 2,
            PRODUCT: came * 3 // 4,
            CART: orders * 2 + came // 15,
            CHECKOUT: orders + came // 40,
        }
        counted += [((market, step, quarter), number) for step, number in steps.items() if number]
    add(db, counted, {market: row.zone})


def _orders(db: Session, stage: Stage, market: str) -> dict[date, int]:
    found: dict[date, int] = {}
    for at in db.exec(select(Order.placed_at).where(col(Order.market) == market)).all():
        day = day_in(stage.market(market), at)
        found[day] = found.get(day, 0) + 1
    return found
