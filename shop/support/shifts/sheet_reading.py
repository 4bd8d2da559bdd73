"""Reading the roster's CSV file: line after line, strictly, and on after one that is wrong, so that all is told at once."""

import csv
import io
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shop.base.fields import whole
from shop.base.i18n import N_, Tongue
from shop.base.spreadsheets import unguarded
from shop.ground.duty import Hours, Shift
from shop.ground.instants import DAY_MINUTES, UnknownZone, UnreadableTime, as_day, parse_clock, parse_wall, zone
from shop.support.shifts.agent_facts import Facts
from shop.support.shifts.calendar_days import DaySet
from shop.support.shifts.calendars import UnknownCalendar, check_calendar
from shop.support.shifts.facts_form import MOST_LETTERS
from shop.support.shifts.fields import LEVELS, MOST_CAPACITY, is_language

COLUMNS = (
    "what", "agent", "zone", "calendar", "place", "markets", "languages", "skills", "capacity",
    "days", "from", "until", "start", "end", "off", "note",
)  # fmt: skip
MOST_BYTES = 4 * 1024 * 1024
MOST_COMPLAINTS = 50
LONGEST_CELL = 1000
A_TIME = N_("Please enter a time from 00:00 to 24:00, such as 09:00.")
THE_FIRST = N_("The first line must name the columns as in the file that can be downloaded.")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a line: its number in the file, the column, and the sentence in the source language."""

    line: int
    column: str
    says: str

    def told(self, tongue: Tongue) -> str:
        """The complaint in the reader's words."""
        where = N_("Line %(line)s, %(column)s: %(says)s") if self.column else N_("Line %(line)s: %(says)s")
        return tongue.say(where, line=tongue.number(self.line), column=self.column, says=tongue.say(self.says))


class BadSheet(Exception):
    """The file cannot be taken; `complaints` names every line that is wrong."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(f"{len(self.complaints)} complaints")


@dataclass(slots=True)
class Person:
    """All that the file says of one agent."""

    facts: Facts
    shifts: list[Shift] = field(default_factory=list)
    days: dict[date, list[Hours]] = field(default_factory=dict)
    day_notes: dict[date, str] = field(default_factory=dict)
    absences: list[tuple[datetime, datetime, str]] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A file as it was read."""

    people: dict[str, Person] = field(default_factory=dict)
    calendar: dict[tuple[str, date], DaySet] = field(default_factory=dict)


def read_sheet(data: bytes, known: Collection[str], *, may_see: Callable[[str], bool]) -> Sheet:
    """The file read and found right in itself, about agents of `known` only. Raises BadSheet."""
    reader = _Reader(frozenset(known), may_see)
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadSheet([Complaint(1, "", N_("This is no CSV file in UTF-8."))]) from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise BadSheet([Complaint(1, "", THE_FIRST)])
    for number, row in enumerate(rows[1:], 2):
        if row:
            reader.take(number, row)
    if reader.complaints:
        raise BadSheet(reader.complaints[:MOST_COMPLAINTS])
    return reader.sheet


class _Wrong(Exception):
    """One cell cannot be taken."""

    def __init__(self, column: str, says: str) -> None:
        self.column, self.says = column, says


