"""Days of a holiday calendar as a person sets them; whoever has the calendar is rebuilt, and nobody else."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.ground.duty import Hours
from shop.support.shifts import roster
from shop.support.shifts.calendars import named_days
from shop.support.shifts.models import CalendarDay


@dataclass(frozen=True, slots=True)
class DaySet:
    """A day as it is to be: worked, off, or off for some hours."""

    calendar: str
    day: date
    off: bool
    hours: Hours | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A day of a calendar as it counts: its names, and how a person set it, if somebody did."""

    day: date
    name: str
    own: bool
    edit: CalendarDay | None


def set_calendar_day(db: Session, given: DaySet, *, now: datetime) -> None:
    """Set the day, over whatever the calendar or somebody before said of it."""
    keep_calendar_day(db, given)
    roster.rebuild_calendar(db, given.calendar, now=now)


def keep_calendar_day(db: Session, given: DaySet) -> None:
    """Write the day; nobody's hours follow yet."""
    db.flush()
    hours = given.hours if given.off else None
    values = {"name": given.name, "off": given.off, "start": hours and hours.start, "end": hours and hours.end}
    row = insert(CalendarDay).values(calendar=given.calendar, day=given.day, **values)
    db.connection().execute(row.on_conflict_do_update(index_elements=["calendar", "day"], set_=values))


def clear_calendar_day(db: Session, calendar: str, day: date, *, now: datetime) -> None:
    """Let the calendar's own word hold again; raises GoneAlready where it does."""
    gone = delete(CalendarDay).where(col(CalendarDay.calendar) == calendar, col(CalendarDay.day) == day)
    if db.connection().execute(gone).rowcount != 1:
        raise roster.GoneAlready
    roster.rebuild_calendar(db, calendar, now=now)


def calendar_lines(db: Session, calendar: str, first: date, last: date, *, language: str) -> list[CalendarLine]:
    """The days of the calendar between two dates, as they count and as they were named."""
    own = named_days(calendar, first, last, language)
    query = select(CalendarDay).where(CalendarDay.calendar == calendar, col(CalendarDay.day).between(first, last))
    edits = {each.day: each for each in db.exec(query).all()}
    return [
        CalendarLine(day, (edits[day].name if day in edits else "") or own.get(day, ""), day in own, edits.get(day))
        for day in sorted(own.keys() | edits.keys())
    ]
