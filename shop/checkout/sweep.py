"""What a crash or a customer who left would leave behind: attempts past their time are asked about and settled."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.payments import PaymentRefused, Payments, PaymentsAway, PaymentState, for_the_log
from shop.checkout.models import PaymentAttempt
from shop.checkout.pay import session_of, settle_by_session
from shop.checkout.settling import settle

ASK_AGAIN = timedelta(minutes=5)


def settle_overdue(
    database: Database, payments: Payments, *, languages: Languages, base_url: str, now: datetime
) -> int:
    """Settle every attempt whose session's time is over; says how many there were. Calls out with no transaction open."""
    with database.reading() as db:
        overdue = _overdue(db, payments.name, now)
    for attempt in overdue:
        _ask_later(database, attempt, now=now)
        try:
            _settle(database, payments, attempt, languages=languages, base_url=base_url, now=now)
        except (PaymentsAway, PaymentRefused) as fault:  # one that cannot be settled must not keep all others waiting
            said = for_the_log(fault, attempt.session)
            structlog.get_logger().warning("payment not settled", order=attempt.order_number, fault=said)
    return len(overdue)


def _overdue(db: Session, provider: str, now: datetime) -> list[PaymentAttempt]:
    mine = (col(PaymentAttempt.state).in_(("begun", "waiting")), PaymentAttempt.provider == provider)
    query = select(PaymentAttempt).where(*mine, col(PaymentAttempt.ask_at) <= now)
    return list(db.exec(query.order_by(col(PaymentAttempt.ask_at)).limit(200)).all())


def _ask_later(database: Database, attempt: PaymentAttempt, *, now: datetime) -> None:
    """One that cannot be settled now (a delayed method, a provider that is away) makes room for the others."""
    with database.writing() as db:
        mine = update(PaymentAttempt).where(col(PaymentAttempt.key) == attempt.key)
        db.connection().execute(mine.values(ask_at=now + ASK_AGAIN))


def _settle(
    database: Database,
    payments: Payments,
    attempt: PaymentAttempt,
    *,
    languages: Languages,
    base_url: str,
    now: datetime,
) -> None:
    session = attempt.session or session_of(database, payments, attempt, languages=languages, base_url=base_url)
    if not session:
        # The provider never opened one, so nobody can have paid.
        with database.writing() as db:
            return settle(db, attempt, PaymentState("", "expired"), now=now)
    payments.expire(session)
    settle_by_session(database, payments, session, now=now)
