"""Agreeing to a market's terms: asked for once, and again only when a text has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.checkout.models import Order
from shop.checkout.requirements import Box
from shop.markets.calendar import day_in
from shop.markets.visit import Visit
from shop.policies.library import PolicyVersion
from shop.policies.seen import agreed_before

CONSENT = N_("I agree to the terms above (returns, guarantee, terms of sale) and have read the privacy information.")
AGREED = N_("You agreed to these same terms on %(day)s, with order %(order)s. They apply to this order too.")
ACCEPT = Box("accept", CONSENT)


@dataclass(frozen=True, slots=True)
class Agreement:
    """In which words the terms are agreed to; `before` when they were already, and no box has to be ticked."""

    wording: str
    before: bool

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The box to tick, if there is one."""
        return () if self.before else (ACCEPT,)


def agreement(
    db: Session, visit: Visit, versions: Sequence[PolicyVersion], *, orders: Sequence[str], email: str
) -> Agreement:
    """How a customer agrees to these versions: `orders` are those this browser holds, of which only the mailbox's own count."""
    own = select(Order.number).where(
        col(Order.number).in_(orders), Order.email == email, Order.market == visit.market.id
    )
    numbers = list(db.exec(own).all()) if orders else []
    known = agreed_before(db, numbers, versions, visit.tongue.tag)
    if known is None:
        return Agreement(visit.tongue.say(CONSENT), before=False)
    number, at = known
    day = visit.tongue.date(day_in(visit.market, at))
    return Agreement(visit.tongue.say(AGREED, day=day, order=number), before=True)
