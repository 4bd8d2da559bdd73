"""Who of the house reads a mail, and how: somebody who works here, or the exporter's mailbox.

Mails wait in an outbox: whoever has left the house meanwhile is never written to any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.markets.models import Exporter
from shop.staff.models import Person


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a mail: the address, the language (a BCP 47 tag) and the time zone by whose clock times are told."""

    email: str
    language: str
    zone: str


def reader_of(db: Session, person: str, exporter: Exporter) -> Reader:
    """The person; the exporter's mailbox for nobody in particular (an empty id), and in place of who is gone.

    The mailbox is read in the language, and by the clock, of whoever signs in with its address.
    """
    found = db.get(Person, person) if person else None
    if found is not None and found.email and not found.deactivated:
        return Reader(found.email, found.language, found.zone)
    owner = db.exec(select(Person).where(Person.email == exporter.email)).first()
    if owner is None:
        return Reader(exporter.email, "en", exporter.zone)
    return Reader(exporter.email, owner.language, owner.zone)


def readers(db: Session, wanted: Iterable[str], exporter: Exporter) -> list[str]:
    """The ids of those of them who work here, and the exporter's mailbox, the empty one, as the last.

    Whoever signs in with the mailbox's address reads the mail there, and once.
    """
    here = select(Person).where(col(Person.id).in_(set(wanted)), col(Person.deactivated).is_(False))
    people = db.exec(here.order_by(col(Person.id))).all()
    return [*(each.id for each in people if each.email and each.email != exporter.email), ""]
