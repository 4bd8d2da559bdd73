"""What the law keeps of an erased customer: what stood on the invoices, apart from everything else and for a counted time.

For how many years, the privacy policy of the market says that was in force when the order was placed (`retention_years`,
for how many years orders and invoices are kept). Where none says it, ten, which is what the policies that ship with the
shop say: no law's figure but a "shop choice as upper limit" (their source; GDPR art. 5(1)(e) and 17).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shop.checkout.models import Order
from shop.ground.instants import local
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.upkeep.models import Erasure, RetainedRecord

KIND, RULE, YEARS = "privacy", "retention_years", 10
LAST_ZONE = timedelta(hours=12)  # behind UTC: there a day ends last


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long one order's invoice is kept: until the end of which day, and by which rule."""

    order: str
    until: date
    rule: str


def retention(db: Session, policies: PolicyLibrary, order: Order, *, now: datetime) -> Retention | None:
    """Until when the order's invoice is kept; None when there is none to keep.

    The years are whole calendar years after the one in which it was paid, on the market's clock: that is enough for
    whoever counts from the day of the payment, and for whoever counts from the end of its year.
    """
    if order.paid_at is None or order.test:
        return None
    market = db.get_one(Market, order.market)
    placed, paid = (local(each, market.zone).date() for each in (order.placed_at, order.paid_at))
    years = policies.rules(market.id, KIND, placed).get(RULE)
    until = date(paid.year + (YEARS if years is None else int(years)), 12, 31)
    rule = f"{RULE}: {YEARS} (no policy says it)" if years is None else f"{market.id} {KIND}, {RULE}: {years}"
    return Retention(order.number, until, rule) if until >= local(now, market.zone).date() else None


def retain(db: Session, order: Order, kept: Retention, erasure: int) -> None:
    """Put the invoice's words about the customer aside. To be called while the order still holds them."""
    words = {"name": order.name, "address": json.loads(order.address), "business_number": order.business_number}
    content = json.dumps(words, ensure_ascii=False, sort_keys=True)
    db.add(
        RetainedRecord(order_number=order.number, erasure=erasure, until=kept.until, rule=kept.rule, content=content)
    )


def retained(db: Session, orders: Iterable[str]) -> list[RetainedRecord]:
    """What is kept of these orders, the one that is kept longest last."""
    query = select(RetainedRecord).where(col(RetainedRecord.order_number).in_(list(orders)))
    return list(db.exec(query.order_by(col(RetainedRecord.until), col(RetainedRecord.order_number))).all())


def told(record: RetainedRecord) -> dict[str, Any]:
    """A record as an auditor reads it."""
    return {
        "order": record.order_number,
        "until": record.until.isoformat(),
        "rule": record.rule,
        **json.loads(record.content),
    }


def end_retained(db: Session, *, now: datetime) -> int:
    """Remove the records whose last day is over everywhere; their erasures are to be swept once more."""
    over = col(RetainedRecord.until) < (now - LAST_ZONE).date()
    concerned = list(db.exec(select(RetainedRecord.erasure).where(over).distinct()).all())
    if not concerned:
        return 0
    removed = db.connection().execute(delete(RetainedRecord).where(over)).rowcount
    db.connection().execute(update(Erasure).where(col(Erasure.id).in_(concerned)).values(swept_at=None))
    return removed
