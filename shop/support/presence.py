"""Being there or away: the button on the desk, which routing and the answer hours ask for beside the hours of duty.

Away holds until the agent comes back. It takes them out of the hours that have begun; hours to come stay, for nobody
is away for good, and are taken out when they begin and the agent has still not come back.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.pagecache import raise_revision
from shop.support.assignment import DESK
from shop.support.hours import hold_hours, hours_are_true, rewrite_hours
from shop.support.roster_models import Agent, DutyInterval


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
    rewrite_hours(db, now=now)
    raise_revision(db, DESK)


def take_out_who_did_not_come(database: Database, *, now: datetime) -> None:
    """Let the answer hours follow where somebody's hours have begun while they are away."""
    with database.reading() as db:
        away = db.exec(select(Agent.id).where(col(Agent.available).is_(False)).limit(1)).first()
        if away is None or hours_are_true(db, now=now):
            return
    with database.writing() as db:
        rewrite_hours(db, now=now)
