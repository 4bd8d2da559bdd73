"""Ending the payments under way after a safety pause, so that nobody pays for what will not be sent.

Runs after the pause is committed and outside any transaction. What it does not reach (the provider is away or says
no, the process dies) the sweeper ends later, and money that arrives all the same is given back by checkout.
"""

from datetime import datetime

from shop.base.db import Database
from shop.base.payments import Payments
from shop.checkout.ending import end_sessions
from shop.launches.changing.touched import sessions_under_way
from shop.markets.models import LaunchEvent


def follow_up(database: Database, payments: Payments, event: LaunchEvent, *, now: datetime) -> None:
    """What a step asks for once it is committed: a safety pause ends the payments under way, no other step does."""
    if (event.action, event.mode) == ("pause", "safety"):
        end_payments(database, payments, event.market, now=now)


def end_payments(database: Database, payments: Payments, market: str, *, now: datetime) -> int:
    """Expire every open session of the market and settle it; says how many were ended."""
    with database.reading() as db:
        sessions = sessions_under_way(db, market, now=now)
    return len(end_sessions(database, payments, sessions, now=now))
