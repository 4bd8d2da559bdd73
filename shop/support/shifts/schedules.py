"""Everybody's hours as they were agreed, read from the rows: shifts, other hours on a date, holidays, absences, swaps.

An agreed swap moves the hours that the giver starts on that date, their own holidays taken out, to the taker: the
giver starts none, and the taker works just those instants, whatever the zone and the holidays of the taker. Hours
that somebody took over are not theirs to give again. Who is absent works none of them, taken over or not. Nor does
who was deactivated; what they once gave away stays with whoever took it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, update
from sqlalchemy import select as columns
from sqlmodel import Session, col

from shop.ground.duty import Holiday, Hours, Interval, Schedule, Shift, duty, merged, minus
from shop.ground.instants import MINUTE, instant_of
from shop.staff.models import Person
from shop.support.shifts.calendars import days_off
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftOverride, ShiftSwap

AROUND = timedelta(days=2)  # hours reach into the next day, and zones lie a day apart
MOST_AT_ONCE = 10_000  # more names than this in one statement, and all are read instead


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with one person, and the hours they took over from others."""

    schedule: Schedule
    taken: tuple[Interval, ...] = ()

    def duty(self, known: Interval) -> tuple[Interval, ...]:
        """When this person is on duty within `known`."""
        agreed = self.schedule
        if agreed.overrides or agreed.absences:
            own = duty(agreed, known.start, known.end)
        else:
            own = _usual(agreed.zone, agreed.shifts, agreed.holidays, known)
        if not self.taken:
            return own
        inside = (
            Interval(max(each.start, known.start), min(each.end, known.end))
            for each in minus(self.taken, self.schedule.absences)
        )
        return merged([*own, *inside])


@lru_cache(maxsize=1 << 14)
def _usual(
    zone: str, shifts: tuple[Shift, ...], holidays: tuple[Holiday, ...], known: Interval
) -> tuple[Interval, ...]:
    """The hours of whoever has only weekly shifts; many have the same."""
    return duty(Schedule(zone, shifts, holidays=holidays), known.start, known.end)


def agreed(db: Session, agents: Collection[str] | None, known: Interval) -> dict[str, Agreed]:
    """What was agreed, as far as it touches `known`: with these agents and those who work hours of theirs, or with all.

    Raises UnknownCalendar.
    """
    db.flush()
    swaps = _swaps(db, known)
    asked = None if agents is None else {*agents, *(taker for (giver, _day), taker in swaps.items() if giver in agents)}
    givers = {giver for (giver, _day), taker in swaps.items() if asked and taker in asked}
    left = agents_who_left(db)
    plain = _plain(db, None if asked is None else asked | givers, known)
    given: defaultdict[str, set[date]] = defaultdict(set)
    taken: defaultdict[str, list[Interval]] = defaultdict(list)
    for (giver, day), taker in swaps.items():
        if giver in plain:
            given[giver].add(day)
            taken[taker] += hours_to_give(plain[giver], day)
    return {
        agent: Agreed(Schedule(schedule.zone, ()))
        if agent in left
        else Agreed(_without(schedule, given.get(agent, ())), tuple(taken.get(agent, ())))
        for agent, schedule in plain.items()
        if asked is None or agent in asked
    }


def agents_who_left(db: Session) -> frozenset[str]:
    """The agents whose person was deactivated."""
    query = columns(col(Agent.id)).join(Person, col(Person.id) == col(Agent.person))
    return frozenset(db.connection().execute(query.where(col(Person.deactivated).is_(True))).scalars())


def hours_to_give(schedule: Schedule, day: date) -> tuple[Interval, ...]:
    """The hours that start on that date, as they fall, without the holidays of whose they are."""
    usual = tuple(each.hours for each in schedule.shifts if each.starts_on(day))
    of_day = replace(schedule, shifts=(), absences=(), overrides={day: schedule.overrides.get(day, usual)})
    around = datetime.combine(day, datetime.min.time(), UTC)
    return duty(of_day, around - AROUND, around + 2 * AROUND)


def redo_absences(db: Session, agents: Collection[str] | None, *, now: datetime) -> None:
    """Work out anew, from wall clock and zone, when absences that are not over begin and end."""
    db.flush()
    for _agent, id, starts, ends, starts_at, ends_at, zone in _rows(db, _WALLS, agents, since=now - AROUND):
        span = absence_span(starts, ends, zone)
        if span != Interval(starts_at, ends_at):
            values = {"starts_at": span.start, "ends_at": span.end}
            db.connection().execute(update(Absence).where(col(Absence.id) == id).values(**values))


def absence_span(starts: str, ends: str, zone: str) -> Interval:
    """An absence as it falls; one that a clock's change swallows whole is a minute long."""
    start, end = (instant_of(datetime.fromisoformat(wall), zone) for wall in (starts, ends))
    return Interval(start, max(end, start + MINUTE))


