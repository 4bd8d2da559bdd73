"""How long coverage takes: 50 markets over 8 weeks, with the table of hours and the uncovered hours in patterns."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from shop.ground.duty import Hours, Interval, Schedule, Shift, duty
from shop.support.staffed.coverage import Span, by_week, cover
from shop.support.staffed.grid import grid
from shop.support.staffed.spans import besides_alike, usual_alike, weekly

MARKETS, WEEKS, AGENTS_OF_A_MARKET = 50, 8, 20
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe")
FIRST = date(2027, 3, 1)  # the weeks in which most clocks change
KNOWN = Interval(datetime(2027, 2, 27, tzinfo=UTC), datetime(2027, 4, 28, tzinfo=UTC))


def lines() -> Iterator[tuple[str, float, str, str]]:
    """What is measured, the figure, what it may be, and over how much it was taken."""
    chance = random.Random(1)
    markets = [[_person(chance) for _ in range(AGENTS_OF_A_MARKET)] for _ in range(MARKETS)]
    began = time.process_time()
    for number, people in enumerate(markets):
        _reckon(ZONES[number % len(ZONES)], people)
    seconds = time.process_time() - began
    over = f"{MARKETS} markets x {WEEKS} weeks, {AGENTS_OF_A_MARKET} people each"
    yield "coverage of all markets, seconds", seconds, "<= 2", over


def _person(chance: random.Random) -> tuple[Interval, ...]:
    shift = Shift(frozenset(range(5)), chance.choice((480, 540, 600)), chance.choice((960, 1020, 1080)))
    return duty(Schedule(chance.choice(ZONES), (shift,)), KNOWN.start, KNOWN.end)


def _reckon(zone: str, people: list[tuple[Interval, ...]]) -> None:
    span = Span(zone, FIRST, 7 * WEEKS, Hours(480, 1320))
    native, fluent = people[: len(people) // 2], people[len(people) // 2 :]
    found = cover(span, [each for duty in native for each in duty], [each for duty in fluent for each in duty])
    week = weekly(found.holes, span)
    by_week(found.holes, span), grid(span, found), usual_alike(week), besides_alike(week)
