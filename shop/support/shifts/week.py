"""One agent's weeks as they are shown to them and to whoever plans: hours by their own clock, and what changes them.

Days before yesterday are over and no longer known. A night that crosses a change of the clock says how long it is.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.ground.duty import Hours, Interval
from shop.ground.instants import DAY_MINUTES, first_instant, local, minute_of
from shop.staff.models import Person
from shop.support.shifts.absences import absences_of
from shop.support.shifts.calendar_days import CalendarLine, calendar_lines
from shop.support.shifts.calendars import hours_off
from shop.support.shifts.models import Absence, Agent, DutyInterval, ShiftOverride, ShiftSwap
from shop.support.shifts.speakers import first_name
from shop.support.shifts.swaps import swaps_of
from shop.support.shifts.working_hours import days_set

WEEK = timedelta(days=7)
WEEKS = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of one agent's days."""

    agent: Agent
    duty: tuple[Interval, ...]
    holidays: dict[date, CalendarLine]
    absences: tuple[Absence, ...]
    others: dict[date, list[ShiftOverride]]
    swaps: tuple[ShiftSwap, ...]
    names: dict[str, str]

    @property
    def zone(self) -> str:
        """The zone of the agent's wall clock."""
        return self.agent.zone


def calendar_of(db: Session, agent: Agent, tongue: Tongue, *, now: datetime) -> Calendar:
    """Everything that decides the agent's days from yesterday to the end of what is shown."""
    today = local(now, agent.zone).date()
    first, last = today - timedelta(days=1), monday_of(today) + WEEKS * WEEK
    query = select(DutyInterval).where(DutyInterval.agent == agent.id).order_by(col(DutyInterval.starts_at))
    swaps = swaps_of(db, agent.id, since=first)
    return Calendar(
        agent,
        tuple(Interval(each.starts_at, each.ends_at) for each in db.exec(query).all()),
        {each.day: each for each in calendar_lines(db, agent.holidays, first, last, language=tongue.language)},
        tuple(absences_of(db, agent.id, since=now - timedelta(days=2))),
        days_set(db, agent.id, since=first),
        tuple(swaps),
        names_in(db, swaps),
    )


def names_in(db: Session, swaps: Iterable[ShiftSwap]) -> dict[str, str]:
    """The first names of those who swap."""
    return names_of(db, {name for each in swaps for name in (each.giver, each.taker)})


def names_of(db: Session, agents: Collection[str]) -> dict[str, str]:
    """The first names of these agents."""
    query = select(Agent.id, Person).join(Person, col(Person.id) == col(Agent.person)).where(col(Agent.id).in_(agents))
    return {id: first_name(person) for id, person in db.exec(query).all()}


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def shown_week(wanted: str, *, today: date) -> date:
    """The Monday of the week that an address asks for, of those that are shown; else of this one."""
    mondays = [monday_of(today) + number * WEEK for number in range(WEEKS)]
    return next((each for each in mondays if each.isoformat() == wanted), mondays[0])


def week_tabs(url: str, shown: date, tongue: Tongue, *, today: date) -> list[dict[str, Any]]:
    """The weeks that can be looked at, by the day each begins; the first two by name."""
    tabs = []
    for number in range(WEEKS):
        monday = monday_of(today) + number * WEEK
        named = (N_("This week"), N_("Next week"))
        label = tongue.say(named[number]) if number < len(named) else tongue.day(monday)
        tabs.append({"label": label, "url": f"{url}?week={monday}", "current": monday == shown, "count": None})
    return tabs


def week_days(known: Calendar, monday: date, tongue: Tongue, *, now: datetime) -> list[dict[str, Any]]:
    """The days of the week that are not over, each with its hours, their drawing, and what changes them."""
    today = local(now, known.zone).date()
    days = [monday + timedelta(days=number) for number in range(7)]
    return [_day(known, day, tongue, today=today, now=now) for day in days if day >= today - timedelta(days=1)]


def hours_words(start: datetime, end: datetime, zone: str, tongue: Tongue) -> str:
    """`09:00 to 17:30`; an end on another day names it, and a change of the clock in between says the length."""
    here, there = local(start, zone), local(end, zone)
    values = {"start": tongue.time(start, zone), "end": tongue.time(end, zone), "day": tongue.day(there.date())}
    if there.date() == here.date():
        said = tongue.say(N_("%(start)s to %(end)s"), **values)
    elif there.time() == time() and there.date() - here.date() == timedelta(days=1):
        said = tongue.say(N_("%(start)s to midnight"), **values)
    else:
        said = tongue.say(N_("%(start)s to %(end)s on %(day)s"), **values)
    if here.utcoffset() == there.utcoffset():
        return said
    length = (end - start).total_seconds() / 3600
    return tongue.say(
        N_("%(hours)s (the clock changes; length in hours: %(length)s)"),
        hours=said,
        length=tongue.number(round(length, 2)),
    )


