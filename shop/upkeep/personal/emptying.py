"""Emptying rows: what says who a customer is goes, what was counted and paid stays under its number."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true, update
from sqlmodel import Session, col

from shop.upkeep.models import ErasedName
from shop.upkeep.personal.finding import Subject, is_theirs
from shop.upkeep.personal.inventory import Place, found_by_number
from shop.upkeep.personal.naming import hints, named

NUMBERED = ("order", "request", "case")  # kinds of numbers whose rows stay, and must stay empty
HINTS_AT_ONCE = 50  # in one condition
MOST_TOLD = 100

Key = tuple[Any, ...]


def number_of(db: Session, place: Place, subject: Subject) -> int:
    """How many rows of a table are the customer's."""
    counted = select(func.count()).select_from(place.table).where(is_theirs(place, subject))
    return int(db.connection().execute(counted).scalar_one())


def empty(db: Session, place: Place, subject: Subject) -> None:
    """Empty the customer's rows of a table, or remove them where the row is nothing else."""
    values, theirs = place.emptied(), is_theirs(place, subject)
    if place.removed:
        db.connection().execute(delete(place.table).where(theirs))
    elif values:
        db.connection().execute(update(place.table).where(theirs).values(values))


def redact(db: Session, place: Place, subject: Subject) -> None:
    """Take their names out of what others wrote; the rest of the words is not theirs.

    Whoever is changing words that name them is waited for; who would write their name anew, `shut_out` keeps from it.
    """
    for key, values in _blotted(db, place, subject, held=True).items():
        db.connection().execute(update(place.table).where(*_is(place, key)).values(values))


def empty_numbered(db: Session, place: Place, subject: Subject) -> None:
    """Empty what was kept for programs about a thing of theirs: a name blotted out would leave their street, or no JSON."""
    theirs = named(subject.addresses, subject.things)
    for key, said in _hinted(db, place, [*hints(subject.addresses), *subject.things]).items():
        if any(theirs.search(each) for each in said.values()):
            db.connection().execute(update(place.table).where(*_is(place, key)).values(place.emptied()))


def number_naming(db: Session, place: Place, subject: Subject) -> int:
    """How many rows of what others wrote name them."""
    return len(_blotted(db, place, subject))


def naming_rows(db: Session, place: Place, subject: Subject) -> tuple[str, ...]:
    """The keys of rows whose words name them, a hundred at most."""
    return tuple(" ".join(map(str, key)) for key in islice(_blotted(db, place, subject), MOST_TOLD))


def _blotted(db: Session, place: Place, subject: Subject, *, held: bool = False) -> Mapping[Key, Mapping[str, str]]:
    """The rows whose words name the customer, with these words without the names; `held`, nobody changes them meanwhile.

    A name of one word may be any word, and so is looked for only in rows that are tied to them.
    """
    found = _without(_hinted(db, place, hints(subject.names), held=held), subject.names)
    if place.tie and subject.lone:
        names = (*subject.names, *subject.lone)
        found |= _without(_hinted(db, place, hints(names), only=_tied(place, subject), held=held), names)
    return found


def _without(rows: Mapping[Key, Mapping[str, str]], names: Iterable[str]) -> dict[Key, Mapping[str, str]]:
    theirs = named(names)
    every = {
        key: {name: theirs.sub("…", words) for name, words in said.items() if theirs.search(words)}
        for key, said in rows.items()
    }
    return {key: blotted for key, blotted in every.items() if blotted}


def _hinted(
    db: Session, place: Place, some: list[str], *, only: ColumnElement[bool] | None = None, held: bool = False
) -> dict[Key, Mapping[str, str]]:
    """The rows in whose words one of these stands, perhaps as a part of another word: by their keys, the words."""
    keys, words = tuple(place.table.primary_key.columns), place.of("words")
    columns: list[Any] = [*keys, *(place.table.c[each] for each in words)]
    query = select(*columns).where(true() if only is None else only, _found_by_words(place))
    query = query.order_by(*keys).with_for_update() if held else query  # in one order: no two wait for each other
    found: dict[Key, Mapping[str, str]] = {}
    for start in range(0, len(some), HINTS_AT_ONCE):
        part = some[start : start + HINTS_AT_ONCE]
        about = or_(*(place.table.c[each].icontains(one, autoescape=True) for each in words for one in part))
        for row in db.connection().execute(query.where(about)).all():
            found[tuple(row[: len(keys)])] = {name: row._mapping[name] for name in words if row._mapping[name]}
    return found


def _tied(place: Place, subject: Subject) -> ColumnElement[bool]:
    """The condition for rows that are about the customer, as a column of theirs says."""
    kind, _, column = place.tie.partition(":")
    return place.table.c[column].in_(subject.numbers[kind])


def _found_by_words(place: Place) -> ColumnElement[bool]:
    """Where rows are found by a number, too, the condition for those that have none."""
    return place.table.c[place.key].is_(None) if place.kind else true()


def _is(place: Place, key: Key) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(place.table.primary_key.columns, key, strict=True)]


def empty_again(db: Session) -> int:
    """Empty whatever has come back into rows of the erased; how many of these had to be emptied."""
    return sum(_empty_filled(db, place) for place in stays_empty())


def stays_empty() -> Iterator[Place]:
    """The tables whose rows of a number hold a customer's own data, none of which may come back."""
    return (each for each in found_by_number() if each.kind in NUMBERED and each.of("personal"))


def filled(place: Place) -> ColumnElement[bool]:
    """The condition for rows that are not as an erasure leaves them. What staff write later in words of theirs may be there."""
    return true() if place.removed else or_(*(_is_filled(place, name) for name in place.of("personal")))


def _is_filled(place: Place, name: str) -> ColumnElement[bool]:
    return and_(*(place.table.c[name].is_distinct_from(empty) for empty in place.empty(name)))


def _empty_filled(db: Session, place: Place) -> int:
    erased = select(col(ErasedName.name)).where(col(ErasedName.kind) == place.kind)
    mine = place.table.c[place.key].in_(erased) & filled(place)
    again = delete(place.table) if place.removed else update(place.table).values(place.emptied())
    return db.connection().execute(again.where(mine)).rowcount