def _plain(db: Session, agents: Collection[str] | None, known: Interval) -> dict[str, Schedule]:
    """Everybody's schedule as if nothing had been swapped."""
    days = {"first": (known.start - AROUND).date(), "last": (known.end + AROUND).date()}
    people = _rows(db, _PEOPLE, agents)
    calendars = _calendars(db, {calendar for _id, _zone, calendar in people}, days)
    shifts, overrides = _shifts(db, agents), _overrides(db, agents, days)
    absences: defaultdict[str, list[Interval]] = defaultdict(list)
    for agent, start, end in _rows(db, _ABSENCES, agents, since=known.start, until=known.end):
        absences[agent].append(Interval(start, end))
    return {
        id: Schedule(
            zone,
            tuple(shifts.get(id, ())),
            overrides.get(id, {}),
            calendars[calendar],
            absences=tuple(absences.get(id, ())),
        )
        for id, zone, calendar in people
    }


def _shifts(db: Session, agents: Collection[str] | None) -> Mapping[str, list[Shift]]:
    found: defaultdict[str, list[Shift]] = defaultdict(list)
    for agent, *cells in _rows(db, _SHIFTS, agents):
        found[agent].append(shift_of_row(*cells))
    return found


@lru_cache(maxsize=1 << 14)
def shift_of_row(days: str, start: int, end: int, valid_from: date | None, valid_until: date | None) -> Shift:
    """Weekly hours as they stand in a row; thousands of agents share the same."""
    weekdays = frozenset(int(day) for day in days.split())
    return Shift(weekdays, start, end, valid_from or date.min, valid_until or date.max)


def _overrides(
    db: Session, agents: Collection[str] | None, days: Mapping[str, date]
) -> Mapping[str, Mapping[date, tuple[Hours, ...]]]:
    found: defaultdict[str, dict[date, tuple[Hours, ...]]] = defaultdict(dict)
    for agent, day, start, end in _rows(db, _OVERRIDES, agents, **days):
        hours = () if start is None or end is None else (Hours(start, end),)
        found[agent][day] = (*found[agent].get(day, ()), *hours)
    return found


def _calendars(db: Session, names: Collection[str], days: Mapping[str, date]) -> Mapping[str, tuple[Holiday, ...]]:
    edits: defaultdict[str, list[Any]] = defaultdict(list)
    for edit in db.connection().execute(_EDITS, days).all():
        edits[edit.calendar].append(edit)
    return {name: days_off(name, days["first"], days["last"], edits.get(name, ())) for name in names}


def _swaps(db: Session, known: Interval) -> dict[tuple[str, date], str]:
    """Who works the hours of whom on which day; the first agreed counts where two took the same."""
    days = {"first": (known.start - AROUND).date(), "last": (known.end + AROUND).date()}
    found: dict[tuple[str, date], str] = {}
    for giver, day, taker in db.connection().execute(_SWAPS, days).all():
        found.setdefault((giver, day), taker)
    return found


def _without(schedule: Schedule, days: Collection[date]) -> Schedule:
    return replace(schedule, overrides={**schedule.overrides, **dict.fromkeys(days, ())}) if days else schedule


def _rows(db: Session, query: Select[*tuple[Any, ...]], agents: Collection[str] | None, **values: Any) -> Sequence[Any]:
    """The query's rows of these agents, or of all; the query's first column says whose."""
    if agents is None or len(agents) > MOST_AT_ONCE:
        return db.connection().execute(query, values).all()
    return db.connection().execute(_OF_SOME[query], {**values, "agents": list(agents)}).all()


_BETWEEN: tuple[Any, Any] = bindparam("first"), bindparam("last")
_PEOPLE = columns(col(Agent.id), col(Agent.zone), col(Agent.holidays))
_SHIFTS = columns(
    *(col(AgentShift.agent), col(AgentShift.days), col(AgentShift.start), col(AgentShift.end)),
    *(col(AgentShift.valid_from), col(AgentShift.valid_until)),
)
_OVERRIDES = (
    columns(col(ShiftOverride.agent), col(ShiftOverride.day), col(ShiftOverride.start), col(ShiftOverride.end))
    .where(col(ShiftOverride.day).between(*_BETWEEN))
    .order_by(col(ShiftOverride.day), col(ShiftOverride.start))
)
_ABSENCES = columns(col(Absence.agent), col(Absence.starts_at), col(Absence.ends_at)).where(
    col(Absence.ends_at) > bindparam("since"), col(Absence.starts_at) < bindparam("until")
)
_WALLS = (
    columns(
        col(Absence.agent),
        col(Absence.id),
        col(Absence.starts),
        col(Absence.ends),
        col(Absence.starts_at),
        col(Absence.ends_at),
        col(Agent.zone),
    )
    .join(Agent, col(Agent.id) == col(Absence.agent))
    .where(col(Absence.ends_at) > bindparam("since"))
)
_EDITS = columns(
    col(CalendarDay.calendar), col(CalendarDay.day), col(CalendarDay.off), col(CalendarDay.start), col(CalendarDay.end)
).where(col(CalendarDay.day).between(*_BETWEEN))
_SWAPS = (
    columns(col(ShiftSwap.giver), col(ShiftSwap.day), col(ShiftSwap.taker))
    .where(col(ShiftSwap.state) == "agreed", col(ShiftSwap.day).between(*_BETWEEN))
    .order_by(col(ShiftSwap.id))
)
_OF_SOME = {  # made once: building a statement costs more than the database does with it
    each: each.where(each.selected_columns[0].in_(bindparam("agents", expanding=True)))
    for each in (_PEOPLE, _SHIFTS, _OVERRIDES, _ABSENCES, _WALLS)
}
