"""What the provider tells of payments besides their end: a card that was declined, a payment disputed at the bank.

Each step of a dispute is told to the exporter once: banks give little time to answer.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import NP_, Tongue
from shop.base.outbox import enqueue
from shop.base.payments import DisputeState, Payments
from shop.base.post import Post
from shop.checkout.models import Dispute, Order, PaymentAttempt
from shop.ground.money import Money
from shop.markets.models import Exporter
from shop.markets.readers import reader_of

EFFECT = "dispute mail"
STATES = {
    "open": NP_("dispute", "Open: answer at the payment service"),
    "won": NP_("dispute", "Decided for you"),
    "lost": NP_("dispute", "Lost"),
}


def note_decline(database: Database, number: str, *, now: datetime) -> bool:
    """Remember that a try to pay an order was declined, the first time. False for an order none of ours."""
    first = col(PaymentAttempt.order_number) == number, col(PaymentAttempt.declined_at).is_(None)
    mine = update(PaymentAttempt).where(*first)
    with database.writing() as db:
        db.connection().execute(mine.values(declined_at=now))
        return db.get(Order, number) is not None


def note_dispute(database: Database, payments: Payments, dispute: str, *, now: datetime) -> bool:
    """Ask the provider what became of a dispute and keep it. False for a payment none of ours.

    A bank that merely asks has disputed nothing yet. The provider's word now holds, in whatever order notices come.
    """
    state = payments.dispute(dispute)
    if state.status == "warning":
        return True
    with database.writing() as db:
        paid = select(PaymentAttempt.order_number).where(PaymentAttempt.payment == state.payment)
        number = db.exec(paid).first() if state.payment else None
        if number is None:
            return False
        if _keep(db, number, state, now=now):
            enqueue(
                db, EFFECT, f"dispute:{state.id}:{state.status}", {"dispute": state.id, "state": state.status}, now=now
            )
    return True


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `dispute mail` of the outbox: how it stands, for the exporter."""
    with database.reading() as db:
        dispute, exporter = db.get_one(Dispute, payload["dispute"]), db.get_one(Exporter, 1)
        order = db.get_one(Order, dispute.order_number)
        reader = reader_of(db, "", exporter)
    tongue = post.languages.tongue(reader.language)
    post.send(
        "order_disputed",
        reader.email,
        tongue,
        key=f"dispute-{dispute.provider_id}-{payload['state']}",
        now=now,
        order=order,
        state=payload["state"],
        amount=tongue.money(Money(dispute.minor, order.currency)),
        reason=dispute.reason,
        dispute=dispute.provider_id,
        desk_url=f"{post.base_url}/desk/orders/{order.number}",
    )


def dispute_views(db: Session, order: Order, tongue: Tongue) -> list[dict[str, str]]:
    """The disputes of an order as the desk shows them."""
    rows = db.exec(select(Dispute).where(Dispute.order_number == order.number).order_by(col(Dispute.opened_at))).all()
    return [
        {
            "name": each.provider_id,
            "state": tongue.say(STATES[each.state]),
            "reason": each.reason,
            "amount": tongue.money(Money(each.minor, order.currency)),
        }
        for each in rows
    ]


def _keep(db: Session, number: str, state: DisputeState, *, now: datetime) -> bool:
    """Whether it is news."""
    ended = {"state": state.status, "ended_at": None if state.status == "open" else now}
    row = insert(Dispute).values(
        provider_id=state.id,
        order_number=number,
        reason=state.reason,
        minor=state.amount.minor,
        opened_at=state.opened_at,
        **ended,
    )
    changed = col(Dispute.state) != state.status
    once = row.on_conflict_do_update(index_elements=["provider_id"], set_=ended, where=changed)
    return db.connection().execute(once.returning(col(Dispute.provider_id))).scalar() is not None
