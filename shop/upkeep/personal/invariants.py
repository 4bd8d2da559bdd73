"""What must hold of erased customers: what was emptied stays empty, and no count by customer still counts them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sqlalchemy import String, and_, literal
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.upkeep.models import ErasedName, Erasure
from shop.upkeep.personal.emptying import filled, stays_empty
from shop.upkeep.personal.inventory import Place

SWEPT_WITHIN_DAYS = 2  # a large database waits for the night


def _empty(db: Session, _now: datetime) -> Iterator[Broken]:
    """One statement for each table; a look at the list of the erased alone says that there is nothing to compare."""
    if db.exec(select(ErasedName.name).limit(1)).first() is None:
        return
    for place in stays_empty():
        yield from _come_back(db, place)


def _come_back(db: Session, place: Place) -> Iterator[Broken]:
    number = place.table.c[place.key]
    erased = and_(col(ErasedName.kind) == place.kind, col(ErasedName.name) == number)
    subject = literal(f"{place.table.name} ", String) + number
    query = (
        naming(subject.label("row")).select_from(place.table).join(ErasedName, erased).where(filled(place)).distinct()
    )
    yield from broken_rows(db, query.order_by(subject))


def _unswept(db: Session, now: datetime) -> Iterator[Broken]:
    waiting = select(Erasure).where(col(Erasure.swept_at).is_(None)).order_by(col(Erasure.id))
    for each in db.exec(waiting).all():
        if (now - each.at).days >= SWEPT_WITHIN_DAYS:
            yield Broken(f"erasure {each.id}", {"at": each.at.isoformat()})


LeftMails = Callable[[Session], Iterable[str]]


def nowhere(_db: Session) -> Iterable[str]:
    """Of a house that keeps no mails, or for whoever asks only which invariants there are."""
    return ()


def invariants(left_mails: LeftMails) -> tuple[Invariant, ...]:
    """All of them; `left_mails` finds the names of mails to the erased that are still kept."""

    def left(db: Session, _now: datetime) -> Iterator[Broken]:
        return (Broken(f"mail {name}") for name in left_mails(db))

    says = N_("No mail to a customer whose data was erased is still stored.")
    return *_IN_ROWS, Invariant("erased.mails", "I9", says, N_("Run: softlaunch person erase --again"), left)


_IN_ROWS = (
    Invariant(
        "erased.empty",
        "I9",
        N_("The fields that were emptied when a customer's data was erased are still empty."),
        N_("Run: softlaunch person erase --again"),
        _empty,
    ),
    Invariant(
        "erased.swept",
        "I9",
        N_("The database was rewritten after each erasure."),
        N_("See that the periodic work runs; rewriting needs a moment without long reads or writes."),
        _unswept,
    ),
)
