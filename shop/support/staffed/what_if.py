"""Hours that nobody works yet, as a person writes them: `Osaka 9-13`, `Asia/Tokyo 09:00-13:00 mon-fri ja native`.

The place comes first: an IANA time zone, the city in its name, or a place of one of the agents. Then, in any order:
the hours (needed), days (`mon-fri`, `sat,sun`, `daily`; without them Monday to Friday), a language tag (without one
every language of the market) and a level (`native` or `fluent`; without one native). Nothing of it is stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from shop.base.i18n import N_
from shop.ground.duty import Interval, Schedule, Shift, duty
from shop.ground.instants import DAY_MINUTES
from shop.support.answering.languages import variant_rank
from shop.support.answering.routing import LEVELS, Level

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = frozenset(range(5))
HOURS = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*[-–]\s*(\d{1,2})(?::([0-5]\d))?")
TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
MOST_WRITTEN = 100


class UnreadableShift(ValueError):
    """The hours cannot be read; `message` says what is wrong with them, for the reader's language to word."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Imagined:
    """Weekly hours of somebody who does not exist; an empty language is any."""

    zone: str
    shift: Shift
    language: str = ""
    level: Level = Level.NATIVE

    def answers(self, language: str, level: Level) -> bool:
        """Whether this person answers in the language at the level or above."""
        fits = not self.language or variant_rank(self.language, language, True) is not None
        return fits and self.level >= level

    def duty(self, known: Interval) -> tuple[Interval, ...]:
        """When this person would be on duty."""
        return duty(Schedule(self.zone, (self.shift,)), known.start, known.end)


def imagined(text: str, places: Mapping[str, str]) -> Imagined:
    """Read what was written; `places` are zones by the places of agents. Raises UnreadableShift."""
    if len(text) > MOST_WRITTEN:
        raise UnreadableShift(N_("These hours are written at too great a length."))
    found = HOURS.search(text)
    if not found:
        raise UnreadableShift(N_("Please write hours such as 9-13 or 09:00-13:00."))
    place, rest = text[: found.start()], text[found.end() :]
    start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    if start == DAY_MINUTES:
        raise UnreadableShift(N_("No hours start at 24:00; please write 0."))
    zone, left = _zone(place.split(), places)
    days, language, level = WEEKDAYS, "", Level.NATIVE
    for word in [*left, *rest.replace(", ", ",").split()]:
        lower = word.lower()
        if named := _days(lower):
            days = named
        elif lower in ("native", "fluent"):
            level = LEVELS[lower]
        elif TAG.fullmatch(word):
            language = word
        else:
            raise UnreadableShift(N_("This is neither days, nor a language, nor native or fluent: %(word)s"), word=word)
    return Imagined(zone, Shift(days, start, end), language, level)


def _minute(hour: str, minute: str | None) -> int:
    found = int(hour) * 60 + int(minute or 0)
    if found > DAY_MINUTES:
        raise UnreadableShift(N_("This is no time of the day: %(word)s"), word=f"{hour}:{minute or '00'}")
    return found


def _zone(words: list[str], places: Mapping[str, str]) -> tuple[str, list[str]]:
    """The zone of the longest beginning that names a place, and the words that are left."""
    known = {**_cities(), **{place.casefold(): zone for place, zone in places.items()}}
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length]).casefold()
        if name in known:
            return known[name], words[length:]
    raise UnreadableShift(N_("Please begin with a place, or a time zone such as Asia/Tokyo."))


@cache
def _cities() -> dict[str, str]:
    """Zones by their whole name and by the city in it, both as people may write them."""
    zones = sorted(each for each in available_timezones() if "/" in each or each == "UTC")
    by_city = {each.rpartition("/")[2].replace("_", " ").casefold(): each for each in reversed(zones)}
    return by_city | {each.casefold(): each for each in zones}


def _days(text: str) -> frozenset[int]:
    """`mon-fri`, `sat,sun`, `daily`; nothing where the text names no days."""
    if text in ("daily", "mon-sun"):
        return frozenset(range(7))
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return frozenset()
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return frozenset(days)
