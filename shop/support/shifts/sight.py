"""One agent as the console shows them: their weeks, what makes them, and the forms to change it."""

from datetime import date
from typing import Any

from litestar import Response
from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.staff.models import Person
from shop.support.shifts.agent_facts import facts_of
from shop.support.shifts.at_roster import URL, RosterDesk
from shop.support.shifts.facts_form import facts_form
from shop.support.shifts.models import Agent, AgentShift, ShiftOverride
from shop.support.shifts.swaps import swaps_of
from shop.support.shifts.week import (
    absence_rows,
    calendar_of,
    clock_words,
    face,
    monday_of,
    names_in,
    shown_week,
    week_days,
    week_tabs,
)
from shop.support.shifts.working_hours import days_set, shift_of, shifts_of


def agent_page(desk: RosterDesk, id: str, *, week: str = "", done: str = "", **taken: Form) -> Response[str]:
    """The page of one agent; `taken` are forms that could not be taken, by the names of their sections."""
    with desk.database.reading() as db:
        agent = desk.agent(db, id)
        shown = _shown(db, desk, agent, week)
        drawn = {"facts": facts_form(facts_of(db, agent)), "shift": Form(), "day": Form(), "absence": Form()}
        person = db.get_one(Person, agent.person)
    return desk.page(
        "roster_agent",
        title=person.name,
        status=422 if taken else 200,
        done=done,
        person=person,
        agent=agent,
        clock=desk.tongue.moment(desk.now, agent.zone),
        url=f"{URL}/{agent.id}",
        forms=drawn | taken,
        **shown,
    )


def _shown(db: Session, desk: RosterDesk, agent: Agent, week: str) -> dict[str, Any]:
    tongue, today = desk.tongue, desk.today(agent)
    monday = shown_week(week, today=today)
    swaps = [each for each in swaps_of(db, agent.id, since=today) if each.state == "agreed"]
    names = names_in(db, swaps)
    return {
        "tabs": week_tabs(f"{URL}/{agent.id}", monday, tongue, today=today),
        "days": week_days(calendar_of(db, agent, tongue, now=desk.now), monday, tongue, now=desk.now),
        "weekdays": [(str(number), _weekday(number, tongue)) for number in range(7)],
        "shifts": [_shift(each, tongue) for each in shifts_of(db, agent.id)],
        "others": [_other(day, rows, tongue) for day, rows in days_set(db, agent.id, since=monday_of(today)).items()],
        "absences": absence_rows(db, agent, tongue, now=desk.now),
        "swaps": [
            {
                "number": each.id,
                "day": tongue.day(each.day),
                "text": tongue.say(
                    N_("Hours of: %(giver)s. Worked by: %(taker)s"), giver=names[each.giver], taker=names[each.taker]
                ),
            }
            for each in swaps
        ],
    }


def _weekday(number: int, tongue: Tongue) -> str:
    name: str = tongue.locale.days["stand-alone"]["wide"][number]
    return name


def _shift(row: AgentShift, tongue: Tongue) -> dict[str, Any]:
    days = [tongue.locale.days["stand-alone"]["abbreviated"][int(each)] for each in row.days.split()]
    held = {
        "first": row.valid_from and tongue.date(row.valid_from),
        "last": row.valid_until and tongue.date(row.valid_until),
    }
    if row.valid_from and row.valid_until:
        holds = tongue.say(N_("From %(first)s until %(last)s"), **held)
    elif row.valid_from:
        holds = tongue.say(N_("From %(first)s on"), **held)
    else:
        holds = tongue.say(N_("Until %(last)s"), **held) if row.valid_until else ""
    return {
        "number": row.id,
        "days": tongue.list(days),
        "hours": clock_words(shift_of(row).hours, tongue),
        "holds": holds,
    }


def _other(day: date, rows: list[ShiftOverride], tongue: Tongue) -> dict[str, Any]:
    worked = [(each.start, each.end) for each in rows if each.start is not None and each.end is not None]
    hours = [tongue.say(N_("%(start)s to %(end)s"), start=face(start), end=face(end)) for start, end in worked]
    return {
        "value": day.isoformat(),
        "day": tongue.day(day),
        "text": tongue.list(hours) if hours else tongue.say(N_("Day off")),
        "note": rows[0].note,
    }
