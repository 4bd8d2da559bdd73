"""The roster: from agreed hours, holiday calendars and zones to the instants at which each agent is really on duty.

Always rebuilt together with the answer hours that customers are shown, so that the two can never tell different
stories, and as little as the change asks for: one agent, one calendar, or everybody. Only rows that differ are written.
Presence is no part of duty: routing and the answer hours ask for both.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.metadata import version

from sqlmodel import Session, select

from shop.base.db import Database
from shop.base.revisions import raise_revision
from shop.ground.duty import Interval
from shop.ground.errors import Refusal
from shop.support.answering.assignment import DESK
from shop.support.answering.handover import duty_changed
from shop.support.shifts import duty_rows
from shop.support.shifts.hours import follow, hold_hours, rewrite_hours, topics_of
from shop.support.shifts.models import Agent, RosterBuild
from shop.support.shifts.schedules import agents_who_left, agreed, redo_absences
from shop.support.shifts.speakers import Topic

BEHIND, AHEAD = timedelta(days=1), timedelta(days=37)  # routing looks 35 days ahead from any instant of the coming day
AT_EDGE = timedelta(days=2)  # hours that the end of what is known cuts are no change when it moves on


class GoneAlready(Refusal):
    """What was to be taken away is not there any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """One agent's hours before and after a rebuild."""

    before: Collection[Interval]
    after: Collection[Interval]

    @property
    def differing(self) -> set[Interval]:
        """The hours that came or went."""
        return set(self.before) ^ set(self.after)

    @property
    def hours(self) -> tuple[Interval, ...]:
        """All hours of both."""
        return (*self.before, *self.after)


def rebuild_all(database: Database, *, now: datetime) -> None:
    """Rebuild every agent's duty and all answer hours, in one transaction."""
    with database.writing() as db:
        rebuild(db, now=now)


def rebuild_if_clocks_changed(database: Database, *, now: datetime) -> bool:
    """Rebuild everything when it was made with other zone data than is used today; says whether it was."""
    with database.reading() as db:
        build = db.get(RosterBuild, 1)
    if build is not None and build.zone_data == zone_data():
        return False
    rebuild_all(database, now=now)
    return True


def rebuild_if_somebody_left(database: Database, *, now: datetime) -> bool:
    """Take the hours from agents who were deactivated, give them back to who was activated again; says whether any."""
    with database.reading() as db:
        if not _came_or_left(db):
            return False
    with database.writing() as db:
        hold_hours(db)
        agents = _came_or_left(db)
        db.get_one(RosterBuild, 1).left = _left(db)
        rebuild_agents(db, agents, now=now, before=topics_of(db, agents))
    return True


def rebuild(db: Session, *, now: datetime) -> None:
    """Rebuild everything within the caller's transaction (an import, the night, new zone data)."""
    hold_hours(db)
    redo_absences(db, None, now=now)
    known, build = window(now), db.get(RosterBuild, 1)
    duty = {agent: each.duty(known) for agent, each in agreed(db, None, known).items()}
    until = min(known.end, build.known_until) - AT_EDGE if build else known.end
    changed = duty_rows.write(db, duty, duty_rows.standing(db), seen=Interval(now, until))
    rewrite_hours(db, now=now, duty=duty)
    db.merge(RosterBuild(zone_data=zone_data(), known_until=known.end, at=now, came_until=now, left=_left(db)))
    _told(db, changed, now=now)


def rebuild_agent(db: Session, agent: str, *, now: datetime, before: Collection[Topic] | None = None) -> None:
    """Rebuild one agent's duty (and of those who work hours of theirs) and the answer hours it touches.

    `before` is what they answered before their languages, markets or training changed; then all their hours are looked at.
    """
    rebuild_agents(db, {agent}, now=now, before=before)


def rebuild_calendar(db: Session, calendar: str, *, now: datetime) -> None:
    """Rebuild the duty of everybody who has this holiday calendar, and the answer hours it touches."""
    rebuild_agents(db, set(db.exec(select(Agent.id).where(Agent.holidays == calendar)).all()), now=now)


def look_anew(db: Session, person: str, *, now: datetime) -> None:
    """Have the answer hours follow what else decides whether somebody may answer: their training, their name."""
    agents = set(db.exec(select(Agent.id).where(Agent.person == person)).all())
    rebuild_agents(db, agents, now=now, before=topics_of(db, agents))


def rebuild_agents(
    db: Session, agents: Collection[str], *, now: datetime, before: Collection[Topic] | None = None
) -> None:
    """Rebuild the duty of these agents, and the answer hours that it touches."""
    if not agents:
        return
    hold_hours(db)
    changes = write_duty(db, agents, now=now)
    spans = [_hull(each.differing) for each in changes.values() if each.differing]
    if before is not None:
        spans += [_hull(each.hours) for each in changes.values() if each.hours]
    if spans:
        touched = changes if before is not None else [agent for agent, each in changes.items() if each.differing]
        follow(db, topics_of(db, touched) | set(before or ()), _hull(spans), now=now)
    _told(db, changes, now=now)


def write_duty(db: Session, agents: Collection[str] | None, *, now: datetime) -> dict[str, Change]:
    """Work out and write the duty of these agents, or of all, and of those who work hours of theirs.

    The answer hours stay behind.
    """
    redo_absences(db, agents, now=now)
    known = window(now)
    duty = {agent: each.duty(known) for agent, each in agreed(db, agents, known).items()}
    standing = duty_rows.standing(db, duty if agents is not None else None)
    duty_rows.write(db, duty, standing, seen=known)
    return {agent: Change(duty_rows.intervals(standing.get(agent, [])), each) for agent, each in duty.items()}


def hold(db: Session) -> None:
    """Wait until nobody else changes the roster: for decisions that rest on how it stands."""
    hold_hours(db)


def window(now: datetime) -> Interval:
    """What is known at `now`: whole days in UTC, so that rebuilding twice a day changes nothing."""
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    return Interval(midnight - BEHIND, midnight + AHEAD)


def zone_data() -> str:
    """Which zone data decides what clocks show."""
    return version("tzdata")


def _came_or_left(db: Session) -> set[str]:
    """Those whose hours were made while they still worked here and now do not, or the other way round."""
    build = db.get(RosterBuild, 1)
    return set(build.left.split()) ^ agents_who_left(db) if build else set()


def _left(db: Session) -> str:
    return " ".join(sorted(agents_who_left(db)))


def _hull(intervals: Iterable[Interval]) -> Interval:
    intervals = list(intervals)
    return Interval(min(each.start for each in intervals), max(each.end for each in intervals))


def _told(db: Session, agents: Collection[str], *, now: datetime) -> None:
    """Have whatever rests on these agents' hours decided anew."""
    if agents:
        duty_changed(db, agents, now=now)
        raise_revision(db, DESK)
