"""What a crash or a customer who left would leave behind: attempts past their time are asked about and settled."""

from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.payments import PaymentRefused, Payments, PaymentsAway, PaymentState
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import lines_of, remember_session, session_ask, settle, settle_by_session


def settle_overdue(
    database: Database, payments: Payments, *, languages: Languages, base_url: str, now: datetime
) -> int:
    """Settle every attempt whose session's time is over; says how many there were. Calls out with no transaction open."""
    with database.reading() as db:
        overdue = _overdue(db, now)
    for attempt in overdue:
        try:
            _settle(database, payments, attempt, languages=languages, base_url=base_url, now=now)
        except PaymentsAway:
            structlog.get_logger().warning("payment provider away", order=attempt.order_number)
    return len(overdue)


def _overdue(db: Session, now: datetime) -> list[PaymentAttempt]:
    query = select(PaymentAttempt).where(PaymentAttempt.state == "begun", col(PaymentAttempt.expires_at) <= now)
    return list(db.exec(query.order_by(col(PaymentAttempt.expires_at)).limit(200)).all())


def _settle(
    database: Database,
    payments: Payments,
    attempt: PaymentAttempt,
    *,
    languages: Languages,
    base_url: str,
    now: datetime,
) -> None:
    session = attempt.session or _session_of(database, payments, attempt, languages, base_url)
    if not session:
        # The provider never opened one, so nobody can have paid.
        with database.writing() as db:
            return settle(db, attempt, PaymentState("", "expired"), now=now)
    payments.expire(session)
    settle_by_session(database, payments, session, now=now)


def _session_of(
    database: Database, payments: Payments, attempt: PaymentAttempt, languages: Languages, base_url: str
) -> str:
    """The session that a process opened before it died: the same key asked again hands out the same one."""
    with database.reading() as db:
        order = db.get_one(Order, attempt.order_number)
        ask = session_ask(order, lines_of(db, order), attempt, base_url=base_url, languages=languages)
    try:
        opened = payments.open_session(ask)
    except PaymentRefused:
        return ""
    remember_session(database, attempt.key, opened.id, opened.url)
    return opened.id
