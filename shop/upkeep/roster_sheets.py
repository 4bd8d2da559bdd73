"""The roster of a set-up: `agents.toml` with hours, other days and absences, and `calendars.csv` with days set by hand.

Facts, languages and weekly hours are what the folder says. Other days, absences and days of calendars also have a life
at the console and on the desk: those the folder names are kept as it says, and none is removed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.duty import Hours, Shift
from shop.ground.instants import DAY_MINUTES, local
from shop.support.shifts.absences import WALL, absence_row
from shop.support.shifts.calendar_days import DaySet, keep_calendar_day
from shop.support.shifts.fields import LEVELS
from shop.support.shifts.models import Absence, Agent, AgentLanguage, AgentShift, ShiftOverride
from shop.support.shifts.working_hours import day_rows, shift_row
from shop.upkeep.cells import (
    Day,
    calendar,
    choice,
    clock,
    day,
    flag,
    optional,
    text,
    whole,
    word,
    words,
    zone_name,
)
from shop.upkeep.cells import language as tag
from shop.upkeep.nested_cells import entries, pairs
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong

NOT_OF_AGENT = ("languages", "shifts", "overrides", "absences", "places")

_text = optional(text, "")
_clock = optional(clock)
_day = optional(day)

SHIFT: Columns = {"days": words(whole(0, 6)), "start": clock, "end": clock, "from": _day, "until": _day}
OVERRIDE: Columns = {"day": day, "start": _clock, "end": _clock, "note": _text}
ABSENCE: Columns = {"from": day, "start": _clock, "until": day, "end": _clock, "note": _text}
AGENT: Columns = {
    "id": word, "person": word, "zone": zone_name, "place": _text, "places": optional(pairs(tag, text), {}),
    "skills": optional(words(), ""), "capacity": optional(whole(1, 1000), 5), "markets": optional(words(), ""),
    "holidays": optional(calendar, ""), "languages": pairs(tag, choice(*LEVELS)), "shifts": optional(entries(SHIFT), []),
    "overrides": optional(entries(OVERRIDE), []), "absences": optional(entries(ABSENCE), []),
}  # fmt: skip
CALENDAR: Columns = {
    "calendar": calendar, "day": day, "off": flag, "start": _clock, "end": _clock, "name": _text,
}  # fmt: skip


def check_hours(agents: Iterable[Row], calendars: Iterable[Row], *, now: datetime) -> Iterator[Fault]:
    """Hours that lack one end, ends before their beginnings, and what cannot be a beginning."""
    for row in agents:
        for kind in ("shifts", "overrides", "absences"):
            for number, each in enumerate(row.get(kind) or (), 1):
                for says in _wrong(kind, each, now.date()):
                    yield row, f"{kind}.{number}", says
    for row in calendars:
        for says in _wrong("calendars", row.cells, now.date()):
            yield row, "start", says


def _wrong(kind: str, given: Mapping[str, Any], today: date) -> Iterator[Wrong]:
    start, end = given.get("start"), given.get("end")
    if kind in ("overrides", "calendars") and (start is None) != (end is None):
        yield Wrong(N_("start and end must both stand there, or neither"))
    if start == DAY_MINUTES:
        yield Wrong(N_("24:00 can only be an end"))
    if kind == "calendars" and start is not None and given.get("off") is False:
        yield Wrong(N_("a day that is worked has no hours that are off"))
    if kind == "absences" and _span(given, today) is None:
        yield Wrong(N_("until must lie after from"))


def store_agents(db: Session, agents: Iterable[Row], *, now: datetime) -> None:
    """Write agents with their languages, weekly hours, other days and absences."""
    agents = list(agents)
    for row in agents:
        values = {name: cell for name, cell in row.cells.items() if name not in NOT_OF_AGENT}
        values["places"] = json.dumps(row["places"], ensure_ascii=False)
        known = db.get(Agent, row["id"])
        if known is None:
            db.add(Agent(**values))
        else:
            known.sqlmodel_update(values)
    db.flush()
    for model in (AgentLanguage, AgentShift):
        db.connection().execute(delete(model))
    for row in agents:
        today = local(now, row["zone"]).date()
        for language, level in row["languages"].items():
            db.add(AgentLanguage(agent=row["id"], language=language, level=level))
        db.add_all([shift_row(row["id"], _shift(each, today)) for each in row["shifts"]])
        _store_days(db, row, today)
        _store_absences(db, row, today, now=now)


def store_calendars(db: Session, rows: Iterable[Row]) -> None:
    """Write the days of holiday calendars that were set by hand."""
    for row in rows:
        hours = None if row["start"] is None or row["end"] is None else Hours(row["start"], row["end"])
        keep_calendar_day(db, DaySet(row["calendar"], row["day"], row["off"], hours, row["name"]))


def _shift(given: Mapping[str, Any], today: date) -> Shift:
    first, last = _on(given["from"], today), _on(given["until"], today)
    days = frozenset(map(int, given["days"].split()))
    return Shift(days, given["start"], given["end"], first or date.min, last or date.max)


def _store_days(db: Session, row: Row, today: date) -> None:
    by_day: dict[date, list[Mapping[str, Any]]] = {}
    for each in row["overrides"]:
        by_day.setdefault(each["day"].on(today), []).append(each)
    for day_set, given in by_day.items():
        gone = delete(ShiftOverride).where(col(ShiftOverride.agent) == row["id"], col(ShiftOverride.day) == day_set)
        db.connection().execute(gone)
        hours = [Hours(each["start"], each["end"]) for each in given if each["start"] is not None]
        db.add_all(day_rows(row["id"], day_set, hours, note=given[0]["note"]))


def _store_absences(db: Session, row: Row, today: date, *, now: datetime) -> None:
    agent = db.get_one(Agent, row["id"])
    known = {(each.starts, each.ends) for each in db.exec(select(Absence).where(Absence.agent == agent.id)).all()}
    for each in row["absences"]:
        span = _span(each, today)
        if span is not None and (span[0].strftime(WALL), span[1].strftime(WALL)) not in known:
            db.add(absence_row(agent, *span, note=each["note"], now=now))


def _span(given: Mapping[str, Any], today: date) -> tuple[datetime, datetime] | None:
    """From when to when by the wall clock: whole days unless times are given."""
    first, last = _on(given.get("from"), today), _on(given.get("until"), today)
    if first is None or last is None:
        return None
    start, end = given.get("start"), given.get("end")
    starts = datetime.combine(first, time()) + timedelta(minutes=start or 0)
    ends = datetime.combine(last, time()) + timedelta(minutes=DAY_MINUTES if end is None else end)
    return (starts, ends) if starts < ends else None


def _on(given: Day | None, today: date) -> date | None:
    return None if given is None else given.on(today)
