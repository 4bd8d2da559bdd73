"""What must be finished before a customer is erased: whatever still needs to know who they are. Nothing is erased by halves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.aftersales.models import Case, Recall, RecallNotice
from shop.base.i18n import N_
from shop.checkout.models import Dispute, Order, Refund
from shop.checkout.refunds import UNDER_WAY
from shop.staff.models import Person
from shop.support.requests.models import OPEN, Request
from shop.upkeep.personal.finding import Subject, same_address
from shop.upkeep.personal.waiting_effects import being_done

WORDS = {
    "order": N_("The order is not finished. See that it is delivered, or give the money back."),
    "case": N_("The case is not finished. Decide it, and close it."),
    "refund": N_("The money has not been given back yet. Look at the order."),
    "dispute": N_("A dispute with the customer's bank is not decided yet."),
    "request": N_("The request has not been answered yet. Answer it, or close it."),
    "recall": N_("The customer has not answered the recall, and may have to be warned again."),
    "mail": N_("A mail to or about the customer is being sent at this moment. Try again in two minutes."),
}
SIGNS_IN = N_("A member of staff signs in with this address. What is stored about them as staff stays.")
UNSETTLED = ("placed", "paid", "dispatched")
UNDECIDED = ("received", "accepted", "goods_back")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing to be finished first: what it is (a key of WORDS), and its number, if it has one."""

    what: str
    number: str


def obstacles(db: Session, subject: Subject, *, now: datetime) -> list[Obstacle]:
    """Everything that is in the way, in the order in which it is best finished."""
    found = [Obstacle(what, number) for what, query in _queries(subject) for number in db.exec(query).all()]
    return [*found, *(Obstacle("mail", number) for number in being_done(db, subject, now=now))]


def signs_in(db: Session, email: str) -> bool:
    """Whether the address is also that of somebody of the staff: their own data is kept with the people who sign in."""
    found = select(Person.id).where(col(Person.email).in_(same_address(email)), col(Person.deactivated).is_(False))
    return db.exec(found).first() is not None


def _queries(subject: Subject) -> Iterator[tuple[str, Any]]:
    orders, mine = subject.orders, col(Order.number).in_(subject.orders)
    yield "order", select(Order.number).where(mine, col(Order.state).in_(UNSETTLED), col(Order.test).is_(False))
    yield "case", select(Case.number).where(col(Case.number).in_(subject.cases), col(Case.state).in_(UNDECIDED))
    unpaid = select(Refund.order_number).where(col(Refund.order_number).in_(orders))
    yield "refund", unpaid.where(col(Refund.state).in_(UNDER_WAY)).distinct()
    yield "dispute", select(Dispute.order_number).where(col(Dispute.order_number).in_(orders), Dispute.state == "open")
    asked = select(Request.ref).where(col(Request.ref).in_(subject.requests), col(Request.state).in_(OPEN))
    yield "request", asked
    unheard = select(RecallNotice.order_number).join(Recall, col(Recall.number) == col(RecallNotice.recall))
    unheard = unheard.where(col(RecallNotice.order_number).in_(orders), col(Recall.closed_at).is_(None))
    yield "recall", unheard.where(col(RecallNotice.done_at).is_(None), col(Recall.drill).is_(False))
