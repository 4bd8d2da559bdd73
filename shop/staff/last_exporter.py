"""There is always one exporter left who may do everything in every market and can sign in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, select

from shop.ground.errors import Refusal
from shop.staff.may import EXPORTER
from shop.staff.models import Person


class LastExporter(Refusal):
    """Nobody would be left who may do everything and can sign in."""


@contextmanager
def somebody_stays(db: Session) -> Iterator[None]:
    """Raises LastExporter when nobody is left after what happens within; where nobody was before, nobody need be after.

    Whoever changes another exporter meanwhile waits, so that two never take the last two away.
    """
    there = _somebody(db)
    yield
    db.flush()
    if there and not _somebody(db):
        raise LastExporter


def _somebody(db: Session) -> bool:
    able = Person.role == EXPORTER, Person.markets == "", col(Person.deactivated).is_(False), Person.password_hash != ""
    return bool(db.exec(select(Person.id).where(*able).order_by(col(Person.id)).with_for_update()).all())
