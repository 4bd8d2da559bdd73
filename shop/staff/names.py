"""What people who sign in are called, by their ids: for whatever says who did something."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from shop.staff.models import Person


def names_of(db: Session, people: Iterable[str] | None = None) -> dict[str, str]:
    """The names of these people (None: of everybody) by their ids, in one query; who is gone has no entry."""
    query = select(Person.id, Person.name)
    return dict(db.exec(query if people is None else query.where(col(Person.id).in_(set(people)))).all())
