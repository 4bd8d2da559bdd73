"""What must hold of erased customers: what was emptied stays empty, and no count by customer still counts them."""

from collections.abc import Iterator
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


INVARIANTS = (
    Invariant(
        "erased.empty",
        "I9",
        N_("What was emptied when a customer was erased is empty still."),
        N_("Run: softlaunch person erase --again"),
        _empty,
    ),
    Invariant(
        "erased.swept",
        "I9",
        N_("The database was rewritten after each erasure."),
        N_("See that the periodic work runs; it needs a moment in which nobody reads or writes for long."),
        _unswept,
    ),
)
