"""The learning log: what the first 10, 50 and 120 orders of a market taught, and what was changed for it.

Entries are added and never rewritten. The three marks follow what a soft launch can show one after the other: whether
everything works, how well customers are looked after, and whether it pays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.scorecard.models import Lesson


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of orders after which a founder writes down what was learnt, and what to look at then."""

    orders: int
    title: str
    look_at: str


MARKS = (
    Mark(
        10,
        N_("Does everything work?"),
        N_("Look at payments, customs, delivery, papers in the box, and one return from start to end."),
    ),
    Mark(
        50,
        N_("Are customers looked after?"),
        N_("Look at first answers, hours without anybody, what people asked, returns and their reasons."),
    ),
    Mark(
        120,
        N_("Does it pay?"),
        N_("Look at what an order leaves, what returns and goodwill cost, and what customers bought again."),
    ),
)


@dataclass(frozen=True, slots=True)
class MarkStanding:
    """A mark of the log: `reached` by the orders of this epoch, and the lessons written at it or after it."""

    mark: Mark
    reached: bool
    lessons: tuple[Lesson, ...]

    @property
    def owed(self) -> bool:
        """The orders are there, and nobody has written down what they taught."""
        return self.reached and not self.lessons


def learn(db: Session, market: str, *, orders: int, taught: str, changed: str, person: str, now: datetime) -> Lesson:
    """Add an entry under a person's id: what the first `orders` orders taught, and what was changed."""
    lesson = Lesson(market=market, orders=orders, taught=taught.strip(), changed=changed.strip(), person=person, at=now)
    db.add(lesson)
    db.flush()
    return lesson


def lessons(db: Session, market: str) -> list[Lesson]:
    """The market's entries, those of the fewest orders first, and of these the oldest."""
    query = select(Lesson).where(Lesson.market == market).order_by(col(Lesson.orders), col(Lesson.id))
    return list(db.exec(query).all())


def marks(written: Sequence[Lesson], *, orders: int) -> list[MarkStanding]:
    """The three marks as they stand; a lesson belongs to the highest mark that its orders had reached."""
    ends = [*(each.orders for each in MARKS[1:]), None]
    return [
        MarkStanding(
            mark,
            orders >= mark.orders,
            tuple(each for each in written if each.orders >= mark.orders and (end is None or each.orders < end)),
        )
        for mark, end in zip(MARKS, ends, strict=True)
    ]