class _Reader:
    """Reads line after line, and goes on after one that is wrong."""

    def __init__(self, known: frozenset[str], may_see: Callable[[str], bool]) -> None:
        self.sheet = Sheet()
        self.complaints: list[Complaint] = []
        self._known, self._may_see = known, may_see
        self._kinds = {
            "agent": self._agent, "shift": self._shift, "day": self._day, "absence": self._absence,
            "calendar": self._calendar,
        }  # fmt: skip

    def take(self, number: int, row: list[str]) -> None:
        """Read a line."""
        try:
            if len(row) != len(COLUMNS):
                raise _Wrong("", N_("It does not have as many cells as the first line."))
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise _Wrong("", N_("One of its cells is far too long."))
            plain = (" ".join(unguarded(cell).replace("\0", "").split()) for cell in row)
            cells = dict(zip(COLUMNS, plain, strict=True))
            self._kinds.get(cells["what"], _no_kind)(cells)
        except _Wrong as wrong:
            self.complaints.append(Complaint(number, wrong.column, wrong.says))

    def _agent(self, cells: dict[str, str]) -> None:
        id = cells["agent"]
        if id not in self._known:
            raise _Wrong("agent", N_("This is no agent."))
        if id in self.sheet.people:
            raise _Wrong("agent", N_("This agent stands here twice."))
        self.sheet.people[id] = Person(
            Facts(
                _zone(cells),
                _named_calendar(cells, "calendar"),
                self._markets(cells),
                cells["skills"],
                _capacity(cells),
                _place(cells),
                _languages(cells),
            )
        )

    def _markets(self, cells: dict[str, str]) -> str:
        markets = cells["markets"].split()
        if not all(self._may_see(each) for each in markets):
            raise _Wrong("markets", N_("One of these is no market."))
        if not markets and not self._may_see(""):  # none are all of them
            raise _Wrong("markets", N_("Please name at least one market."))
        return " ".join(dict.fromkeys(markets))

    def _person(self, cells: dict[str, str]) -> Person:
        found = self.sheet.people.get(cells["agent"])
        if found is None:
            raise _Wrong("agent", N_("A line for this agent must stand above."))
        return found

    def _shift(self, cells: dict[str, str]) -> None:
        given = cells["days"].split()
        if not given or not set(given) <= set("0123456"):
            raise _Wrong("days", N_("Please write days as figures from 0 (Monday) to 6, parted by blanks."))
        hours = _hours(cells)
        if hours is None:
            raise _Wrong("start", A_TIME)
        first, last = _date(cells, "from", date.min), _date(cells, "until", date.max)
        if first > last:
            raise _Wrong("until", N_("The last day cannot lie before the first."))
        self._person(cells).shifts.append(Shift(frozenset(map(int, given)), hours.start, hours.end, first, last))

    def _day(self, cells: dict[str, str]) -> None:
        person, day, hours = self._person(cells), _date(cells, "from"), _hours(cells)
        if day in person.days and (hours is None or not person.days[day]):
            raise _Wrong("from", N_("A day off cannot have hours as well."))
        person.days.setdefault(day, []).extend([] if hours is None else [hours])
        person.day_notes.setdefault(day, cells["note"].strip())

    def _absence(self, cells: dict[str, str]) -> None:
        starts, ends = _wall(cells, "from"), _wall(cells, "until")
        if ends <= starts:
            raise _Wrong("until", N_("The end must lie after the beginning."))
        self._person(cells).absences.append((starts, ends, cells["note"].strip()))

    def _calendar(self, cells: dict[str, str]) -> None:
        calendar, day, off = _named_calendar(cells, "calendar"), _date(cells, "from"), cells["off"]
        if not calendar:
            raise _Wrong("calendar", N_("This is no holiday calendar."))
        if off not in ("yes", "no"):
            raise _Wrong("off", N_("Please write yes or no."))
        if (calendar, day) in self.sheet.calendar:
            raise _Wrong("from", N_("This day stands here twice."))
        given = DaySet(calendar, day, off == "yes", _hours(cells), cells["note"].strip())
        self.sheet.calendar[calendar, day] = given


def _no_kind(_cells: dict[str, str]) -> Any:
    raise _Wrong("what", N_("Nothing is called so here. The downloaded file shows which words there are."))


def _zone(cells: dict[str, str]) -> str:
    try:
        zone(cells["zone"])
    except UnknownZone:
        raise _Wrong("zone", N_("This is no time zone such as Europe/Berlin.")) from None
    return cells["zone"]


def _named_calendar(cells: dict[str, str], column: str) -> str:
    try:
        if cells[column]:
            check_calendar(cells[column])
    except UnknownCalendar:
        raise _Wrong(column, N_("This is no holiday calendar.")) from None
    return cells[column]


def _capacity(cells: dict[str, str]) -> int:
    capacity = whole(cells["capacity"], digits=4) or 0
    if not 1 <= capacity <= MOST_CAPACITY:
        raise _Wrong("capacity", N_("Please enter a whole number from 1 to 1000."))
    return capacity


def _place(cells: dict[str, str]) -> str:
    if len(cells["place"]) > MOST_LETTERS:
        raise _Wrong("place", N_("This is too long."))
    return cells["place"]


def _languages(cells: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for each in cells["languages"].split():
        tag, _, level = each.rpartition(":")
        if not is_language(tag) or level not in LEVELS or tag in found:
            raise _Wrong("languages", N_("Please write languages with their level, such as de:native en:fluent."))
        found[tag] = level
    return tuple(sorted(found.items()))


def _hours(cells: dict[str, str]) -> Hours | None:
    if not cells["start"] and not cells["end"]:
        return None
    try:
        return Hours(_start(cells), parse_clock(cells["end"]))
    except UnreadableTime:
        raise _Wrong("end", A_TIME) from None


def _start(cells: dict[str, str]) -> int:
    try:
        start = parse_clock(cells["start"])
    except UnreadableTime:
        raise _Wrong("start", A_TIME) from None
    if start == DAY_MINUTES:
        raise _Wrong("start", N_("A day begins at 00:00; 24:00 can only be an end."))
    return start


def _date(cells: dict[str, str], column: str, default: date | None = None) -> date:
    if not cells[column] and default is not None:
        return default
    day = as_day(cells[column])
    if day is None:
        raise _Wrong(column, N_("Please write a date such as 2026-11-24."))
    return day


def _wall(cells: dict[str, str], column: str) -> datetime:
    try:
        return parse_wall(cells[column])
    except UnreadableTime:
        raise _Wrong(column, N_("Please write date and time such as 2026-11-24T09:00.")) from None
