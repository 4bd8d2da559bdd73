"""The roster: from weekly shifts, holiday calendars and zones to the instants at which each agent is really on duty.

Rebuilt as a whole, always together with the answer hours that customers are shown, so that the two
can never tell different stories. Presence is no part of duty: routing and the answer hours ask for both.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from holidays import HolidayBase, country_holidays
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, select

from shop.base.db import Database
from shop.ground.duty import Holiday, Interval, Schedule, Shift, duty
from shop.support.hours import rewrite_hours
from shop.support.roster_models import Agent, AgentShift, DutyInterval

BEHIND, AHEAD = timedelta(days=1), timedelta(days=37)  # routing looks 35 days ahead from any instant of the coming day


class UnknownCalendar(ValueError):
    """The name is not that of a country's holiday calendar, or not of one of its subdivisions."""


def rebuild_all(database: Database, *, now: datetime) -> None:
    """Rebuild every agent's duty and all answer hours, in one transaction."""
    with database.writing() as db:
        rebuild(db, now=now)


def rebuild(db: Session, *, now: datetime) -> None:
    """Rebuild everything within the caller's transaction (an import, a change of shifts)."""
    shifts: defaultdict[str, list[AgentShift]] = defaultdict(list)
    for shift in db.exec(select(AgentShift)).all():
        shifts[shift.agent].append(shift)
    known = window(now)
    rows = [
        {"agent": agent.id, "starts_at": each.start, "ends_at": each.end}
        for agent in db.exec(select(Agent)).all()
        for each in duty_of(agent, shifts[agent.id], known)
    ]
    db.connection().execute(delete(DutyInterval))
    if rows:
        db.connection().execute(insert(DutyInterval), rows)
    rewrite_hours(db, now=now)


def window(now: datetime) -> Interval:
    """What is known at `now`: whole days in UTC, so that rebuilding twice a day changes nothing."""
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    return Interval(midnight - BEHIND, midnight + AHEAD)


def duty_of(agent: Agent, shifts: Iterable[AgentShift], known: Interval) -> tuple[Interval, ...]:
    """When the agent is on duty within `known`, by these shifts. Raises UnknownCalendar."""
    days = [known.start.date() - timedelta(days=2), known.end.date() + timedelta(days=2)]
    schedule = Schedule(agent.zone, tuple(_shift(each) for each in shifts), holidays=_holidays(agent.holidays, *days))
    return duty(schedule, known.start, known.end)


def _shift(row: AgentShift) -> Shift:
    days = frozenset(int(day) for day in row.days.split())
    return Shift(days, row.start, row.end, row.valid_from or date.min, row.valid_until or date.max)


def check_calendar(calendar: str) -> None:
    """Raises UnknownCalendar."""
    _named_calendar(calendar)


def _holidays(calendar: str, first: date, last: date) -> tuple[Holiday, ...]:
    found = _named_calendar(calendar, range(first.year, last.year + 1)) if calendar else ()
    return tuple(Holiday(day) for day in sorted(found) if first <= day <= last)


def _named_calendar(calendar: str, years: Iterable[int] = ()) -> HolidayBase:
    country, _, subdivision = calendar.partition("-")
    try:
        return country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        raise UnknownCalendar(f"{calendar!r} is not a known holiday calendar") from error
