"""Hours of one clock told on another, as the clocks stand on the day of printing. Pure but for the reader's words."""

from datetime import datetime

from shop.base.i18n import N_, Tongue
from shop.ground.instants import instant_on, local, minute_of
from shop.support.staffed.words import clock

BY_DAY = (8 * 60, 22 * 60)  # of anybody's own clock; else it is night there


def span(start: int, end: int, tongue: Tongue) -> str:
    """Minutes of a day as two times: `08:00–22:00`."""
    return tongue.say(N_("%(start)s–%(end)s"), start=clock(start, tongue), end=clock(end, tongue))


def seen_from(hours: tuple[int, int], zone: str, other: str, *, at: datetime) -> tuple[int, int]:
    """The hours of a zone as minutes of another's day; an end before its start is the next day's."""
    day = local(at, zone).date()
    first, last = (_minute(instant_on(day, minute, zone), other) for minute in hours)
    return first, last


def _minute(instant: datetime, zone: str) -> int:
    return minute_of(local(instant, zone))
