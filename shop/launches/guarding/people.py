"""Who is told what the house did by itself: the exporter's people and the market's specialist, each in their language."""

from sqlmodel import Session, col, or_, select

from shop.markets.models import Exporter, Market
from shop.staff.may import EXPORTER, works_for
from shop.staff.models import Person


def to_be_told(db: Session, market: Market) -> list[str]:
    """The ids of the people; the empty one is the exporter's mailbox, where nobody of the exporter works for the market."""
    chosen = or_(Person.role == EXPORTER, Person.id == market.specialist)
    people = db.exec(select(Person).where(chosen).order_by(col(Person.id))).all()
    told = [each for each in people if each.email and (each.id == market.specialist or works_for(each, market.id))]
    mailbox = [] if any(each.role == EXPORTER for each in told) else [""]
    return [*mailbox, *(each.id for each in told)]


def reader(db: Session, id: str, exporter: Exporter) -> tuple[str, str, str]:
    """Address, language and time zone; whoever has left the house is told through the exporter's mailbox."""
    person = db.get(Person, id) if id else db.exec(select(Person).where(Person.email == exporter.email)).first()
    if person is None:
        return exporter.email, "en", exporter.zone
    return person.email, person.language, person.zone
