"""Absences: when somebody is not there although a shift says so, by the wall clock of their own zone."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.support.shifts import roster
from shop.support.shifts.models import Absence, Agent
from shop.support.shifts.schedules import absence_span

WALL = "%Y-%m-%dT%H:%M"


def enter_absence(
    db: Session, agent: Agent, starts: datetime, ends: datetime, *, note: str, person: str, now: datetime
) -> Absence:
    """Keep that the agent is not there between two wall-clock times, once however often it is sent."""
    roster.hold(db)  # a form sent twice at one moment finds the first one's row
    absence = absence_row(agent, starts, ends, note=note, person=person, now=now)
    same = Absence.agent == agent.id, Absence.starts == absence.starts, Absence.ends == absence.ends
    known = db.exec(select(Absence).where(*same)).first()
    if known is not None:
        return known
    db.add(absence)
    roster.rebuild_agent(db, agent.id, now=now)
    return absence


def absence_row(
    agent: Agent, starts: datetime, ends: datetime, *, note: str, person: str = "", now: datetime
) -> Absence:
    """An absence as a row, with its instants as the zone's clock says today."""
    walls = starts.strftime(WALL), ends.strftime(WALL)
    span = absence_span(*walls, agent.zone)
    return Absence(
        agent=agent.id,
        starts=walls[0],
        ends=walls[1],
        starts_at=span.start,
        ends_at=span.end,
        note=note,
        person=person,
        made_at=now,
    )


def withdraw_absence(db: Session, agent: str, number: int, *, now: datetime) -> None:
    """The agent is there after all; raises GoneAlready."""
    gone = delete(Absence).where(col(Absence.id) == number, col(Absence.agent) == agent)
    if db.connection().execute(gone).rowcount != 1:
        raise roster.GoneAlready
    roster.rebuild_agent(db, agent, now=now)


def absences_of(db: Session, agent: str, *, since: datetime) -> list[Absence]:
    """The agent's absences that are not over at `since`, in their order."""
    query = select(Absence).where(Absence.agent == agent, col(Absence.ends_at) > since)
    return list(db.exec(query.order_by(col(Absence.starts_at), col(Absence.id))).all())
