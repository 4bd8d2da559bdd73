"""A roster by hand: one agent after another in whatever zone, and what they are on duty as their own clock shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from shop.base.db import Database
from shop.ground.duty import Hours, Interval, Shift
from shop.ground.instants import local
from shop.support.shifts import roster
from shop.support.shifts.models import Agent, DutyInterval
from shop.support.shifts.working_hours import add_shift
from tests.support_world import agent, support_house

ALL_DAYS = frozenset(range(7))


@contextmanager
def roster_house(folder: Path, *, now: datetime) -> Iterator[Database]:
    """The house of the support tests; agents are added by `hired`."""
    with support_house(folder, now=now) as database:
        yield database


def hired(
    database: Database,
    id: str,
    zone: str,
    *shifts: tuple[int, int],
    now: datetime,
    languages: dict[str, str] | None = None,
    days: frozenset[int] = ALL_DAYS,
    **values: Any,
) -> None:
    """Somebody with these weekly hours on all days."""
    with database.writing() as db:
        given = {"markets": "de", **values}
        agent(db, id, f"{id.title()} Test", zone, languages or {"de": "native"}, shifts[0], days=_words(days), **given)
        db.flush()
        for start, end in shifts[1:]:
            add_shift(db, id, Shift(days, start, end), now=now)
        roster.rebuild_agent(db, id, now=now)


def on_duty(database: Database, agent: str) -> list[Interval]:
    """When the agent is on duty, in UTC."""
    with database.reading() as db:
        query = select(DutyInterval).where(DutyInterval.agent == agent).order_by(col(DutyInterval.starts_at))
        return [Interval(each.starts_at, each.ends_at) for each in db.exec(query).all()]


def walls(database: Database, agent: str, day: date) -> list[str]:
    """The agent's hours that begin on the day, as the clock of their zone shows them: `22:00-06:00 9h`."""
    with database.reading() as db:
        zone = db.get_one(Agent, agent).zone
    return [
        f"{local(each.start, zone):%H:%M}-{local(each.end, zone):%H:%M} {(each.end - each.start).total_seconds() / 3600:g}h"
        for each in on_duty(database, agent)
        if local(each.start, zone).date() == day
    ]


def hours(start: int, end: int) -> Hours:
    """From one full hour to another."""
    return Hours(start * 60, end * 60)


def _words(days: frozenset[int]) -> str:
    return " ".join(map(str, sorted(days)))
