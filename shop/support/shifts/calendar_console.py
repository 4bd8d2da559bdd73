"""The console's door to holiday calendars: what counts in the coming year, and days set by hand."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.support.shifts.at_roster import AT, CHANGE, SEE, URL, RosterDesk
from shop.support.shifts.calendar_days import CalendarLine, DaySet, calendar_lines, clear_calendar_day, set_calendar_day
from shop.support.shifts.calendars import hours_off
from shop.support.shifts.fields import read_choice, read_day, read_hours, read_note
from shop.support.shifts.week import clock_words

ONE = "/console/calendars/{calendar:str}"
AHEAD = timedelta(days=400)
KINDS = {"off": N_("Day off"), "hours": N_("Off for some hours"), "worked": N_("Worked, although a holiday")}


@get(ONE, dependencies=AT, opt=SEE, sync_to_thread=True)
def calendar_page(
    calendar: FromPath[str], desk: NamedDependency[RosterDesk], done: FromQuery[str] = ""
) -> Response[str]:
    """The calendar's days of the coming year, and who has it."""
    return _page(desk, calendar, done=done)


@post(ONE, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def calendar_day_taken(
    calendar: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]
) -> Response[Any]:
    """Set a day, for everybody who has this calendar."""
    tongue = desk.tongue
    day = read_day(form, "day", tongue, today=desk.now.date() - timedelta(days=1))
    kind, name = read_choice(form, "kind", KINDS, tongue), read_note(form, tongue, "name")
    hours = read_hours(form, tongue) if kind == "hours" else None
    if form.errors or day is None:
        return _page(desk, calendar, form=form)
    with desk.database.writing() as db:
        given = DaySet(desk.calendar(db, calendar), day, off=kind != "worked", hours=hours, name=name)
        set_calendar_day(db, given, now=desk.now)
    return see_other(f"/console/calendars/{calendar}?done=roster")


@post(f"{ONE}/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def calendar_day_removed(
    calendar: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]
) -> Response[Any]:
    """Let the calendar's own word hold again."""
    day = read_day(form, "day", desk.tongue, today=desk.now.date(), past=True)
    if day is None:
        return _page(desk, calendar, form=form)
    with desk.database.writing() as db:
        clear_calendar_day(db, desk.calendar(db, calendar), day, now=desk.now)
    return see_other(f"/console/calendars/{calendar}?done=roster")


def _page(desk: RosterDesk, calendar: str, *, form: Form | None = None, done: str = "") -> Response[str]:
    today = desk.now.date()
    with desk.database.reading() as db:
        name = desk.calendar(db, calendar)
        lines = calendar_lines(db, name, today - timedelta(days=1), today + AHEAD, language=desk.tongue.language)
        people = [each.id for each in desk.agents(db) if each.holidays == name]
    return desk.page(
        "roster_calendar",
        title=desk.tongue.say(N_("Holidays: %(calendar)s"), calendar=name),
        status=422 if form else 200,
        done=done,
        rows=[_line(each, desk) for each in lines],
        people=people,
        kinds=[(kind, desk.tongue.say(label)) for kind, label in KINDS.items()],
        form=form or Form({"kind": "off"}),
        url=f"/console/calendars/{name}",
        back=URL,
    )


def _line(line: CalendarLine, desk: RosterDesk) -> dict[str, Any]:
    tongue, edit = desk.tongue, line.edit
    hours = hours_off(edit) if edit is not None else None
    if edit is None:
        chip, said = None, ""
    elif not edit.off:
        chip, said = ("info", "info", tongue.say(KINDS["worked"])), ""
    else:
        said = clock_words(hours, tongue) if hours else ""
        chip = ("info", "info", tongue.say(KINDS["hours" if hours else "off"]))
    return {
        "value": line.day.isoformat(),
        "day": _dated(line.day, desk),
        "name": line.name,
        "chip": chip,
        "hours": said,
    }


def _dated(day: date, desk: RosterDesk) -> str:
    return f"{desk.tongue.day(day)} {day.year}"


HANDLERS = [calendar_page, calendar_day_taken, calendar_day_removed]
