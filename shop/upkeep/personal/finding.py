"""Finding all that is a customer's, by their e-mail address: the numbers of their orders, requests and cases lead to the rest.

A statement names all numbers of one kind at once: SQLite takes 32,766 of them, PostgreSQL 65,535.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import idna
from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from shop.aftersales.models import Case
from shop.base.mail import as_sent
from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import Hold, Order
from shop.ground.figures import as_typed, figures
from shop.support.requests.models import Request
from shop.support.requests.rating import mark_of
from shop.upkeep.personal.inventory import Place
from shop.upkeep.personal.naming import is_wide

SHORTEST_NAME, SHORTEST_PHONE = 5, 6  # what is shorter stands in too many sentences of others
ADDRESSES = (Order.email, Request.email, Case.email, WaitingListEntry.email)


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer: their address as it may be written, and what of the shop is theirs.

    `waits` are the hashes of their places on waiting lists, `ratings` the marks of what they said of our answers,
    `counted_by` the keyed hashes by which their orders are counted. `names` are what a free text may call them: address,
    name of several words, telephone number; `lone` are names of one word, which may be any word.
    """

    addresses: tuple[str, ...]
    orders: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    counted_by: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lone: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the shop knows nothing of them."""
        return not (self.orders or self.requests or self.cases or self.waits)

    @property
    def things(self) -> tuple[str, ...]:
        """The numbers of all their orders, requests and cases."""
        return (*self.orders, *self.requests, *self.cases)

    @property
    def numbers(self) -> Mapping[str, tuple[str, ...]]:
        """By what kind of number rows are found -> the numbers."""
        kinds = {"order": self.orders, "request": self.requests, "case": self.cases}
        links = tuple(f"{kind}:{number}" for kind, numbers in kinds.items() for number in numbers)
        hashes = {"wait": self.waits, "rating": self.ratings, "customer": self.counted_by}
        return {**kinds, **hashes, "link": (*links, *(f"receipt:{each}" for each in self.cases))}


def same_address(email: str) -> tuple[str, ...]:
    """How an address may stand in the database, in small letters: as it was typed, and as mail servers read it.

    Never casefolded: straße.example and strasse.example are two hosts, and two people.
    """
    typed = email.strip().lower()
    sent = as_sent(typed)
    name, _, host = sent.rpartition("@")
    try:
        read = f"{name}@{idna.decode(host)}"
    except (idna.IDNAError, UnicodeError):
        read = sent
    return tuple(dict.fromkeys((sent, typed, read)))


def find(db: Session, email: str, *, before: datetime | None = None) -> Subject:
    """The customer of this address; with `before`, only what had come by then."""
    same = _spellings(db, same_address(email))
    orders = _rows(db, Order, _is(Order.email, same), came=Order.placed_at, before=before)
    requests = _rows(db, Request, _is(Request.email, same), came=Request.created_at, before=before)
    theirs = or_(_is(Case.email, same), col(Case.order_number).in_([each.number for each in orders]))
    cases = _rows(db, Case, theirs, came=Case.filed_at, before=before)
    mine = _is(WaitingListEntry.email, same)
    waits = _rows(db, WaitingListEntry, mine, came=WaitingListEntry.asked_at, before=before)
    names, lone = _names(each.name for each in (*orders, *requests, *cases))
    phones = [way for each in orders for way in _phone(each.phone.strip())]
    numbers = tuple(sorted(each.number for each in orders))
    return Subject(
        addresses=same,
        orders=numbers,
        requests=tuple(sorted(each.ref for each in requests)),
        cases=tuple(sorted(each.number for each in cases)),
        waits=tuple(sorted(each.hash for each in waits)),
        ratings=tuple(sorted(map(mark_of, requests))),
        counted_by=_counted_by(db, numbers),
        names=tuple(dict.fromkeys((*same, *names, *phones))),
        lone=lone,
    )


def is_customers(db: Session, email: str) -> bool:
    """Whether something here is kept of this address."""
    same = same_address(email)
    return any(db.exec(select(column).where(_is(column, same)).limit(1)).first() is not None for column in ADDRESSES)


def similar(db: Session, subject: Subject) -> tuple[str, ...]:
    """Other addresses of which something is kept and that many providers read as the same: a tag after a plus, or dots."""
    asked = _bare(subject.addresses[0])
    first, host = asked[:1], asked.rpartition("@")[2]
    found: set[str] = set()
    for column in ADDRESSES:
        small = func.lower(column)
        begins = small.startswith(first, autoescape=True), small.endswith(f"@{host}", autoescape=True)
        found |= {each for each in db.exec(select(small).where(*begins).distinct()).all() if _bare(each) == asked}
    return tuple(sorted(found - set(subject.addresses)))


def _bare(address: str) -> str:
    name, _, host = same_address(address)[0].rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{host}"


def rows_of(db: Session, place: Place, subject: Subject) -> Iterator[Mapping[str, Any]]:
    """The customer's rows of a table that is found by number, whole."""
    found = db.connection().execute(place.table.select().where(is_theirs(place, subject)))
    return (row._asdict() for row in found)


def is_theirs(place: Place, subject: Subject) -> ColumnElement[bool]:
    """The condition for the customer's rows of a table that is found by number."""
    return place.table.c[place.key].in_(subject.numbers[place.kind])


def _rows(db: Session, model: Any, mine: ColumnElement[bool], *, came: Any, before: datetime | None) -> list[Any]:
    query = select(model).where(mine)
    return list(db.exec(query if before is None else query.where(came <= before)).all())


def _is(column: Any, same: tuple[str, ...]) -> ColumnElement[bool]:
    return func.lower(column).in_(same)


def _spellings(db: Session, same: tuple[str, ...]) -> tuple[str, ...]:
    """And as the database has them: SQLite knows small letters of the plain alphabet alone, and leaves an Ü as it is."""
    name, _, host = same[0].rpartition("@")
    if "xn--" not in host:
        return same
    found = list(same)
    for column in ADDRESSES:
        small = func.lower(column)
        query = select(small).where(small.startswith(f"{name}@", autoescape=True)).distinct()
        found += [each for each in db.exec(query).all() if same_address(each)[0] == same[0]]
    return tuple(dict.fromkeys(found))


def _names(written: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of several words, and those of one. Wide signs are written without a blank, too."""
    every = dict.fromkeys(" ".join(each.split()) for each in written if each.strip())
    whole = [each for each in every if " " in each and _width(each) >= SHORTEST_NAME]
    joined = ["".join(each.split()) for each in whole if any(map(is_wide, each))]
    return tuple(dict.fromkeys((*whole, *joined))), tuple(each for each in every if each not in whole)


def _phone(number: str) -> tuple[str, ...]:
    """A telephone number as a text may have it: it is kept in plain figures, and was perhaps typed in others."""
    return (number, *as_typed(figures(number))) if len(number) >= SHORTEST_PHONE else ()


def _counted_by(db: Session, orders: tuple[str, ...]) -> tuple[str, ...]:
    found = db.exec(select(Hold.mailbox, Hold.customer).where(col(Hold.order_number).in_(orders))).all()
    return tuple(sorted({each for row in found for each in row if each}))


def _width(name: str) -> int:
    """How long a name is: a Chinese, Japanese or Korean sign says as much as two letters."""
    return sum(2 if is_wide(each) else 1 for each in name)
