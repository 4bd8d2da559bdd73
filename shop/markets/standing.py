"""How a market stands for one who wants to buy there now: its row, its stops, and what of its caps is taken. One statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from shop.markets.calendar import day_in
from shop.markets.directory import facts_of
from shop.markets.exposure_models import Capacity, Denial, Exposure, ExposureCustomer, ExposureDay
from shop.markets.gate import MarketFacts
from shop.markets.models import Market, StopSale


@dataclass(frozen=True, slots=True)
class Standing:
    """The market as the database has it. `denied` and `orders` are the mailbox's that was asked for."""

    market: Market
    facts: MarketFacts
    denied: bool
    orders: int


def standing(db: Session, market: Market, *, now: datetime, customer: str = "") -> Standing:
    """How the market stands; `customer` is the keyed hash of a mailbox, empty while none is known."""
    asked = {"market": market.id, "today": day_in(market, now), "customer": customer}
    rows = db.execute(_STANDING, asked).all()
    found, _stop, used, on_day, orders, left, is_denied = rows[0]
    facts = facts_of(
        found,
        [row[1] for row in rows if row[1] is not None],
        orders_used=used.orders if used else 0,
        value_used=used.value if used else 0,
        orders_today=on_day or 0,
        capacity_left=left,
    )
    return Standing(found, facts, bool(customer) and is_denied, orders or 0)


def _statement() -> Any:
    market: Any = bindparam("market")
    customer: Any = bindparam("customer")
    stop_here = col(StopSale.lifted_at).is_(None) & ((col(StopSale.market) == "") | (col(StopSale.market) == market))
    denied_here = (col(Denial.market) == "") | (col(Denial.market) == market)
    denied = (col(Denial.customer) == customer) & denied_here
    return (
        select(
            Market,
            StopSale,
            Exposure,
            col(ExposureDay.held) + col(ExposureDay.paid),
            col(ExposureCustomer.orders),
            col(Capacity.orders_left),
            select(col(Denial.id)).where(denied, col(Denial.ended_at).is_(None)).exists(),
        )
        .select_from(Market)
        .outerjoin(StopSale, stop_here)
        .outerjoin(Exposure, col(Exposure.market) == col(Market.id))
        .outerjoin(
            ExposureDay, (col(ExposureDay.market) == col(Market.id)) & (col(ExposureDay.day) == bindparam("today"))
        )
        .outerjoin(
            ExposureCustomer,
            (col(ExposureCustomer.market) == col(Market.id)) & (col(ExposureCustomer.customer) == customer),
        )
        .outerjoin(Capacity, col(Capacity.market) == col(Market.id))
        .where(col(Market.id) == market)
        .execution_options(populate_existing=True)
    )


_STANDING = _statement()
