"""The files about people: who signs in, who answers when, which days are off, and who is told and called on a bad day."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from shop.staff.may import as_written
from shop.staff.models import Person, StaffRole
from shop.support.crisis.models import CrisisContact, OnCallRotation
from shop.support.shifts.models import Absence, Agent, AgentLanguage, AgentShift, CalendarDay, ShiftOverride
from shop.upkeep.crisis_sheets import CONTACT, ROTATION
from shop.upkeep.roster_sheets import AGENT, CALENDAR
from shop.upkeep.sheets import SHEETS
from shop.upkeep.writing.spelling import clock, last_day, listed, numbers
from shop.upkeep.writing.standing import Cells, Standing, cells, ordered

Sheet = Callable[[Standing], Iterable[Cells]]


def _people(here: Standing) -> Iterator[Cells]:
    further: dict[str, dict[str, str]] = {}
    for role in here.rows(StaffRole):
        further.setdefault(role.person, {})[role.market] = role.role
    for row in ordered(here.rows(Person), "id"):
        yield cells(row, SHEETS["people"][0], roles=as_written(further.get(row.id, {})))


def _calendars(here: Standing) -> Iterator[Cells]:
    for row in ordered(here.rows(CalendarDay), "calendar", "day"):
        yield cells(row, CALENDAR, start=clock(row.start), end=clock(row.end))


def _contacts(here: Standing) -> Iterator[Cells]:
    for row in ordered(here.rows(CrisisContact), "position", "id"):
        yield cells(row, CONTACT)


def on_call(here: Standing) -> Cells:
    """The tables of on_call.toml."""
    columns = {name: read for name, read in ROTATION.items() if name != "id"}
    rows = ordered(here.rows(OnCallRotation), "id")
    return {
        row.id: cells(row, columns, handoff=clock(row.handoff), people=listed(row.people), backup=listed(row.backup))
        for row in rows
    }


def agents(here: Standing) -> Cells:
    """The tables of agents.toml, with weekly hours, other days and absences."""
    languages, shifts, days, absences = _languages(here), _shifts(here), _days(here), _absences(here)
    columns = {name: read for name, read in AGENT.items() if name != "id"}
    return {
        row.id: cells(
            row, columns,
            places=json.loads(row.places), skills=listed(row.skills), markets=listed(row.markets),
            languages=languages.get(row.id, {}), shifts=shifts.get(row.id), overrides=days.get(row.id),
            absences=absences.get(row.id),
        )
        for row in ordered(here.rows(Agent), "id")
    }  # fmt: skip


def _languages(here: Standing) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for row in ordered(here.rows(AgentLanguage), "agent", "language"):
        found.setdefault(row.agent, {})[row.language] = row.level
    return found


def _shifts(here: Standing) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    rows = here.rows(AgentShift)
    for row in ordered(rows, "agent", "days", "start", "end", "valid_from", "valid_until"):
        hours = {"days": numbers(row.days), "start": clock(row.start), "end": clock(row.end)}
        found.setdefault(row.agent, []).append(hours | {"from": row.valid_from, "until": row.valid_until})
    return found


def _days(here: Standing) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in ordered(here.rows(ShiftOverride), "agent", "day", "start", "end"):
        hours = {"day": row.day, "start": clock(row.start), "end": clock(row.end), "note": row.note}
        found.setdefault(row.agent, []).append(hours)
    return found


def _absences(here: Standing) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in ordered(here.rows(Absence), "agent", "starts", "ends"):
        begins = datetime.fromisoformat(row.starts)
        until, end = last_day(datetime.fromisoformat(row.ends))
        start = "" if begins.hour == begins.minute == 0 else f"{begins:%H:%M}"
        told = {"from": begins.date(), "start": start, "until": until, "end": end, "note": row.note}
        found.setdefault(row.agent, []).append(told)
    return found


PEOPLE: dict[str, Sheet] = {"people": _people, "calendars": _calendars, "contacts": _contacts}
