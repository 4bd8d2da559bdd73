"""Coverage in words: uncovered hours, days unlike the others, and the table of hours, in the reader's tongue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shop.base.i18n import N_, NN_, NP_, Tongue
from shop.ground.instants import MINUTE, instant_on, local
from shop.support.staffed.coverage import Span
from shop.support.staffed.facts import Heard
from shop.support.staffed.grid import Cell, CellKey, grid
from shop.support.staffed.spans import Alike, besides_alike, usual_alike

DAY = datetime(2000, 1, 1, tzinfo=UTC)  # any day does to write a time of the day
HOUR = 60
MINUTES = NN_("%(num)s minute", "%(num)s minutes")
HOURS = NN_("%(num)s hour", "%(num)s hours")
MOST_SINGLE = 12  # hours of single dates that are named; more are only counted

# What stands in a cell, and what is read aloud for it. A part of an hour is written as its percentage.
SIGNS = {
    "native": (NP_("coverage, one letter", "N"), NP_("coverage", "native")),
    "fluent": (NP_("coverage, one letter", "F"), NP_("coverage", "fluent")),
    "nobody": (NP_("coverage, one sign", "–"), NP_("coverage", "nobody")),
}


def hours(amount: float, tongue: Tongue) -> str:
    """Minutes as hours, to the quarter: `12.5`."""
    return tongue.number(round(amount / HOUR * 4) / 4)


def length(span: timedelta, tongue: Tongue) -> str:
    """How long something took: `35 min`, `2 h 5 min`, `3 d 4 h`."""
    passed = int(span / MINUTE)
    days, minutes = divmod(passed, 24 * HOUR)
    if days:
        return tongue.say(N_("%(days)s d %(hours)s h"), days=tongue.number(days), hours=tongue.number(minutes // HOUR))
    if minutes >= HOUR:
        told = {"hours": tongue.number(minutes // HOUR), "minutes": tongue.number(minutes % HOUR)}
        return tongue.say(N_("%(hours)s h %(minutes)s min"), **told)
    return tongue.say(N_("%(minutes)s min"), minutes=tongue.number(minutes))


def period(minutes: int, tongue: Tongue) -> str:
    """Minutes as they are said: whole hours as hours."""
    whole, rest = divmod(minutes, HOUR)
    return tongue.count(*(MINUTES if rest or not whole else HOURS), minutes if rest or not whole else whole)


def clock(minute: int, tongue: Tongue) -> str:
    """A minute of the local day as its clock shows it; the end of the day is its midnight."""
    return tongue.time(DAY + minute * MINUTE, "UTC")


def weekday(day: int, tongue: Tongue) -> str:
    """The weekday's short name, Monday 0."""
    name: str = tongue.locale.days["stand-alone"]["abbreviated"][day]
    return name


def unheard(each: Alike, tongue: Tongue) -> str:
    """Hours on days that follow each other: `Mon-Fri, 18:00-22:00`."""
    return tongue.say(
        N_("%(days)s, %(start)s–%(end)s"),
        days=_days([_day(day, tongue) for day in each.days], tongue),
        start=clock(each.start, tongue),
        end=clock(each.end, tongue),
    )


def every_week(heard: Heard, tongue: Tongue) -> list[str]:
    """The waking hours that nobody covers in any week."""
    return [unheard(each, tongue) for each in usual_alike(heard.holes)]


def single_dates(heard: Heard, tongue: Tongue) -> list[str]:
    """The waking hours that nobody covers on some dates only, such as holidays; the first of them, and how many more."""
    found = besides_alike(heard.holes)
    more = len(found) - MOST_SINGLE
    return [unheard(each, tongue) for each in found[:MOST_SINGLE]] + (
        [tongue.count("and %(num)s more", "and %(num)s more", more)] if more > 0 else []
    )


def table(heard: Heard, tongue: Tongue) -> dict[str, Any]:
    """The table of local hour and weekday: heads, and rows of cells with a sign to see and words to hear."""
    cells = grid(heard.span, heard.covered)
    rows = sorted({(hour, again) for hour, again, _day in cells})
    return {
        "heads": [weekday(day, tongue) for day in range(7)],
        "rows": [
            {
                "hour": _hour(hour, tongue, again=again),
                "cells": [_cell(cells, (hour, again, day), tongue) for day in range(7)],
            }
            for hour, again in rows
        ],
    }


def clock_changes(zones: Mapping[str, str], span: Span, tongue: Tongue) -> list[str]:
    """On which days of the span the clocks change; `zones` are named by the places that have them."""
    found = []
    for zone, name in zones.items():
        for day in span.dates:
            change = _offset(day + timedelta(days=1), zone) - _offset(day, zone)
            if change:
                told = N_("%(day)s: the clocks go forward (%(place)s)") if change > timedelta() else BACK
                found.append((day, tongue.say(told, day=tongue.day(day), place=name)))
    return [sentence for _day, sentence in sorted(found)]


BACK = N_("%(day)s: the clocks go back (%(place)s)")


def _offset(day: date, zone: str) -> timedelta:
    """How far the zone's clock is ahead of UTC at the day's midnight."""
    return local(instant_on(day, 0, zone), zone).utcoffset() or timedelta()


def holidays_said(named: Iterable[tuple[date, str, str]], tongue: Tongue) -> list[str]:
    """The holidays of those who answer: the day, what it is called, and in which calendars it stands."""
    by_day: dict[tuple[date, str], list[str]] = {}
    for day, name, calendar in sorted(named):
        by_day.setdefault((day, name), []).append(calendar)
    return [
        tongue.say(
            N_("%(day)s: %(name)s (%(calendars)s)"), day=tongue.day(day), name=name, calendars=", ".join(calendars)
        )
        for (day, name), calendars in by_day.items()
    ]


def _cell(cells: Mapping[CellKey, Cell], key: CellKey, tongue: Tongue) -> dict[str, str]:
    cell = cells.get(key)
    if cell is None or not cell.waking:
        return {"kind": "", "sign": "", "words": ""}
    if cell.native >= cell.waking:
        kind = "native"
    elif not cell.uncovered:
        kind = "fluent"
    elif cell.uncovered < cell.waking:
        share = round((1 - cell.uncovered / cell.waking) * 100)
        words = tongue.say(N_("covered in part: %(share)s"), share=tongue.percent(share * 100))
        return {"kind": "partly", "sign": tongue.number(share), "words": words}
    else:
        kind = "nobody"
    sign, words = SIGNS[kind]
    return {"kind": kind, "sign": tongue.say(sign), "words": tongue.say(words)}


def _hour(hour: int, tongue: Tongue, *, again: bool) -> str:
    said = clock(hour * HOUR, tongue)
    return tongue.say(N_("%(clock)s again"), clock=said) if again else said


def _day(day: int | date, tongue: Tongue) -> str:
    return tongue.day(day) if isinstance(day, date) else weekday(day, tongue)


def _days(names: Sequence[str], tongue: Tongue) -> str:
    if len(names) < 3:
        return tongue.list(names)
    return tongue.say(N_("%(first)s–%(last)s"), first=names[0], last=names[-1])
