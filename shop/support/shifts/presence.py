"""Being there or away: the button on the desk, which routing and the answer hours ask for beside the hours of duty.

Away holds until the agent comes back. It takes them out of the hours that have begun; hours to come stay, for nobody
is away for good, and are taken out when they begin and the agent has still not come back.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.revisions import raise_revision
from shop.ground.duty import Interval
from shop.support.answering.assignment import DESK
from shop.support.answering.handover import duty_changed
from shop.support.shifts.hours import follow, hold_hours, topics_of
from shop.support.shifts.models import Agent, DutyInterval, RosterBuild


def shift_of(db: Session, agent: Agent, *, now: datetime) -> DutyInterval | None:
    """The agent's hours that run at `now`, or else the next that are known."""
    query = select(DutyInterval).where(DutyInterval.agent == agent.id, col(DutyInterval.ends_at) > now)
    return db.exec(query.order_by(col(DutyInterval.starts_at)).limit(1)).first()


def note_presence(db: Session, agent: Agent, *, there: bool, now: datetime) -> None:
    """Note that the agent is there, and free from now on, or away, and let the answer hours say so at once.

    What they have stays theirs.
    """
    hold_hours(db)  # before the agent's row, in the order in which an import comes by both
    noted = update(Agent).where(col(Agent.id) == agent.id).values(available=there, idle_since=now)
    db.connection().execute(noted)
    begun = select(DutyInterval).where(DutyInterval.agent == agent.id, col(DutyInterval.starts_at) <= now)
    _follow(db, db.exec(begun).all(), now=now)
    duty_changed(db, [agent.id], now=now)
    raise_revision(db, DESK)


def take_out_who_did_not_come(database: Database, *, now: datetime) -> None:
    """Let the answer hours follow where somebody's hours have begun while they are away."""
    with database.reading() as db:
        if not _not_come(db, now=now):
            return
    with database.writing() as db:
        hold_hours(db)
        _follow(db, _not_come(db, now=now), now=now)
        db.connection().execute(update(RosterBuild).values(came_until=now))


def _not_come(db: Session, *, now: datetime) -> list[DutyInterval]:
    """Hours that have begun since it was last seen to, of people who are away."""
    build = db.get(RosterBuild, 1)
    query = select(DutyInterval).join(Agent, col(Agent.id) == col(DutyInterval.agent))
    query = query.where(col(Agent.available).is_(False), col(DutyInterval.starts_at) <= now)
    if build is not None and build.came_until is not None:
        query = query.where(col(DutyInterval.starts_at) > build.came_until)
    return list(db.exec(query).all())


def _follow(db: Session, hours: Iterable[DutyInterval], *, now: datetime) -> None:
    hours = list(hours)
    if hours:
        span = Interval(min(each.starts_at for each in hours), max(each.ends_at for each in hours))
        follow(db, topics_of(db, {each.agent for each in hours}), span, now=now)
