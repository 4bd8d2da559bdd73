"""What a change of a market's state would touch: payments under way, pieces held for them, and what is still owed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.cases.overdue import open_cases
from shop.aftersales.models import Recall, RecallReport
from shop.checkout.ending import sessions_in
from shop.checkout.models import Hold, Order, Refund
from shop.checkout.refunds import UNDER_WAY, refused
from shop.support.requests.models import OPEN, Request


@dataclass(frozen=True, slots=True)
class Touched:
    """Counts of one market: `sessions` being paid, `holds` of stock, `orders` not delivered, open `requests`.

    Of what is owed after the sale: open `cases`, `refunds` under way or refused by the provider, and open `recalls`.
    """

    sessions: int
    holds: int
    orders: int
    requests: int
    cases: int = 0
    refunds: int = 0
    recalls: int = 0

    @property
    def owed(self) -> dict[str, int]:
        """What customers or authorities still wait for, by kind."""
        kinds = ("orders", "requests", "cases", "refunds", "recalls")
        return {each: getattr(self, each) for each in kinds}


def touched(db: Session, market: str, *, now: datetime) -> Touched:
    """What is under way in the market now. Test orders count nowhere."""
    number = select(func.count())
    holds = (
        number.select_from(Hold)
        .join(Order, col(Order.number) == col(Hold.order_number))
        .where(
            Hold.state == "held", Order.state == "placed"
        )  # few orders are; holds that are over are as many as orders
    )
    orders = number.select_from(Order).where(col(Order.state).in_(("paid", "dispatched")))
    requests = number.select_from(Request).where(Request.market == market, col(Request.state).in_(OPEN))
    real = (Order.market == market, col(Order.test).is_(False))
    return Touched(
        sessions=len(sessions_in(db, market, now=now)),
        holds=db.exec(holds.where(*real)).one(),
        orders=db.exec(orders.where(*real)).one(),
        requests=db.exec(requests).one(),
        cases=open_cases(db).get(market, 0),
        refunds=_refunds(db, market),
        recalls=_recalls(db, market),
    )


def _refunds(db: Session, market: str) -> int:
    under_way = select(func.count()).select_from(Refund).join(Order, col(Order.number) == col(Refund.order_number))
    waiting = under_way.where(Order.market == market, col(Refund.state).in_(UNDER_WAY))
    return db.exec(waiting).one() + sum(place == market for place, _order in refused(db))


def _recalls(db: Session, market: str) -> int:
    query = select(func.count()).select_from(Recall).join(RecallReport, col(RecallReport.recall) == col(Recall.number))
    of_market = query.where(RecallReport.market == market, col(Recall.drill).is_(False))
    return db.exec(of_market.where(col(Recall.closed_at).is_(None))).one()
