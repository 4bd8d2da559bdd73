"""The ledger of refunds: what was given back on an order, or is being given back, and never more than was paid.

One conditional UPDATE of the order takes the amount; the refund itself is carried out by `giving_back` from the
outbox. Nothing here speaks with the provider.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from shop.base.audit import append
from shop.base.outbox import enqueue
from shop.checkout.models import Order, Refund
from shop.ground.errors import Refusal
from shop.ground.money import Money

LATE_PAYMENT = "late_payment"  # money that came for what can no longer be delivered; its customer is told with that
EFFECT, MAIL = "refund", "refund mail"
UNDER_WAY = ("asked", "unknown")  # nobody knows yet whether it will arrive
CHAIN = "refunds:"  # with the market's id, the name of its chain in the audit
TOLD = ("key", "order_number", "case", "ground", "minor", "person", "asked_at")  # what of a refund never changes
LIVE = (*UNDER_WAY, "done")  # a refund in such a state has taken its amount from what can be given back


class RefundTooMuch(Refusal):
    """More than is `left` of what was paid on the order (a Money) once all other refunds are counted."""


class RefundKeyReused(Refusal):
    """The form's key was used before for another amount or order; nothing more has been given back."""


def ask_refund(
    db: Session,
    order: Order,
    minor: int,
    *,
    ground: str,
    case: str = "",
    key: str,
    person: str,
    now: datetime,
    reason: str = "",
    by_hand: bool = False,
) -> Refund:
    """Write the refund of `minor` units of the order's currency into the ledger and have it carried out, once per key.

    `by_hand`: a person has given the money back on another way, and only its customer is still to be told.
    Raises RefundTooMuch, or RefundKeyReused.
    """
    row = {"key": key, "order_number": order.number, "case": case, "ground": ground, "minor": minor, "person": person}
    row |= {"state": "done" if by_hand else "asked", "provider_id": "", "reason": reason, "asked_at": now}
    row["done_at"] = now if by_hand else None
    once = insert(Refund).values(row).on_conflict_do_nothing(index_elements=["key"])
    if db.connection().execute(once.returning(col(Refund.key))).scalar() is None:
        known = db.get_one(Refund, key)
        if (known.order_number, known.minor, known.ground) != (order.number, minor, ground):
            raise RefundKeyReused
        return known
    _take(db, order, minor)
    if ground != LATE_PAYMENT:  # which nobody decides, and which must not wait for those that somebody does
        told = {name: row[name] for name in TOLD}
        append(db, f"{CHAIN}{order.market}", ground, key, content=told, now=now)
    if by_hand:
        tell_refund(db, "done", key, now=now)
    else:
        enqueue(db, EFFECT, f"refund:{key}", {"refund": key}, now=now)
    return db.get_one(Refund, key)


def refundable(order: Order) -> Money:
    """What can still be given back on the order, as it was read."""
    return Money(paid_on(order) - order.given_back, order.currency)


def paid_on(order: Order) -> int:
    """What was paid on the order, in minor units: what is due on delivery counts from then on."""
    if order.paid_at is None:
        return 0
    return order.due_now if order.delivered_at is None else order.total


def refunds_of(db: Session, order_number: str) -> list[Refund]:
    """The order's refunds, the oldest first."""
    query = select(Refund).where(Refund.order_number == order_number)
    return list(db.exec(query.order_by(col(Refund.asked_at), col(Refund.key))).all())


def refused(db: Session) -> list[tuple[str, str]]:
    """Orders with a refund that the provider refused and nobody has asked for again, each after its market."""
    later = aliased(Refund)
    again = exists().where(col(later.order_number) == col(Refund.order_number), col(later.asked_at) > Refund.asked_at)
    query = select(Order.market, Order.number).join(Refund, col(Refund.order_number) == col(Order.number))
    rows = db.exec(query.where(Refund.state == "refused", ~again).order_by(col(Refund.asked_at))).all()
    return list(dict.fromkeys((market, number) for market, number in rows))


def live(refunds: list[Refund]) -> list[Refund]:
    """Those that have given something back, or are about to."""
    return [each for each in refunds if each.state in LIVE]


def tell_refund(db: Session, mail: str, key: str, *, now: datetime) -> None:
    """Have somebody told of the refund by mail, once per mail: the customer that it is done, the exporter that not."""
    enqueue(db, MAIL, f"{MAIL}:{key}:{mail}", {"refund": key, "mail": mail}, now=now)


def _take(db: Session, order: Order, minor: int) -> None:
    room = col(Order.given_back) + minor <= PAID
    mine = update(Order).where(col(Order.number) == order.number, col(Order.paid_at).is_not(None), room)
    if db.connection().execute(mine.values(given_back=Order.given_back + minor)).rowcount != 1:
        db.refresh(order)
        raise RefundTooMuch(left=refundable(order))


PAID: Any = sql_case((col(Order.delivered_at).is_(None), Order.total - Order.due_later), else_=col(Order.total))
