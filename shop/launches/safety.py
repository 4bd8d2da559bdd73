"""Ending the payments under way after a safety pause, so that nobody pays for what will not be sent.

Runs after the pause is committed and outside any transaction. What it does not reach (the provider is away or says
no, the process dies) the sweeper ends later, and money that arrives all the same is given back by checkout.
"""

from datetime import datetime

import structlog

from shop.base.db import Database
from shop.base.payments import PaymentRefused, Payments, PaymentsAway
from shop.checkout.pay import settle_by_session
from shop.launches.touched import sessions_under_way


def end_payments(database: Database, payments: Payments, market: str, *, now: datetime) -> int:
    """Expire every open session of the market and settle it; says how many were ended."""
    with database.reading() as db:
        sessions = sessions_under_way(db, market, now=now)
    ended = 0
    for session in sessions:
        try:
            payments.expire(session)
            settle_by_session(database, payments, session, now=now)
            ended += 1
        except (PaymentsAway, PaymentRefused) as fault:
            structlog.get_logger().warning("payment not ended", session=session, fault=repr(fault))
    return ended
