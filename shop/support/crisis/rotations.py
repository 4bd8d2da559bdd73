"""The rotations as they are stored: which one a market has, and within which time a crisis of it is answered."""

from datetime import timedelta

from sqlmodel import Session, col, select

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
    """The rotation as the rules of turns read it."""
    query = select(OnCallOverride).where(OnCallOverride.rotation == row.id).order_by(col(OnCallOverride.id))
    return Rotation(
        zone=row.zone,
        starts_on=row.starts_on,
        handoff=row.handoff,
        period_days=row.period_days,
        users=tuple(row.people.split()),
        overrides=tuple(Override(each.starts_at, each.ends_at, each.person) for each in db.exec(query).all()),
    )
