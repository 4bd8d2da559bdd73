"""What an order takes of a market's caps: a place among all orders, of its day, of its customer, and the agents' time.

Each cap that is set is one conditional statement, in the transaction that places the order; a cap that is not set costs
nothing. What was taken is given back or kept once, with the order's hold.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, Update, and_, bindparam, case, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.checkout.models import Hold, Order
from shop.markets.calendar import day_in
from shop.markets.exposure_models import Capacity, Exposure, ExposureCustomer, ExposureDay
from shop.markets.models import Market

COUNTED = ("held", "sold")  # the states of holds whose orders count
End = Literal["released", "sold", "sold late"]  # of the place of an order; the last: paid after it was given back


@dataclass(frozen=True, slots=True)
class Place:
    """An order as the caps count it: its total in minor units, its day in the market's calendar, whose it is.

    `customer` is the keyed hash of a mailbox; empty where nobody asked for it.
    """

    value: int
    day: date | None
    customer: str = ""


def place_of(order: Order, market: Market, customer: str) -> Place:
    """The place of an order that is being placed."""
    return Place(order.total, day_in(market, order.placed_at), customer)


def hold_place(db: Session, market: Market, place: Place) -> str:
    """Count one order as being paid; the reason code of the cap that leaves no room, and then the caller must refuse."""
    if not _among_all(db, market, place):
        return _which(db, market)
    if market.daily_cap is not None and not _on_day(db, market, place, market.daily_cap):
        return "daily_cap"
    if market.customer_cap is not None and place.customer and not _of_customer(db, market, place, market.customer_cap):
        return "customer_cap"
    return "" if not market.minutes_per_contact or _answerable(db, market) else "support_capacity"


def settle_place(db: Session, market: Market, place: Place, end: End) -> None:
    """Count how an order that was being paid has ended. Money that is here is honoured, whatever the caps say."""
    db.connection().execute(_settled(end), {"where": market.id, "worth": place.value})
    held, paid = _counts(end)
    if market.daily_cap is not None and place.day is not None:
        day = update(ExposureDay).where(col(ExposureDay.market) == market.id, col(ExposureDay.day) == place.day)
        counts = {"held": ExposureDay.held - held, "paid": ExposureDay.paid + paid}
        db.connection().execute(day.where(col(ExposureDay.held) >= held).values(counts))
    if market.customer_cap is not None and place.customer and held != paid:
        by = paid - held
        theirs = update(ExposureCustomer).where(
            col(ExposureCustomer.market) == market.id,
            col(ExposureCustomer.customer) == place.customer,
            col(ExposureCustomer.orders) + by >= 0,
        )
        db.connection().execute(theirs.values(orders=ExposureCustomer.orders + by))


def _counts(end: End) -> tuple[int, int]:
    """How many fewer orders are being paid, and how many more are paid."""
    return int(end != "sold late"), int(end != "released")


@cache
def _settled(end: End) -> Update:
    worth: Any = bindparam("worth", type_=BigInteger)
    held, paid = _counts(end)
    values: dict[str, Any] = {"held": Exposure.held - held, "paid": Exposure.paid + paid}
    if held:  # what was being paid when values began to be counted is in the number, and not in their sum
        values["held_value"] = case((col(Exposure.held_value) >= worth, Exposure.held_value - worth), else_=0)
    if paid:
        values["paid_value"] = Exposure.paid_value + worth
    return update(Exposure).where(col(Exposure.market) == bindparam("where")).values(values)


def recount_day(db: Session, market: Market, *, now: datetime) -> None:
    """Count the orders of the market's today anew, for a daily cap that was not counted against before."""
    today = day_in(market, now)
    mine = (col(Order.market) == market.id, col(Order.placed_at) > now - timedelta(days=2), col(Hold.day) == today)
    query = select(col(Hold.state), func.count()).join(Order, col(Order.number) == col(Hold.order_number))
    found = dict(db.exec(query.where(*mine, col(Hold.state).in_(COUNTED)).group_by(col(Hold.state))).all())
    counts = {"held": found.get("held", 0), "paid": found.get("sold", 0)}
    row = insert(ExposureDay).values(market=market.id, day=today, **counts)
    db.connection().execute(row.on_conflict_do_update(index_elements=["market", "day"], set_=counts))


