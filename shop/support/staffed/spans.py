"""Hours of a span as people speak of them: what is the same every week on the customers' clock, and what is not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from shop.ground.duty import Interval
from shop.ground.instants import DAY_MINUTES, local, minute_of
from shop.support.staffed.coverage import Span

Day = TypeVar("Day", int, date)
Range = tuple[int, int]  # minutes of a local day, the second not included


@dataclass(frozen=True, slots=True)
class Alike:
    """The same hours on several days that follow each other: weekdays, or dates."""

    days: tuple[int, ...] | tuple[date, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """Hours without anybody who speaks the language."""

    language: str
    hours: Alike


@dataclass(frozen=True, slots=True)
class Week:
    """Hours by weekday (Monday 0) that are the same in every week of a span, and by date those that come on top."""

    usual: Mapping[int, tuple[Range, ...]]
    besides: Mapping[date, tuple[Range, ...]]


def weekly(intervals: Iterable[Interval], span: Span) -> Week:
    """Part intervals into what is on the customers' clock every week, and what is on single dates only."""
    masks = _masks(intervals, span)
    # Hours across midnight: what the last day hangs over stands for what the first had of the day before the span.
    masks[span.first] |= masks.pop(span.first + timedelta(days=span.days), 0)
    usual: dict[int, int] = {}
    for day in span.dates:
        usual[day.weekday()] = usual.get(day.weekday(), -1) & masks.get(day, 0)
    besides = {day: _ranges(masks.get(day, 0) & ~usual[day.weekday()]) for day in span.dates}
    return Week(
        {day: ranges for day in sorted(usual) if (ranges := _ranges(usual[day]))},
        {day: ranges for day, ranges in besides.items() if ranges},
    )


def usual_alike(week: Week) -> tuple[Alike, ...]:
    """The hours of every week, weekdays with the same hours named together (Monday to Friday, 18:00 to 22:00)."""
    by_range: defaultdict[Range, list[int]] = defaultdict(list)
    for day, ranges in week.usual.items():
        for each in ranges:
            by_range[each].append(day)
    found = [Alike(run, *each) for each, days in by_range.items() for run in _runs(days, lambda day: day + 1)]
    return tuple(sorted(found, key=lambda each: (each.days[0], each.start)))


def besides_alike(week: Week) -> tuple[Alike, ...]:
    """The hours of single dates, dates that follow each other with the same hours named together."""
    by_range: defaultdict[Range, list[date]] = defaultdict(list)
    for day, ranges in week.besides.items():
        for each in ranges:
            by_range[each].append(day)
    one = timedelta(days=1)
    found = [Alike(run, *each) for each, days in by_range.items() for run in _runs(days, lambda day: day + one)]
    return tuple(sorted(found, key=lambda each: (each.days[0], each.start)))


def _runs(days: Sequence[Day], following: Callable[[Day], Day]) -> list[tuple[Day, ...]]:
    runs: list[list[Day]] = []
    for day in days:
        if runs and following(runs[-1][-1]) == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [tuple(each) for each in runs]


def _masks(intervals: Iterable[Interval], span: Span) -> defaultdict[date, int]:
    """By date of the customers' calendar, one bit for each minute their clock shows within the intervals."""
    masks: defaultdict[date, int] = defaultdict(int)
    for interval in intervals:
        for day, start, end in _on_the_clock(interval, span.zone):
            masks[day] |= (1 << end) - (1 << start)
    return masks


def _on_the_clock(interval: Interval, zone: str) -> Iterator[tuple[date, int, int]]:
    """The dates and clock minutes an interval lies on; on a day whose clock goes back, from the earlier to the later."""
    start, end = local(interval.start, zone), local(interval.end, zone)
    day, minute = start.date(), minute_of(start)
    while day < end.date():
        yield day, minute, DAY_MINUTES
        day, minute = day + timedelta(days=1), 0
    if day == end.date() and minute != minute_of(end):
        yield day, min(minute, minute_of(end)), max(minute, minute_of(end))


def _ranges(mask: int) -> tuple[Range, ...]:
    ranges, start = [], 0
    while mask >> start:
        rest = mask >> start
        start += (rest & -rest).bit_length() - 1
        length = (~(mask >> start) & ((mask >> start) + 1)).bit_length() - 1
        ranges.append((start, start + length))
        start += length
    return tuple(ranges)
