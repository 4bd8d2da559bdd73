"""Holiday calendars: the days a country or one of its parts does not work, and what a person has set otherwise.

A set day stands over the calendar's own: added, off for some hours only, or worked although it is a holiday.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Protocol

from holidays import HolidayBase, country_holidays

from shop.ground.duty import Holiday, Hours


class Edit(Protocol):
    """A day of a calendar as a person set it: off or worked; of a day off, the hours, where it is not all of it."""

    day: date
    off: bool
    start: int | None
    end: int | None


MOST_NAMED = 512  # years of calendars that are kept once they have been looked up


class UnknownCalendar(ValueError):
    """The name is not that of a country's holiday calendar, or not of one of its subdivisions."""


def check_calendar(calendar: str) -> None:
    """Raises UnknownCalendar."""
    _calendar(calendar)


def days_off(calendar: str, first: date, last: date, edits: Iterable[Edit] = ()) -> tuple[Holiday, ...]:
    """What of these days is off, by the calendar and what was set otherwise. No calendar has no days of its own."""
    off = {day: Holiday(day) for day in named_days(calendar, first, last)}
    for edit in edits:
        if not first <= edit.day <= last:
            continue
        if edit.off:
            off[edit.day] = Holiday(edit.day, hours_off(edit))
        else:
            off.pop(edit.day, None)
    return tuple(off[day] for day in sorted(off))


def hours_off(edit: Edit) -> Hours | None:
    """The hours of the set day that are off; None is all of it."""
    return None if edit.start is None or edit.end is None else Hours(edit.start, edit.end)


def named_days(calendar: str, first: date, last: date, language: str = "") -> dict[date, str]:
    """The calendar's own days and their names, in the language where the calendar knows it. Raises UnknownCalendar."""
    if not calendar:
        return {}
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in _of_year(calendar, year, language).items()
        if first <= day <= last
    }


@lru_cache(maxsize=MOST_NAMED)
def _of_year(calendar: str, year: int, language: str) -> Mapping[date, str]:
    spoken = language and _nearest(_calendar(calendar).supported_languages, language)
    found = _calendar(calendar, [year], spoken or None)
    return {day: found[day] for day in sorted(found) if day.year == year}


def _nearest(known: Iterable[str], language: str) -> str:
    """The calendar's own name of the language (`en` is `en_US` there); empty where it does not speak it."""
    wanted = language.replace("-", "_")
    by_name = sorted(known)
    return next((each for each in by_name if each == wanted), "") or next(
        (each for each in by_name if each.partition("_")[0] == wanted.partition("_")[0]), ""
    )


def _calendar(calendar: str, years: Iterable[int] = (), language: str | None = None) -> HolidayBase:
    country, _, subdivision = calendar.partition("-")
    try:
        return country_holidays(country, subdiv=subdivision or None, years=years, language=language)
    except NotImplementedError as error:
        raise UnknownCalendar(f"{calendar!r} is not a known holiday calendar") from error
