"""What must hold at every instant: nobody who waits for us is forgotten.

Each open request has an owner who is there, or a promise that has not passed, or it is marked overdue, or as one that
nobody can be promised for, and somebody was told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, not_, or_
from sqlmodel import Session, col, select

from shop.support.requests.models import OPEN, Request
from shop.support.shifts.models import Agent, DutyInterval

SOON = timedelta(minutes=1)  # what has come due within it is about to be looked at


def forgotten(db: Session, *, now: datetime, soon: timedelta = SOON) -> Sequence[str]:
    """The open requests of which the invariant does not hold at `now`; those just come due are left to the job."""
    owner = (col(Agent.id) == col(Request.agent), col(Agent.available).is_(True))
    hours = (col(DutyInterval.starts_at) <= now, col(DutyInterval.ends_at) > now)
    there = exists().where(*owner, col(DutyInterval.agent) == col(Agent.id), *hours)
    told = or_(col(Request.overdue_told_at).is_not(None), col(Request.exporter_told).is_(True))
    held = or_(there, col(Request.promised_at) > now, told)
    # NULL is no answer: a request without a promise is not held by one.
    broken = select(Request.ref).where(col(Request.state).in_(OPEN), or_(not_(held), held.is_(None)))
    late = or_(col(Request.look_at).is_(None), col(Request.look_at) <= now - soon)
    due = broken.where(late) if soon else broken
    return db.exec(due.order_by(col(Request.ref))).all()