def absence_rows(db: Session, agent: Agent, tongue: Tongue, *, now: datetime) -> list[dict[str, Any]]:
    """From when to when the agent is absent from now on, by their own clock."""
    return [
        {"number": each.id, "text": _absence_words(each, agent.zone, tongue), "note": each.note}
        for each in absences_of(db, agent.id, since=now)
    ]


def _absence_words(absence: Absence, zone: str, tongue: Tongue) -> str:
    start, end = (tongue.moment(each, zone) for each in (absence.starts_at, absence.ends_at))
    return tongue.say(N_("%(start)s until %(end)s"), start=start, end=end)


def clock_words(hours: Hours, tongue: Tongue) -> str:
    """Hours of a day as they were agreed: `22:00 to 06:00`, by the 24 hours of the clock."""
    return tongue.say(N_("%(start)s to %(end)s"), start=face(hours.start), end=face(hours.end))


def face(minute: int) -> str:
    """Minutes as the fields of forms take them: `09:00`, `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(known: Calendar, day: date, tongue: Tongue, *, today: date, now: datetime) -> dict[str, Any]:
    begins = [each for each in known.duty if local(each.start, known.zone).date() == day]
    hours = [hours_words(each.start, each.end, known.zone, tongue) for each in begins]
    spans = list(_minutes(known, day))
    label = f"{tongue.day(day)}: {tongue.list(hours) if hours else tongue.say(N_('Off duty'))}"
    wall = local(now, known.zone)
    return {
        "day": tongue.day(day),
        "today": day == today,
        "hours": hours,
        "line": {"native": spans, "fluent": [], "label": label} if spans else None,
        "now": minute_of(wall) if day == today else None,
        "notes": list(_notes(known, day, tongue)),
    }


def _minutes(known: Calendar, day: date) -> Iterator[tuple[int, int]]:
    """The hours on that calendar day in minutes of its clock."""
    zone = known.zone
    start = first_instant(datetime.combine(day, time()), zone)
    end = first_instant(datetime.combine(day + timedelta(days=1), time()), zone)
    for each in known.duty:
        if each.start < end and start < each.end:
            here, there = local(max(each.start, start), zone), local(each.end, zone)
            minutes = minute_of(here), minute_of(there) if each.end < end else DAY_MINUTES
            if minutes[0] < minutes[1]:
                yield minutes


def _notes(known: Calendar, day: date, tongue: Tongue) -> Iterator[dict[str, str]]:
    """What changes the day, each with its glyph and a sentence; `more` is a person's own words."""
    say, line = tongue.say, known.holidays.get(day)
    if line is not None:
        yield {"glyph": "calm", "text": _holiday(line, tongue), "more": line.name}
    for each in known.others.get(day, [])[:1]:
        off = each.start is None
        yield {"glyph": "info", "text": say(N_("Day off") if off else N_("Other hours on this day")), "more": each.note}
    for absence in known.absences:
        starts, ends = (datetime.fromisoformat(wall) for wall in (absence.starts, absence.ends))
        if starts < datetime.combine(day, time()) + timedelta(days=1) and datetime.combine(day, time()) < ends:
            yield {"glyph": "wait", "text": say(N_("Absent")), "more": absence.note}
    for swap in known.swaps:
        if swap.day == day and swap.state == "agreed":
            mine = swap.giver == known.agent.id
            said = (
                N_("The hours of this day are worked by: %(name)s") if mine else N_("Hours taken over from: %(name)s")
            )
            other = swap.taker if mine else swap.giver
            yield {"glyph": "info", "text": say(said, name=known.names.get(other, other)), "more": swap.note}


def _holiday(line: CalendarLine, tongue: Tongue) -> str:
    edit = line.edit
    if edit is None:
        return tongue.say(N_("Holiday"))
    if not edit.off:
        return tongue.say(N_("Holiday, but worked"))
    hours = hours_off(edit)
    if hours is None:
        return tongue.say(N_("Day off in the calendar"))
    return tongue.say(N_("Off in the calendar: %(hours)s"), hours=clock_words(hours, tongue))
