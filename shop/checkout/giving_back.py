"""Carrying refunds out at the provider, with no transaction open, so that none is ever made twice.

A refund is marked unknown before the provider is asked. Whoever finds one so marked, after a crash or an answer that
never came, first asks the provider which refunds of that payment there are, and only then asks for it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import exists, update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.payments import PaymentRefused, Payments, RefundState
from shop.checkout.dispatch import keep_all, nothing_more_leaves
from shop.checkout.models import Order, PaymentAttempt, Refund
from shop.checkout.refunds import LATE_PAYMENT, PAID, UNDER_WAY, tell_refund
from shop.checkout.settling import change_order, note_event
from shop.ground.money import Money

REASON = 300  # so much of the provider's word is kept


@dataclass(frozen=True, slots=True)
class Asked:
    """A refund about to be carried out; `again` when it may have been before."""

    key: str
    payment: str
    amount: Money
    again: bool


def give_back(database: Database, payments: Payments, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `refund` of the outbox. Raises PaymentsAway: then it is unknown, and the outbox tries again."""
    if "refund" not in payload:  # written before there was a ledger
        payments.refund(payload["payment"], Money(payload["minor"], payload["currency"]), key=payload["key"])
        return
    with database.writing() as db:
        asked = _begin(db, payload["refund"])
    if asked is None:
        return
    # A refusal to tell is no refusal to pay: it leaves the refund unknown.
    state = _made_before(payments, asked) if asked.again else None
    if state is None:
        try:
            made = payments.refund(asked.payment, asked.amount, key=asked.key)
            state = RefundState(asked.key, made, asked.amount, "done")
        except PaymentRefused as refusal:
            structlog.get_logger().error("refund refused", refund=asked.key, reason=str(refusal))
            with database.writing() as db:
                refuse(db, asked.key, str(refusal), now=now)
            return
    with database.writing() as db:
        settle_refund(db, state, now=now)


def reconcile(database: Database, payments: Payments, payment: str, *, now: datetime) -> bool:
    """Ask the provider which refunds of the payment there are, and settle ours. False for a payment none of ours."""
    with database.reading() as db:
        known = db.exec(select(PaymentAttempt.key).where(PaymentAttempt.payment == payment)).first()
    if known is None:
        return False
    for state in payments.refunds(payment):
        with database.writing() as db:
            settle_refund(db, state, now=now)
    return True


def settle_refund(db: Session, state: RefundState, *, now: datetime) -> None:
    """What follows from the provider's word on a refund of ours; told any number of times, it happens once."""
    if state.status == "failed":
        return refuse(db, state.key, f"{state.id} failed", now=now, provider_id=state.id)
    mine = update(Refund).where(col(Refund.key) == state.key, col(Refund.state).in_(UNDER_WAY))
    if db.connection().execute(mine.values(state="done", provider_id=state.id, done_at=now)).rowcount != 1:
        return None
    refund = db.get_one(Refund, state.key)
    if refund.ground != LATE_PAYMENT:
        tell_refund(db, "done", refund.key, now=now)
    finish(db, db.get_one(Order, refund.order_number), now=now)


def finish(db: Session, order: Order, *, now: datetime, owed: bool = True) -> None:
    """The order is refunded once all that was paid is given back; what had not left the house can then be sold again.

    Of an order given up before anything left, a part may be all that is owed: that is said with `owed`.
    """
    still_open = exists().where(col(Refund.order_number) == order.number, col(Refund.state).in_(UNDER_WAY))
    mine = update(Order).where(col(Order.number) == order.number, ~still_open)
    whole, some = col(Order.given_back) == PAID, col(Order.given_back) > 0
    if _moved(db, mine.values(state="refunded").where(col(Order.state) == "paid", whole if owed else some)):
        keep_all(db, order)
    _moved(db, mine.where(whole, col(Order.state).in_(("dispatched", "delivered"))).values(state="refunded"))
    db.refresh(order)
    if order.state == "refunded":
        note_event(db, order, "refunded", now=now)


def refuse(db: Session, key: str, reason: str, *, now: datetime, provider_id: str = "") -> None:
    """The provider does not give it back, or could not in the end: it can be given back otherwise, and a person must.

    `provider_id` is of a refund that the provider had taken on.
    """
    before = ("asked", "unknown", "done")
    mine = update(Refund).where(col(Refund.key) == key, col(Refund.state).in_(before))
    named = {"provider_id": provider_id} if provider_id else {}
    if not _moved(db, mine.values(state="refused", done_at=None, reason=reason[:REASON], **named)):
        return
    refund = db.get_one(Refund, key)
    order = db.get_one(Order, refund.order_number)
    again = update(Order).where(col(Order.number) == order.number)
    db.connection().execute(again.values(given_back=Order.given_back - refund.minor))
    if order.delivered_at is not None:
        change_order(db, order, "delivered", only_from=("refunded",))
    elif order.dispatched_at is not None:
        nothing_more_leaves(db, order, only_from="refunded", person="", now=now)
    tell_refund(db, "refused", key, now=now)


def _begin(db: Session, key: str) -> Asked | None:
    refund = db.get_one(Refund, key)
    if refund.state not in UNDER_WAY:
        return None
    order = db.get_one(Order, refund.order_number)
    paid = select(PaymentAttempt.payment).where(PaymentAttempt.order_number == order.number)
    payment = db.exec(paid.where(PaymentAttempt.state == "paid")).one()
    mine = update(Refund).where(col(Refund.key) == key, col(Refund.state) == "asked")
    first = _moved(db, mine.values(state="unknown"))
    return Asked(key, payment, Money(refund.minor, order.currency), again=not first)


def _made_before(payments: Payments, asked: Asked) -> RefundState | None:
    return next((each for each in payments.refunds(asked.payment) if each.key == asked.key), None)


def _moved(db: Session, change: Any) -> bool:
    return bool(db.connection().execute(change).rowcount == 1)
