"""The rotations as they are stored: which one a market has, who of it is still here, and how soon a crisis is answered.

Who is deactivated is never paged: their turn is a gap, and nobody else's turn moves for it.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from shop.staff.models import Person
from shop.support.crisis.models import OnCallOverride, OnCallRotation
from shop.support.crisis.oncall import Override, Rotation
from shop.support.severity import CRISIS_MINUTES


def rotation_of(db: Session, market: str) -> OnCallRotation | None:
    """The market's own rotation, or the one for all."""
    query = select(OnCallRotation).where(col(OnCallRotation.market).in_((market, "")))
    return db.exec(query.order_by(col(OnCallRotation.market).desc(), col(OnCallRotation.id))).first()


def answered_within(db: Session, market: str) -> timedelta:
    """How long, by the clock, a customer of the market waits for a person's answer in a crisis at the most."""
    rotation = rotation_of(db, market)
    return timedelta(minutes=rotation.promise_minutes if rotation else CRISIS_MINUTES)


def with_overrides(db: Session, row: OnCallRotation) -> Rotation:
    """The rotation as the rules of turns read it; whose sign-in is deactivated is nobody there."""
    gone = deactivated(db)
    return Rotation(
        zone=row.zone,
        starts_on=row.starts_on,
        handoff=row.handoff,
        period_days=row.period_days,
        users=tuple("" if each in gone else each for each in row.people.split()),
        overrides=tuple(
            Override(each.starts_at, each.ends_at, each.person)
            for each in overrides_of(db, row.id)
            if each.person not in gone
        ),
    )


def overrides_of(db: Session, rotation: str) -> Sequence[OnCallOverride]:
    """Who stands in, as it was kept; without what was dropped before it began."""
    query = select(OnCallOverride).where(OnCallOverride.rotation == rotation, col(OnCallOverride.dropped_at).is_(None))
    return db.exec(query.order_by(col(OnCallOverride.id))).all()


def deactivated(db: Session) -> frozenset[str]:
    """The ids of everybody who works here no more."""
    return frozenset(db.exec(select(Person.id).where(col(Person.deactivated).is_(True))).all())


def still_here(db: Session, people: str) -> list[str]:
    """Those of a rotation's `people` or `backup` who work here, by their ids in its order."""
    gone = deactivated(db)
    return [each for each in people.split() if each not in gone]
