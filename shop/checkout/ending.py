"""Ending payments under way, so that nobody pays for what will not be sent. Runs outside any transaction.

What the provider does not end (it is away, or says no) is ended by the sweeper when it expires, and money that arrives
all the same is an order like any other, or given back.
"""

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.payments import PaymentRefused, Payments, PaymentsAway, for_the_log
from shop.checkout.models import Order, OrderLine, PaymentAttempt
from shop.checkout.pay import settle_by_session


def end_sessions(database: Database, payments: Payments, sessions: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """Expire each of the provider's sessions and settle it; the ones that were ended."""
    ended = []
    for session in sessions:
        try:
            payments.expire(session)
            settle_by_session(database, payments, session, now=now)
            ended.append(session)
        except (PaymentsAway, PaymentRefused) as fault:
            order, said = _order_of(database, session), for_the_log(fault, session)
            structlog.get_logger().warning("payment not ended", order=order, fault=said)
    return tuple(ended)


def sessions_for(db: Session, skus: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """The sessions in which a customer of any market may still pay an order that holds one of these products."""
    holding = select(OrderLine.order_number).where(col(OrderLine.sku).in_(list(skus)))
    return _still_payable(db, col(Order.number).in_(holding), now=now)


def sessions_in(db: Session, market: str, *, now: datetime) -> tuple[str, ...]:
    """The sessions in which a customer of the market may still pay."""
    return _still_payable(db, col(Order.market) == market, now=now)


def _still_payable(db: Session, which: ColumnElement[bool], *, now: datetime) -> tuple[str, ...]:
    """The sessions of payments that are under way, the first to begin first; of test orders none."""
    joined = select(PaymentAttempt.session).join(Order, col(Order.number) == col(PaymentAttempt.order_number))
    begun = joined.where(PaymentAttempt.state == "begun", col(PaymentAttempt.expires_at) > now)
    query = begun.where(which, col(Order.test).is_(False)).order_by(col(PaymentAttempt.created_at))
    return tuple(each for each in db.exec(query).all() if each)


def _order_of(database: Database, session: str) -> str:
    with database.reading() as db:
        query = select(PaymentAttempt.order_number).where(PaymentAttempt.session == session)
        return db.exec(query).first() or ""
