"""Reading the forms of the roster: each field into a plain value, or a sentence that says what can be taken."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from babel import Locale, UnknownLocaleError

from shop.base.fields import one_line, whole
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.duty import Hours, Shift
from shop.ground.figures import figures
from shop.ground.instants import DAY_MINUTES, UnreadableTime, as_day, parse_clock

LONGEST_NOTE = 200
LONGEST_ABSENCE = timedelta(days=366)
FURTHEST = timedelta(days=2 * 366)
MOST_CAPACITY = 1000
LEVELS = ("native", "fluent", "basic")
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
WEEKDAYS = tuple(map(str, range(7)))


def is_language(tag: str) -> bool:
    """Whether it is a BCP 47 tag that CLDR knows."""
    try:
        Locale.parse(tag if TAG.fullmatch(tag) else "", sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def read_clock(form: Form, name: str, tongue: Tongue) -> int | None:
    """A clock time from 00:00 to 24:00 in minutes, as any keyboard writes it; None with the field's error."""
    plain = figures(form.text(name)).replace(".", ":")
    try:
        return parse_clock(plain.rjust(5, "0"))
    except UnreadableTime:
        form.fail(name, tongue.say(N_("Please enter a time from 00:00 to 24:00, such as 09:00.")))
        return None


def read_hours(form: Form, tongue: Tongue) -> Hours | None:
    """The fields `start` and `end`; an end that is not after the start is the next day's."""
    start, end = read_clock(form, "start", tongue), read_clock(form, "end", tongue)
    if start == DAY_MINUTES:
        form.fail("start", tongue.say(N_("A day begins at 00:00; 24:00 can only be an end.")))
        return None
    return None if start is None or end is None else Hours(start, end)


def read_day(form: Form, name: str, tongue: Tongue, *, today: date, past: bool = False) -> date | None:
    """A date of the coming two years, or of the past too; None with the field's error."""
    day = as_day(form.text(name))
    if day is None:
        form.fail(name, tongue.say(N_("Please choose a date.")))
        return None
    if (day < today and not past) or abs(day - today) > FURTHEST:
        form.fail(name, tongue.say(N_("Please choose a date from today on, within two years.")))
        return None
    return day


def read_shift(form: Form, tongue: Tongue, *, today: date) -> Shift | None:
    """Weekly hours: the days on which they start, both clock times, and from when and until when they hold."""
    days = frozenset(int(each) for each in WEEKDAYS if form.text(f"day{each}") == "yes")
    if not days:
        form.fail("day0", tongue.say(N_("Please tick at least one day.")))
    hours = read_hours(form, tongue)
    first = read_day(form, "first", tongue, today=today, past=True) if form.text("first") else date.min
    last = read_day(form, "last", tongue, today=today, past=True) if form.text("last") else date.max
    if first and last and first > last:
        form.fail("last", tongue.say(N_("The last day cannot lie before the first.")))
    if form.errors or hours is None or first is None or last is None:
        return None
    return Shift(days, hours.start, hours.end, first, last)


def read_absence(form: Form, tongue: Tongue, *, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when, as the wall clock of `now` shows it: whole days unless times are given."""
    first = read_day(form, "first", tongue, today=now.date(), past=True)
    last = read_day(form, "last", tongue, today=now.date()) if form.text("last") else first
    start = read_clock(form, "start", tongue) if form.text("start") else 0
    end = read_clock(form, "end", tongue) if form.text("end") else DAY_MINUTES
    if form.errors or first is None or last is None or start is None or end is None:
        return None
    starts, ends = _wall(first, start), _wall(last, end)
    if ends <= starts:
        form.fail("last", tongue.say(N_("The end must lie after the beginning.")))
    elif ends <= now.replace(tzinfo=None):
        form.fail("last", tongue.say(N_("This is over already.")))
    elif ends - starts > LONGEST_ABSENCE:
        form.fail("last", tongue.say(N_("Please enter at most one year at once.")))
    return None if form.errors else (starts, ends)


def read_note(form: Form, tongue: Tongue, name: str = "note") -> str:
    """One line that only colleagues read."""
    note = one_line(form, name)
    if len(note) > LONGEST_NOTE:
        form.fail(
            name,
            tongue.count(
                "Please use at most %(num)s character here.",
                "Please use at most %(num)s characters here.",
                LONGEST_NOTE,
            ),
        )
    return note


def read_choice(form: Form, name: str, allowed: Collection[str], tongue: Tongue) -> str:
    """One of what was offered."""
    chosen = form.text(name)
    if chosen not in allowed:
        form.fail(name, tongue.say(N_("Please choose one of the list.")))
    return chosen


def read_number(form: Form, name: str) -> int:
    """The number of a row that the form names; 0, which no row has, for anything else."""
    number = whole(form.text(name), digits=9)
    return number or 0


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)
