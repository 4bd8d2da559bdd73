"""Orders given up before anything left: they are over once nobody owes anything on them any more."""

from datetime import datetime

from sqlalchemy import exists
from sqlmodel import Session, col, select

from shop.aftersales.cases.views import OPEN
from shop.aftersales.models import Case
from shop.base.db import Database
from shop.checkout.dispatch import never_leaves
from shop.checkout.giving_back import finish
from shop.checkout.models import Order
from shop.markets.models import Market


def end_given_up(database: Database, *, now: datetime) -> int:
    """The periodic work: end those of which less than the whole was owed, and that is given back; says how many.

    An order of which everything went back has ended by itself.
    """
    with database.reading() as db:
        numbers = _over(db)
    ended = 0
    for number in numbers:
        with database.writing() as db:
            order = db.get_one(Order, number)
            if never_leaves(db, order):
                finish(db, order, now=now, owed=False)
                ended += order.state == "refunded"
    return ended


def _over(db: Session) -> list[str]:
    """Paid orders without a parcel, on which something was given back and no case is open."""
    still = exists().where(col(Case.order_number) == col(Order.number), col(Case.state).in_(OPEN))
    # The index over the states is by market.
    mine = col(Order.market).in_(select(Market.id)), col(Order.state) == "paid", col(Order.parcel).is_(False)
    return list(db.exec(select(Order.number).where(*mine, col(Order.given_back) > 0, ~still)).all())
