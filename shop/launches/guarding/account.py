"""Asking the payment provider whether it still takes payments; if not, every market that sells is paused at once."""

from collections.abc import Callable
from datetime import datetime

import structlog

from shop.base.db import Database
from shop.base.payments import PaymentRefused, Payments, PaymentsAway
from shop.launches.guarding.watch import carry_out, selling_now
from shop.launches.readying.gathering import Sources
from shop.scorecard.guardrails import Judgement, Pause
from shop.scorecard.reading import readings

RULE = "hard:payments_restricted"


def check_account(database: Database, payments: Payments, sources: Callable[[], Sources], *, now: datetime) -> int:
    """Ask, with no transaction open; says how many markets were paused. No answer is no reason to pause."""
    with database.reading() as db:
        selling = selling_now(db)
    if not selling:
        return 0
    try:
        if not payments.restricted():
            return 0
    except (PaymentsAway, PaymentRefused) as silence:
        structlog.get_logger().warning("payment account not known", fault=str(silence))
        return 0
    with database.reading() as db:
        found = readings(db, selling, now=now)
    judged = Judgement(Pause(RULE, "sell_stop"))
    return sum(carry_out(database, payments, sources, each, found[each.id], judged, now=now) for each in selling)
