"""The roster as one CSV file, out and in. What goes out comes in again to the letter.

Each line says in its first cell what it holds: an agent, weekly hours (shift), other hours on a date (day; without
hours a day off), an absence, or a day of a holiday calendar (calendar). A file that comes in says all about the agents
it names; it is taken as a whole or, where one line is wrong, not at all. Nobody is made an agent or removed by it.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base.spreadsheets import guarded
from shop.support.shifts import roster
from shop.support.shifts.absences import WALL, absence_row
from shop.support.shifts.agent_facts import facts_of, keep_facts
from shop.support.shifts.calendar_days import keep_calendar_day
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftOverride
from shop.support.shifts.sheet_reading import COLUMNS, Person, Sheet
from shop.support.shifts.week import face
from shop.support.shifts.working_hours import day_rows, days_set, shift_row, shifts_of


def write_sheet(db: Session, agents: Iterable[Agent]) -> str:
    """The file of these agents, and of the days set in their calendars."""
    agents = sorted(agents, key=lambda each: each.id)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for agent in agents:
        for line in _lines(db, agent):
            writer.writerow({name: guarded(cell) for name, cell in line.items()})
    calendars = {agent.holidays for agent in agents if agent.holidays}
    days = select(CalendarDay).where(col(CalendarDay.calendar).in_(calendars))
    for each in db.exec(days.order_by(col(CalendarDay.calendar), col(CalendarDay.day))).all():
        hours = (
            {"start": face(each.start), "end": face(each.end)}
            if each.start is not None and each.end is not None
            else {}
        )
        line = {"what": "calendar", "calendar": each.calendar, "from": each.day.isoformat(), **hours}
        writer.writerow({**line, "off": "yes" if each.off else "no", "note": guarded(each.name)})
    return out.getvalue()


def keep_sheet(db: Session, sheet: Sheet, *, person: str, now: datetime) -> None:
    """Make the roster what the file says of those whom it names, and rebuild it."""
    roster.hold(db)
    for id, given in sheet.people.items():
        agent = db.get_one(Agent, id)
        keep_facts(db, agent, given.facts)
        _keep_hours(db, agent, given, person=person, now=now)
    for day in sheet.calendar.values():
        keep_calendar_day(db, day)
    db.flush()
    roster.rebuild(db, now=now)


def _lines(db: Session, agent: Agent) -> Iterator[dict[str, str]]:
    facts = facts_of(db, agent)
    yield {
        "what": "agent", "agent": agent.id, "zone": facts.zone, "calendar": facts.holidays, "place": facts.place,
        "markets": facts.markets, "languages": " ".join(":".join(each) for each in facts.languages),
        "skills": facts.skills, "capacity": str(facts.capacity),
    }  # fmt: skip
    for shift in shifts_of(db, agent.id):
        yield {
            "what": "shift", "agent": agent.id, "days": shift.days, "start": face(shift.start), "end": face(shift.end),
            "from": shift.valid_from.isoformat() if shift.valid_from else "",
            "until": shift.valid_until.isoformat() if shift.valid_until else "",
        }  # fmt: skip
    for day, rows in days_set(db, agent.id).items():
        for each in rows:
            hours = (
                {"start": face(each.start), "end": face(each.end)}
                if each.start is not None and each.end is not None
                else {}
            )
            yield {"what": "day", "agent": agent.id, "from": day.isoformat(), "note": each.note, **hours}
    absences = select(Absence).where(Absence.agent == agent.id).order_by(col(Absence.starts), col(Absence.ends))
    for absence in db.exec(absences).all():
        yield {
            "what": "absence",
            "agent": agent.id,
            "from": absence.starts,
            "until": absence.ends,
            "note": absence.note,
        }


def _keep_hours(db: Session, agent: Agent, given: Person, *, person: str, now: datetime) -> None:
    for model in (AgentShift, ShiftOverride):
        db.connection().execute(delete(model).where(col(model.agent) == agent.id))
    db.add_all([shift_row(agent.id, each) for each in given.shifts])
    for day, hours in given.days.items():
        db.add_all(day_rows(agent.id, day, hours, note=given.day_notes.get(day, "")))
    standing = {
        (each.starts, each.ends, each.note): each for each in db.exec(select(Absence).where(Absence.agent == agent.id))
    }
    for starts, ends, note in given.absences:
        if standing.pop((starts.strftime(WALL), ends.strftime(WALL), note), None) is None:
            db.add(absence_row(agent, starts, ends, note=note, person=person, now=now))
    for gone in standing.values():
        db.delete(gone)
    db.flush()
