"""Emptying rows: what says who a customer is goes, what was counted and paid stays under its number."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, true, update
from sqlmodel import Session, col

from shop.base.outbox import Effect
from shop.base.tokens import token_hash
from shop.checkout.refunds import EFFECT as REFUND
from shop.upkeep.models import ErasedName
from shop.upkeep.personal.finding import Subject, is_one_of, names_them, parts
from shop.upkeep.personal.inventory import Place, found_by_number

NUMBERED = ("order", "request", "case")  # kinds of numbers whose rows stay, and must stay empty
KEYS_AT_ONCE = 50  # in one condition on the outbox


def number_of(db: Session, place: Place, subject: Subject) -> int:
    """How many rows of a table are the customer's."""
    counted = select(func.count()).select_from(place.table)
    some = parts(subject.numbers[place.kind])
    return sum(db.connection().execute(counted.where(is_one_of(place, each))).scalar_one() for each in some)


def empty(db: Session, place: Place, subject: Subject) -> None:
    """Empty the customer's rows of a table, or remove them where the row is nothing else."""
    values = place.emptied()
    for some in parts(subject.numbers[place.kind]):
        if place.removed:
            db.connection().execute(delete(place.table).where(is_one_of(place, some)))
        elif values:
            db.connection().execute(update(place.table).where(is_one_of(place, some)).values(values))


def redact(db: Session, place: Place, subject: Subject) -> None:
    """Take their names out of what others wrote; the rest of the words is not theirs."""
    longest_first = sorted(subject.names, key=len, reverse=True)
    names = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    key, words = tuple(place.table.primary_key.columns), place.of("words")
    columns: list[Any] = [*key, *(place.table.c[each] for each in words)]
    for row in db.connection().execute(select(*columns).where(names_them(place, subject))).all():
        mine = [column == value for column, value in zip(key, row, strict=False)]
        values = {each: names.sub("…", said) for each in words if (said := getattr(row, each))}
        db.connection().execute(update(place.table).where(*mine).values(values))


def empty_numbered(db: Session, place: Place, subject: Subject) -> None:
    """Empty what was kept for programs about a thing of theirs: a name blotted out would leave their street, or no JSON."""
    theirs = (*subject.addresses, *(each for kind in NUMBERED for each in subject.numbers[kind]))
    for start in range(0, len(theirs), KEYS_AT_ONCE):
        some = theirs[start : start + KEYS_AT_ONCE]
        about = or_(*(place.table.c[each].contains(one, autoescape=True) for each in place.of("words") for one in some))
        db.connection().execute(update(place.table).where(about).values(place.emptied()))


def number_naming(db: Session, place: Place, subject: Subject) -> int:
    """How many rows of what others wrote name them."""
    counted = select(func.count()).select_from(place.table).where(names_them(place, subject))
    return int(db.connection().execute(counted).scalar_one())


def naming_rows(db: Session, place: Place, subject: Subject) -> tuple[str, ...]:
    """The keys of rows whose words name them, a hundred at most."""
    columns: list[Any] = list(place.table.primary_key.columns)
    rows = db.connection().execute(select(*columns).where(names_them(place, subject)).limit(100)).all()
    return tuple(" ".join(map(str, row)) for row in rows)


def let_go_of_effects(db: Session, subject: Subject, *, until: datetime, now: datetime) -> None:
    """Mails about them that wait are sent no more; those that their address had asked for by `until` go, for their keys are
    made from it.
    """
    theirs = [
        col(Effect.key).contains(f":{each}", autoescape=True) for kind in NUMBERED for each in subject.numbers[kind]
    ]
    waits = (col(Effect.done_at).is_(None), col(Effect.kind) != REFUND)
    for start in range(0, len(theirs), KEYS_AT_ONCE):
        over = update(Effect).where(or_(*theirs[start : start + KEYS_AT_ONCE]), *waits)
        db.connection().execute(over.values(done_at=now, dead_at=None, error=""))
    marks = (*(token_hash(each)[:16] for each in subject.addresses), *(each[:32] for each in subject.waits))
    made = [col(Effect.key).contains(each, autoescape=True) for each in marks]
    db.connection().execute(delete(Effect).where(or_(*made), col(Effect.created_at) <= until))


def empty_again(db: Session) -> int:
    """Empty whatever has come back into rows of the erased; how many of these had to be emptied."""
    return sum(_empty_filled(db, place) for place in stays_empty())


def stays_empty() -> Iterator[Place]:
    """The tables whose rows of a number hold a customer's own data, none of which may come back."""
    return (each for each in found_by_number() if each.kind in NUMBERED and each.of("personal"))


def filled(place: Place) -> ColumnElement[bool]:
    """The condition for rows that are not as an erasure leaves them. What staff write later in words of theirs may be there."""
    own = place.emptied("personal")
    return true() if place.removed else or_(*(place.table.c[name].is_distinct_from(own[name]) for name in own))


def _empty_filled(db: Session, place: Place) -> int:
    erased = select(col(ErasedName.name)).where(col(ErasedName.kind) == place.kind)
    mine = place.table.c[place.key].in_(erased) & filled(place)
    again = delete(place.table) if place.removed else update(place.table).values(place.emptied())
    return db.connection().execute(again.where(mine)).rowcount