def recount_customers(db: Session, market: Market) -> None:
    """Count every customer's orders anew, for a customer's cap that was not counted against before."""
    db.connection().execute(delete(ExposureCustomer).where(col(ExposureCustomer.market) == market.id))
    counted = (
        select(col(Order.market), col(Hold.customer), func.count())
        .join(Hold, col(Hold.order_number) == col(Order.number))
        .where(col(Order.market) == market.id, col(Hold.state).in_(COUNTED), col(Hold.customer) != "")
        .group_by(col(Order.market), col(Hold.customer))
    )
    names = ["market", "customer", "orders"]
    db.connection().execute(insert(ExposureCustomer).from_select(names, counted))


def _among_all(db: Session, market: Market, place: Place) -> bool:
    if market.order_cap == 0 or (market.value_cap is not None and place.value > market.value_cap):
        return False
    caps = {"order_cap": market.order_cap, "value_cap": market.value_cap}
    limits = {cap: most for cap, most in caps.items() if most is not None}
    row = {"market": market.id, "held": 1, "paid": 0, "held_value": place.value, "paid_value": 0}
    return db.connection().execute(_counted_among_all(frozenset(limits)), row | limits).scalar() is not None


@cache
def _counted_among_all(limits: frozenset[str]) -> Any:
    """One more order in the market's row, or the first; nothing where one of these caps leaves no room."""
    first = insert(Exposure)
    value: Any = Exposure.held_value + first.excluded.held_value
    most: Any = {each: bindparam(each, type_=BigInteger) for each in ("order_cap", "value_cap")}
    room = {
        "order_cap": Exposure.held + Exposure.paid < most["order_cap"],
        "value_cap": value + Exposure.paid_value <= most["value_cap"],
    }
    more = {"held": Exposure.held + 1, "held_value": value}
    where = and_(*(room[each] for each in sorted(limits))) if limits else None
    counted = first.on_conflict_do_update(index_elements=["market"], set_=more, where=where)
    return counted.returning(col(Exposure.market))


def _on_day(db: Session, market: Market, place: Place, cap: int) -> bool:
    first = insert(ExposureDay).values(market=market.id, day=place.day, held=1, paid=0)
    room = [ExposureDay.held + ExposureDay.paid < cap]
    return cap > 0 and _counted(db, first, ["market", "day"], more={"held": ExposureDay.held + 1}, room=room)


def _of_customer(db: Session, market: Market, place: Place, cap: int) -> bool:
    first = insert(ExposureCustomer).values(market=market.id, customer=place.customer, orders=1)
    more = {"orders": ExposureCustomer.orders + 1}
    return cap > 0 and _counted(db, first, ["market", "customer"], more=more, room=[ExposureCustomer.orders < cap])


def _counted(db: Session, first: Any, keys: list[str], *, more: dict[str, Any], room: list[Any]) -> bool:
    """One more in the row of these keys, or the first; False when there is no room."""
    counted = first.on_conflict_do_update(index_elements=keys, set_=more, where=and_(*room))
    return db.connection().execute(counted.returning(first.table.c.market)).scalar() is not None


def _answerable(db: Session, market: Market) -> bool:
    """Take one order off what the agents can still look after; where nobody has counted yet, nothing is refused."""
    mine = update(Capacity).where(col(Capacity.market) == market.id)
    left = mine.where(col(Capacity.orders_left) > 0).values(orders_left=Capacity.orders_left - 1)
    return db.connection().execute(left).rowcount == 1 or db.get(Capacity, market.id) is None


def _which(db: Session, market: Market) -> str:
    """Which of the two caps on all orders leaves no room."""
    row = db.get(Exposure, market.id, populate_existing=True)
    full = market.order_cap is not None and (row.orders if row else 0) >= market.order_cap
    return "order_cap" if full else "value_cap"
