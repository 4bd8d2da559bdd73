"""Being there or away: the button on the desk, which routing asks for beside the hours of duty."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from shop.base.pagecache import raise_revision
from shop.support.assignment import DESK
from shop.support.models import Agent


def note_presence(db: Session, agent: Agent, *, there: bool, now: datetime) -> None:
    """Note that the agent is there, and free from now on, or away. What they have stays theirs."""
    noted = update(Agent).where(col(Agent.id) == agent.id).values(available=there, idle_since=now)
    db.connection().execute(noted)
    raise_revision(db, DESK)
