"""Duty worked out a second time and in another way: minute by minute from how far a zone's clock is from UTC.

It asks the zone only for its offset at an instant of UTC, never what a wall time means: that is what it is to prove.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shop.ground.duty import Interval, Schedule

FIRST, AFTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
MINUTES = (AFTER - FIRST) // timedelta(minutes=1)
MARGIN = 3 * 24 * 60  # minutes beyond both ends, for hours that reach in


@dataclass(frozen=True, slots=True)
class Face:
    """A zone's clock: from minute `since[n]` on it is `ahead[n]` minutes ahead of UTC."""

    since: tuple[int, ...]
    ahead: tuple[int, ...]

    def minute_of(self, wall: int) -> int:
        """The minute of UTC of a wall time, both counted from FIRST; a skipped one is read with the offset before."""
        shown = [wall - offset for offset in sorted(set(self.ahead), reverse=True)]
        right = [minute for minute in shown if minute + self._at(minute) == wall]
        return min(right) if right else wall - self._before(wall)

    def _at(self, minute: int) -> int:
        return self.ahead[max(0, bisect_right(self.since, minute) - 1)]

    def _before(self, wall: int) -> int:
        """What the clock was ahead by before the change that skips this wall time."""
        changes = zip(self.since[1:], self.ahead, self.ahead[1:], strict=False)
        return next(before for at, before, after in changes if at + before <= wall < at + after)


def face(zone: str) -> Face:
    """Read a zone's offsets, every fifteen minutes and then to the minute."""
    clock, since, ahead = ZoneInfo(zone), [-MARGIN], [_ahead(ZoneInfo(zone), -MARGIN)]
    for minute in range(-MARGIN, MINUTES + MARGIN, 15):
        if (offset := _ahead(clock, minute)) != ahead[-1]:
            changed = next(each for each in range(minute - 14, minute + 1) if _ahead(clock, each) == offset)
            since.append(changed)
            ahead.append(offset)
    return Face(tuple(since), tuple(ahead))


def on_duty(schedule: Schedule, clock: Face) -> bytearray:
    """For each minute from FIRST to AFTER whether the schedule has it worked."""
    worked, free = bytearray(MINUTES), bytearray(MINUTES)
    for number in range(-3, MINUTES // (24 * 60) + 3):
        day = FIRST.date() + timedelta(days=number)
        for start, end in _hours(schedule, day):
            reach = end if end > start else end + 24 * 60
            _mark(worked, clock.minute_of(number * 1440 + start), clock.minute_of(number * 1440 + reach))
        for holiday in schedule.holidays:
            if holiday.day == day:
                _mark(free, clock.minute_of(number * 1440), clock.minute_of((number + 1) * 1440))
    for absence in schedule.absences:
        _mark(free, *_minutes(absence))
    return bytearray(a & (1 - b) for a, b in zip(worked, free, strict=True))


def marked(intervals: Iterable[Interval]) -> bytearray:
    """The minutes that lie in one of these; a minute in two of them is counted twice."""
    counted = bytearray(MINUTES)
    for each in intervals:
        start, end = _minutes(each)
        for minute in range(max(start, 0), min(end, MINUTES)):
            counted[minute] += 1
    return counted


def _hours(schedule: Schedule, day: date) -> list[tuple[int, int]]:
    if day in schedule.overrides:
        return [(each.start, each.end) for each in schedule.overrides[day]]
    return [(each.start, each.end) for each in schedule.shifts if day.weekday() in each.days]


def _minutes(span: Interval) -> tuple[int, int]:
    return (span.start - FIRST) // timedelta(minutes=1), (span.end - FIRST) // timedelta(minutes=1)


def _mark(minutes: bytearray, start: int, end: int) -> None:
    first, last = max(start, 0), min(end, MINUTES)
    if first < last:
        minutes[first:last] = b"\1" * (last - first)


def _ahead(clock: ZoneInfo, minute: int) -> int:
    offset = (FIRST + timedelta(minutes=minute)).astimezone(clock).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1)
