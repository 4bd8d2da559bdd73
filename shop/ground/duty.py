"""Duty: the hours a person really works, from wall-clock shifts to half-open intervals in UTC.

Overrides, holidays and absences are applied here, and business time is counted here. Both ends of
a shift come from the wall clock, never from a start and a length: twice a year a night shift is
an hour longer or shorter.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Literal

from shop.ground.instants import DAY_MINUTES, days_from, instant_on, local

HolidayRule = Literal["clock", "shift_start"]

BY_START = attrgetter("start")


class HoursRunOut(ValueError):
    """The known business hours end before the budget is used up."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`, in aware UTC; without length it counts as none."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """Clock minutes after 00:00, to 1440; an end that is not after its start is the next day's."""

    start: int
    end: int

    def on(self, day: date, zone: str) -> Interval:
        """These hours as they fall for somebody in `zone` who starts them on `day`."""
        end = self.end if self.end > self.start else self.end + DAY_MINUTES
        return Interval(instant_on(day, self.start, zone), instant_on(day, end, zone))


@dataclass(frozen=True, slots=True)
class Shift:
    """Weekly hours by the days on which they start, Monday 0; both `valid` dates are included."""

    days: frozenset[int]
    start: int
    end: int
    valid_from: date = date.min
    valid_until: date = date.max

    @property
    def hours(self) -> Hours:
        return Hours(self.start, self.end)

    def starts_on(self, day: date) -> bool:
        return day.weekday() in self.days and self.valid_from <= day <= self.valid_until


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off on the person's own calendar, or only those hours of it."""

    day: date
    hours: Hours | None = None


WHOLE_DAY = Hours(0, DAY_MINUTES)


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that decides when one person works.

    `overrides` replace the shifts that start on that date. A whole holiday takes its calendar day
    out of every interval (`clock`), or the shifts that start on it (`shift_start`); holiday hours
    are taken out under either rule.
    """

    zone: str
    shifts: tuple[Shift, ...] = ()
    overrides: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    holidays: tuple[Holiday, ...] = ()
    holiday_rule: HolidayRule = "clock"
    absences: tuple[Interval, ...] = ()


def duty(schedule: Schedule, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """When this person is on duty between two instants: sorted, disjoint, cut at both ends."""
    days = _local_days(schedule.zone, start, end)
    worked = minus(_worked(schedule, days), _taken_out(schedule, days))
    return tuple(
        interval
        if start <= interval.start and interval.end <= end
        else Interval(max(interval.start, start), min(interval.end, end))
        for interval in worked
        if interval.start < end and start < interval.end
    )


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The union: sorted and disjoint, those that overlap or touch made one, empty ones dropped."""
    union: list[Interval] = []
    for interval in sorted(intervals, key=BY_START):
        if interval.end <= interval.start:
            continue
        if not union or union[-1].end < interval.start:
            union.append(interval)
        elif union[-1].end < interval.end:
            union[-1] = Interval(union[-1].start, interval.end)
    return tuple(union)


def minus(intervals: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of the union of `intervals` outside `holes`: sorted and disjoint."""
    whole, gone = merged(intervals), merged(holes)
    if not gone:
        return whole
    left: list[Interval] = []
    passed = 0
    for interval in whole:
        while passed < len(gone) and gone[passed].end <= interval.start:
            passed += 1
        left.extend(_outside(interval, gone, passed))
    return tuple(left)


def covering(intervals: Sequence[Interval], instant: datetime) -> Interval | None:
    """The one of these sorted, disjoint intervals that contains the instant."""
    position = bisect_right(intervals, instant, key=BY_START)
    if position and instant < intervals[position - 1].end:
        return intervals[position - 1]
    return None


def covers(intervals: Sequence[Interval], instant: datetime) -> bool:
    """Whether one of these sorted, disjoint intervals contains the instant."""
    return covering(intervals, instant) is not None


def next_start(intervals: Sequence[Interval], instant: datetime) -> datetime | None:
    """The first start after the instant among these sorted, disjoint intervals."""
    position = bisect_right(intervals, instant, key=BY_START)
    return intervals[position].start if position < len(intervals) else None


def business_due(
    start: datetime, minutes: float, intervals: Iterable[Interval], pauses: Iterable[Interval] = ()
) -> datetime:
    """When `minutes` of business time after `start` are used up; pauses do not count.

    A budget that ends at closing is due at closing; a budget of nothing, at once. Raises
    HoursRunOut when the intervals end before the budget does.
    """
    if minutes < 0:
        raise ValueError("a budget of business time is not negative")
    left = timedelta(minutes=minutes)
    if not left:
        return start
    for interval in minus(intervals, pauses):
        opens = max(interval.start, start)
        if opens + left <= interval.end:
            return opens + left
        left -= max(interval.end - opens, timedelta(0))
    raise HoursRunOut(f"the known business hours end before {minutes:g} minutes are used up")


def _local_days(zone: str, start: datetime, end: datetime) -> list[date]:
    # Hours may reach into the next day, and a zone that crosses the date line skips one.
    first = local(start, zone).date() - timedelta(days=2)
    last = local(end, zone).date()
    return days_from(first, last)


def _worked(schedule: Schedule, days: Iterable[date]) -> Iterator[Interval]:
    closed: frozenset[date] = frozenset()
    if schedule.holiday_rule == "shift_start":
        closed = frozenset(holiday.day for holiday in schedule.holidays if holiday.hours is None)
    weekly = [(shift, shift.hours) for shift in schedule.shifts]
    for day in days:
        if day not in closed:
            usual = [hours for shift, hours in weekly if shift.starts_on(day)]
            for hours in schedule.overrides.get(day, usual):
                yield hours.on(day, schedule.zone)


def _taken_out(schedule: Schedule, days: Sequence[date]) -> Iterator[Interval]:
    yield from schedule.absences
    for holiday in schedule.holidays:
        if days[0] <= holiday.day <= days[-1]:
            if holiday.hours is not None:
                yield holiday.hours.on(holiday.day, schedule.zone)
            elif schedule.holiday_rule == "clock":
                yield WHOLE_DAY.on(holiday.day, schedule.zone)


def _outside(interval: Interval, holes: Sequence[Interval], first: int) -> Iterator[Interval]:
    start = interval.start
    for position in range(first, len(holes)):
        hole = holes[position]
        if interval.end <= hole.start:
            break
        if start < hole.start:
            yield Interval(start, hole.start)
        start = hole.end
    if start < interval.end:
        yield Interval(start, interval.end)
