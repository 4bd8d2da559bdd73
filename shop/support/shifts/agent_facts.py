"""What is known of an agent beside their hours: zone, calendar, markets, languages and levels, skills, capacity.

A form that was drawn before somebody else's change is refused: the fields are saved together.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.support.shifts import roster
from shop.support.shifts.hours import topics_of
from shop.support.shifts.models import Agent, AgentLanguage


class AgentChanged(roster.GoneAlready):
    """Somebody else changed the agent since the form was drawn."""


@dataclass(frozen=True, slots=True)
class Facts:
    """An agent as they are saved; words are parted by single spaces, `languages` are pairs of tag and level."""

    zone: str
    holidays: str
    markets: str
    skills: str
    capacity: int
    place: str
    languages: tuple[tuple[str, str], ...]

    @property
    def seen(self) -> str:
        """A short name for just these facts, by which a form knows whether they are still those it was drawn with."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


def facts_of(db: Session, agent: Agent) -> Facts:
    """The agent as they stand."""
    query = select(AgentLanguage.language, AgentLanguage.level).where(AgentLanguage.agent == agent.id)
    languages = tuple(sorted(db.exec(query).all()))
    return Facts(agent.zone, agent.holidays, agent.markets, agent.skills, agent.capacity, agent.place, languages)


def change_facts(db: Session, agent: Agent, facts: Facts, *, seen: str, now: datetime) -> None:
    """Save the facts, if the agent still is as the form showed them; raises AgentChanged."""
    roster.hold(db)
    db.refresh(agent)  # it was read before the others were done
    if facts_of(db, agent).seen != seen:
        raise AgentChanged
    before = topics_of(db, {agent.id})
    keep_facts(db, agent, facts)
    roster.rebuild_agent(db, agent.id, now=now, before=before)


def keep_facts(db: Session, agent: Agent, facts: Facts) -> None:
    """Write the facts; nobody's hours follow yet."""
    for name in ("zone", "holidays", "markets", "skills", "capacity", "place"):
        setattr(agent, name, getattr(facts, name))
    db.add(agent)
    if facts.languages != facts_of(db, agent).languages:
        db.connection().execute(delete(AgentLanguage).where(col(AgentLanguage.agent) == agent.id))
        db.expire_all()
        db.add_all([AgentLanguage(agent=agent.id, language=tag, level=level) for tag, level in facts.languages])
    db.flush()
