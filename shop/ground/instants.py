"""Instants and wall clocks: aware UTC on one side, a naive local time and its zone on the other.

Holds the only two ways from a wall clock to UTC, and the strict readers of instants, dates and
clock times. The pinned tzdata package alone decides what a zone's clock shows; the machine's own
zone files are refused, for they are often older.
"""

import re
import zoneinfo
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
YEARS = range(1970, 2200)  # beyond them zone data and calendar arithmetic mean nothing

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"([0-9]{2}):([0-5][0-9])")


class UnknownZone(ValueError):
    """The name is not that of an IANA time zone in the pinned tzdata."""


class UnreadableTime(ValueError):
    """The text is not an instant, a date or a clock time in the one form that is read."""


def pin_time_zones() -> None:
    """Let the tzdata package decide, whatever the machine has; forget what was worked out."""
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    for remembered in (zone, _known_zones, instant_on):
        remembered.cache_clear()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; raises UnknownZone."""
    if name not in _known_zones():
        raise UnknownZone(f"{name!r} is not a known time zone")
    return ZoneInfo(name)


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def days_from(first: date, last: date) -> list[date]:
    """The days from one to another, both among them; none where the last lies before the first."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def minute_of(clock: time | datetime) -> int:
    """The minute of its day that a clock shows."""
    return clock.hour * 60 + clock.minute


def instant_of(wall: datetime, zone_name: str) -> datetime:
    """The instant of a wall time as shifts mean it (RFC 5545, 3.3.5).

    A time that the clock skips takes the offset before the gap; one shown twice is the first one.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no zone of its own")
    return wall.replace(tzinfo=zone(zone_name), fold=0).astimezone(UTC)


def first_instant(wall: datetime, zone_name: str) -> datetime:
    """The instant of a wall time as schedules mean it.

    A time that the clock skips is the first minute after it that exists; one shown twice is the
    first one.
    """
    instant = instant_of(wall, zone_name)
    if local(instant, zone_name).replace(tzinfo=None) == wall:
        return instant
    return _end_of_gap(wall, zone_name)


@lru_cache(maxsize=1 << 16)
def instant_on(day: date, minute: int, zone_name: str) -> datetime:
    """The instant at which the clock shows `minute` minutes after 00:00 of `day`.

    Counted on the clock's face, not in elapsed time: 540 is 09:00 on a day of 23 hours too. 1440
    and more reach into the next day.
    """
    # Remembered, because thousands of agents start at nine in the same zone.
    return instant_of(datetime.combine(day, time.min) + timedelta(minutes=minute), zone_name)


def local(instant: datetime, zone_name: str) -> datetime:
    """The instant as the clock of that zone shows it, with its offset."""
    return instant.astimezone(zone(zone_name))


def next_day(instant: datetime, zone_name: str) -> datetime:
    """The instant at which the calendar of that zone turns to its next day."""
    tomorrow = local(instant, zone_name).date() + timedelta(days=1)
    return first_instant(datetime.combine(tomorrow, time()), zone_name)


def iso(instant: datetime) -> str:
    """The instant in UTC, written with Z."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime:
    """Read `2026-11-24T09:00:00Z`; a text without Z names no instant and raises UnreadableTime."""
    if not INSTANT.fullmatch(text):
        raise UnreadableTime(f"{text!r} is not an instant like 2026-11-24T09:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise UnreadableTime(f"{text!r} is not an instant: {error}") from error


def parse_date(text: str) -> date:
    """Read `2026-11-24`; raises UnreadableTime."""
    if not DATE.fullmatch(text):
        raise UnreadableTime(f"{text!r} is not a date like 2026-11-24")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableTime(f"{text!r} is not a date: {error}") from error


def as_day(text: str) -> date | None:
    """The date of a text like `2026-11-24`, as a browser's own field sends it; None for every other text."""
    try:
        return parse_date(text)
    except UnreadableTime:
        return None


def parse_wall(text: str) -> datetime:
    """Read `2026-11-24T09:00`, a wall time of one of YEARS without a zone; raises UnreadableTime."""
    day, _, clock = text.partition("T")
    minutes = parse_clock(clock)
    if minutes == DAY_MINUTES or parse_date(day).year not in YEARS:
        raise UnreadableTime(f"{text!r} is not a wall time like 2026-11-24T09:00")
    return datetime.combine(parse_date(day), time()) + timedelta(minutes=minutes)


def parse_clock(text: str) -> int:
    """Read `09:00` as minutes after 00:00; `24:00`, a day's end, is 1440. Or UnreadableTime."""
    found = CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise UnreadableTime(f"{text!r} is not a clock time from 00:00 to 24:00")
    return minutes


def _end_of_gap(wall: datetime, zone_name: str) -> datetime:
    skipped = wall.replace(second=0, microsecond=0, tzinfo=zone(zone_name))
    before = skipped.utcoffset()
    # Read with the offset after the gap, a skipped time lies before the clock's change; read with
    # the offset before the gap, it lies at the change or after it.
    earliest, latest = skipped.replace(fold=1).astimezone(UTC), skipped.astimezone(UTC)

    def has_changed(minutes: int) -> bool:
        return local(earliest + minutes * MINUTE, zone_name).utcoffset() != before

    span = range((latest - earliest) // MINUTE)
    return earliest + bisect_left(span, True, key=has_changed) * MINUTE


pin_time_zones()
