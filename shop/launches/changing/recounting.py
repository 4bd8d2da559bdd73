"""What begins to be counted when a cap is set: orders that were not counted before, and the agents' time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.checkout.places import recount_customers, recount_day
from shop.markets.models import Market
from shop.support.staffed.capacity_job import count_market


def count_anew(db: Session, market: Market, changed: Mapping[str, list[Any]], *, now: datetime) -> None:
    """Count for the caps that were not set before this change (name -> old, new); in its transaction, after its row."""
    if "daily_cap" in changed and changed["daily_cap"][0] is None:
        recount_day(db, market, now=now)
    if "customer_cap" in changed and changed["customer_cap"][0] is None:
        recount_customers(db, market)
    if "minutes_per_contact" in changed and changed["minutes_per_contact"][1]:
        count_market(db, market, minutes_per_contact=changed["minutes_per_contact"][1], now=now)
