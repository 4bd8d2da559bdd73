"""Orders given up before anything left: what becomes of them once no case about them is open any more."""

from datetime import datetime

from sqlalchemy import exists
from sqlmodel import Session, col, select

from shop.aftersales.cases.views import OPEN
from shop.aftersales.models import Case
from shop.base.db import Database
from shop.checkout.dispatch import left_to_send, services_of
from shop.checkout.giving_back import finish
from shop.checkout.models import Order, Refund
from shop.checkout.refunds import UNDER_WAY, refused
from shop.checkout.settling import render
from shop.markets.models import Market


def end_given_up(database: Database, *, now: datetime) -> int:
    """The periodic work: such orders end, or go on with the services that were kept; says how many.

    One of which everything went back has ended by itself; here are those of which less was owed. While the provider has
    refused to give something back, a person still owes it.
    """
    with database.reading() as db:
        waiting = set(_waiting(db)) - {number for _market, number in refused(db)}
        numbers = [each for each in sorted(waiting) if _is_over(db, db.get_one(Order, each))]
    for number in numbers:
        with database.writing() as db:
            order = db.get_one(Order, number)
            if kept := services_of(db, order):
                render(db, order, kept, now=now)
            else:
                finish(db, order, now=now, owed=False)
    return len(numbers)


def _is_over(db: Session, order: Order) -> bool:
    """Whether there is nothing more to send; with services that are kept, only where all of them is paid for already."""
    if left_to_send(db, order):
        return False
    return not order.due_later if services_of(db, order) else order.given_back > 0


def _waiting(db: Session) -> list[str]:
    """Paid orders of which nothing has left, about which there were cases and none is open; no money is under way."""
    still = exists().where(col(Case.order_number) == col(Order.number), col(Case.state).in_(OPEN))
    paying = exists().where(col(Refund.order_number) == col(Order.number), col(Refund.state).in_(UNDER_WAY))
    # The index over the states is by market.
    mine = col(Order.market).in_(select(Market.id)), col(Order.state) == "paid", col(Order.dispatched_at).is_(None)
    about = col(Order.after_sales).is_(True), ~still, ~paying
    return list(db.exec(select(Order.number).where(*mine, *about)).all())
