"""The week as a table of the customers' local hours, with the hours that a changed clock skips or shows twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.ground.duty import Interval
from shop.ground.instants import DAY_MINUTES, MINUTE, days_from, instant_on, local
from shop.support.staffed.coverage import Covered, Span


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one day on the customers' clock; `again` is the second time that a clock put back shows it."""

    day: date
    hour: int
    again: bool
    interval: Interval


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of the weekday, in minutes of all its days together: how long awake, and covered how."""

    waking: float = 0
    native: float = 0
    fluent: float = 0

    @property
    def uncovered(self) -> float:
        return self.waking - self.native - self.fluent


CellKey = tuple[int, bool, int]  # the hour, whether for the second time, the weekday


def hours_of(day: date, zone: str) -> Iterator[Hour]:
    """The hours of a day as its clock shows them: 23, 24 or 25 of them, cut where the clock says so.

    Half-hour zones begin theirs at the half hours of UTC, and a clock put back by half an hour repeats half of one.
    """
    start, end = instant_on(day, 0, zone), instant_on(day, DAY_MINUTES, zone)
    if end - start == timedelta(days=1) and local(start, zone).utcoffset() == local(end, zone).utcoffset():
        for hour in range(24):
            yield Hour(day, hour, False, Interval(start + hour * 60 * MINUTE, start + (hour + 1) * 60 * MINUTE))
        return
    yield from _changed_day(day, zone, start, end)


def grid(span: Span, covered: Covered) -> dict[CellKey, Cell]:
    """The waking hours of the span as a table of local hour and weekday; hours slept through have no cell."""
    found: defaultdict[CellKey, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    hours = [hour for day in _dates_touched(span, covered) for hour in hours_of(day, span.zone)]
    for kind, intervals in enumerate((covered.waking, covered.native, covered.fluent)):
        for hour, passed in _shares(hours, intervals):
            found[(hour.hour, hour.again, hour.day.weekday())][kind] += passed
    return {key: Cell(*found[key]) for key in sorted(found)}


def _dates_touched(span: Span, covered: Covered) -> list[date]:
    if not covered.waking:
        return []
    last = local(covered.waking[-1].end, span.zone).date()
    first = local(covered.waking[0].start, span.zone).date()
    return days_from(first, last)


def _shares(hours: Sequence[Hour], intervals: Sequence[Interval]) -> Iterator[tuple[Hour, float]]:
    """How many minutes of each hour lie in the intervals; both are sorted and disjoint, so one walk is enough."""
    position = 0
    for hour in hours:
        start, end = hour.interval.start, hour.interval.end
        while position < len(intervals) and intervals[position].end <= start:
            position += 1
        at = position
        while at < len(intervals) and intervals[at].start < end:
            yield hour, (min(end, intervals[at].end) - max(start, intervals[at].start)) / MINUTE
            at += 1


QUARTER = 15 * MINUTE  # every clock that changes does so at a quarter of an hour


def _changed_day(day: date, zone: str, start: datetime, end: datetime) -> Iterator[Hour]:
    begun, shown, seen = start, (local(start, zone).hour, local(start, zone).utcoffset()), set()
    instant = start
    while instant < end:
        instant += QUARTER
        wall = local(instant, zone)
        now = (wall.hour, wall.utcoffset())
        if now != shown or instant >= end:
            yield Hour(day, shown[0], shown[0] in seen, Interval(begun, min(instant, end)))
            seen.add(shown[0])
            begun, shown = instant, now
