"""Somebody else is on call for a while: keeping it, and ending it before its time. What is dropped is kept as dropped."""

from datetime import datetime

from sqlmodel import Session

from shop.support.crisis.models import OnCallOverride


def keep_override(db: Session, rotation: str, person: str, *, start: datetime, end: datetime) -> None:
    """Have the person stand in; of two who stand in at once the later to begin counts."""
    db.add(OnCallOverride(rotation=rotation, person=person, starts_at=start, ends_at=end))


def end_override(override: OnCallOverride, *, now: datetime) -> None:
    """End it now, or drop it where it has not begun; one that is over stays as it was."""
    if override.starts_at >= now:
        override.dropped_at = override.dropped_at or now
    elif override.ends_at > now:
        override.ends_at = now
