"""Every minute of 2026 and 2027 on the clocks of thirty zones: who is on duty, against a second way of working it out.

Both nights on which clocks change, clocks at three quarters of an hour, changes at midnight and of half an hour, and
three shifts around the clock that must cover every minute once.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from shop.ground.duty import Holiday, Hours, Interval, Schedule, Shift, duty
from tests.faults.fault import Fault, Place, Size
from tests.faults.oracle import AFTER, FIRST, MINUTES, Face, face, marked, on_duty
from tests.world import TUESDAY

MARKETS = (
    "Europe/Berlin", "Pacific/Auckland", "Europe/Zurich", "Asia/Tokyo", "Asia/Dubai", "America/Toronto",
    "America/New_York", "America/Sao_Paulo", "Asia/Kuwait",
)  # fmt: skip
STRANGE = (
    "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Beirut",
    "America/Havana", "Africa/Casablanca", "America/St_Johns", "Asia/Kolkata", "Australia/Adelaide",
    "Australia/Eucla", "Pacific/Apia", "Pacific/Kiritimati", "America/Asuncion", "Asia/Tehran", "Europe/Dublin",
    "America/Nuuk", "Europe/Lisbon", "Antarctica/Troll", "Pacific/Marquesas",
)  # fmt: skip
WEEKDAYS, ALL = frozenset(range(5)), frozenset(range(7))
AROUND = [Shift(ALL, start, start + 480) for start in (0, 480, 960)]
AT_THE_CHANGE = [Shift(ALL, 60, 125), Shift(ALL, 90, 150), Shift(ALL, 150, 195), Shift(ALL, 1410, 15)]


def schedules(zone: str) -> Iterator[Schedule]:
    """Days, nights, hours that begin and end where clocks change, with days off, hours of their own and absences."""
    nights = (Shift(frozenset((4, 5, 6)), 22 * 60, 6 * 60), Shift(WEEKDAYS, 9 * 60, 17 * 60 + 30))
    own = {date(2026, 3, 29): (Hours(120, 180), Hours(1320, 60)), date(2027, 10, 31): ()}
    off = tuple(Holiday(day) for day in (date(2026, 1, 1), date(2026, 10, 25), date(2027, 4, 4), date(2027, 12, 25)))
    away = (Interval(FIRST + timedelta(days=88, minutes=7), FIRST + timedelta(days=88, hours=9)),)
    yield Schedule(zone, nights, overrides=own, holidays=off, absences=away)
    yield from (Schedule(zone, (each,)) for each in AT_THE_CHANGE)


def run(place: Place, size: Size) -> str:
    """The full form takes every zone; the short one the market with the greatest changes and one strange clock."""
    chance = size.random()
    zones = [*MARKETS, *STRANGE] if size.full else [chance.choice(("Europe/Berlin", "Pacific/Auckland"))]
    zones += [] if size.full else [chance.choice(STRANGE)]
    compared = sum(_compare(zone, face(zone)) for zone in zones)
    place.prove(now=TUESDAY)
    return f"{compared:,} minutes compared in {len(zones)} zones, each covered once by three shifts"


def _compare(zone: str, clock: Face) -> int:
    compared = 0
    for schedule in schedules(zone):
        ours, theirs = marked(duty(schedule, FIRST, AFTER)), on_duty(schedule, clock)
        assert ours == theirs, _first_difference(zone, ours, theirs)
        compared += MINUTES
    together = [duty(Schedule(zone, (shift,)), FIRST, AFTER) for shift in AROUND]
    counted = marked(each for intervals in together for each in intervals)
    assert counted.count(1) == MINUTES, _first_difference(zone, counted, bytearray(b"\1" * MINUTES))
    return compared + MINUTES


def _first_difference(zone: str, ours: bytearray, theirs: bytearray) -> str:
    minute = next(each for each in range(MINUTES) if ours[each] != theirs[each])
    return f"{zone} at {FIRST + timedelta(minutes=minute)}: {ours[minute]}, not {theirs[minute]}"


FAULT = Fault(
    "minutes", "clocks change at night, at midnight, by half an hour; duty minute by minute", run, ("sqlite",)
)
