"""Coverage: how much of the hours in which customers are awake somebody is there for, natively, fluently or not at all.

Pure arithmetic on intervals. Minutes are those that really pass: a day on which the clocks change has 23 or 25 hours
here too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shop.ground.duty import Hours, Interval, merged, minus
from shop.ground.instants import MINUTE, instant_on


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of the customers' calendar, and the hours of each in which they are awake."""

    zone: str
    first: date
    days: int
    waking: Hours

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=number) for number in range(self.days))

    def windows(self) -> tuple[Interval, ...]:
        """The waking hours: sorted and disjoint, those that touch across midnight made one."""
        return merged(self.waking.on(day, self.zone) for day in self.dates)


@dataclass(frozen=True, slots=True)
class Covered:
    """The waking hours of a span by who is there: natively, else fluently, else nobody. All sorted and disjoint."""

    waking: tuple[Interval, ...]
    native: tuple[Interval, ...]
    fluent: tuple[Interval, ...]
    holes: tuple[Interval, ...]


def cover(span: Span, native: Iterable[Interval], fluent: Iterable[Interval] = ()) -> Covered:
    """Part the waking hours by who is on duty; fluent speakers count where no native one is there."""
    waking = span.windows()
    without_native = minus(waking, native)
    holes = minus(without_native, fluent)
    return Covered(waking, minus(waking, without_native), minus(without_native, holes), holes)


def minutes(intervals: Iterable[Interval]) -> float:
    """How many minutes really pass in these disjoint intervals."""
    return sum((each.end - each.start for each in intervals), timedelta()) / MINUTE


def by_week(intervals: Iterable[Interval], span: Span) -> list[float]:
    """The minutes of these disjoint intervals by week of the span, its first day beginning each; an overhang counts."""
    weeks = range(max(1, span.days // 7))
    starts = [instant_on(span.first + timedelta(weeks=number), 0, span.zone) for number in weeks]
    found = [0.0 for _ in weeks]
    for interval in intervals:
        for number, start in enumerate(starts):
            end = min(interval.end, starts[number + 1]) if number + 1 < len(starts) else interval.end
            found[number] += max(end - (max(interval.start, start) if number else interval.start), timedelta()) / MINUTE
    return found
