"""Ending the payments under way after a safety pause or a market's last day of orders: nobody pays for what is not sent.

Runs after the change is committed and outside any transaction. What it does not reach (the provider is away or says
no, the process dies) the sweeper ends later, and money that arrives all the same is given back by checkout.
"""

from datetime import datetime

from sqlmodel import col, select

from shop.base.db import Database
from shop.base.payments import Payments
from shop.checkout.ending import end_sessions, sessions_in
from shop.markets.models import LaunchEvent, Market


def follow_up(database: Database, payments: Payments, event: LaunchEvent, *, now: datetime) -> None:
    """What a step asks for once it is committed: a safety pause and a closing end the payments under way, no other."""
    if (event.action, event.mode) == ("pause", "safety") or event.action == "close":
        end_payments(database, payments, event.market, now=now)


def end_payments(database: Database, payments: Payments, market: str, *, now: datetime) -> int:
    """Expire every open session of the market and settle it; says how many were ended."""
    with database.reading() as db:
        sessions = sessions_in(db, market, now=now)
    return len(end_sessions(database, payments, sessions, now=now))


def end_last_orders(database: Database, payments: Payments, *, now: datetime) -> int:
    """End the payments still under way in markets whose announced last day of orders is over; says how many."""
    over = select(Market.id).where(Market.state == "winding_down", col(Market.last_order_at) <= now)
    with database.reading() as db:
        markets = db.exec(over).all()
    return sum(end_payments(database, payments, each, now=now) for each in markets)
