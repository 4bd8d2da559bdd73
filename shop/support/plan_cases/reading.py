"""What the cases of several kinds are made of: agents, schedules, tiers, instants, read strictly.

Each reader turns one JSON-shaped value into a plain type of the rules, or complains in one sentence
that names the key at fault.
"""

import re
from datetime import date, datetime, timedelta

from shop.ground import instants
from shop.ground.duty import Holiday, HolidayRule, Hours, Interval, Schedule, Shift, duty
from shop.ground.instants import DAY_MINUTES, YEARS, parse_clock, parse_date, parse_instant
from shop.support.answering.routing import DEFAULT_CAPACITY, HORIZON, LEVELS, Agent, Ask, Level, Tier
from shop.support.plan_cases.given import Given

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
HOLIDAY_RULES: dict[str, HolidayRule] = {"clock": "clock", "shift_start": "shift_start"}


def ask(given: Given) -> Ask:
    return Ask(language(given.need("language")), given.get("skills", words, frozenset()))


def tier(given: Given) -> Tier:
    return Tier(
        language(given.need("language")),
        given.need("min_level").one_of(LEVELS),
        timedelta(minutes=given.get("if_wait_exceeds_min", Given.number, 0)),
    )


def agents(given: Given, now: datetime) -> list[Agent]:
    found: dict[str, Agent] = {}
    for member in given.members():
        one = agent(member, now)
        if one.id in found:
            raise member.wrong(f"another agent has the id {one.id!r}")
        found[one.id] = one
    return list(found.values())


def agent(given: Given, now: datetime) -> Agent:
    return Agent(
        given.need("id").text(),
        languages(given.need("languages")),
        duty(schedule(given), now, now + HORIZON),
        skills=given.get("skills", words, frozenset()),
        capacity=given.get("capacity", Given.number, DEFAULT_CAPACITY),
        load=given.get("load", Given.number, 0),
        available=given.get("presence", Given.text, "available") == "available",
        idle_since=given.get("idle_since_utc", instant, None),
    )


def schedule(given: Given) -> Schedule:
    return Schedule(
        zone(given.need("zone")),
        tuple(shift(one) for one in given.need("shifts").members()),
        given.get("overrides", overrides, {}),
        tuple(holiday(one) for one in given.get("holidays", Given.members, [])),
        given.get("holiday_rule", holiday_rule, "clock"),
        given.get("absences", windows, ()),
    )


def shift(given: Given) -> Shift:
    worked = hours(given)
    return Shift(
        frozenset(weekday(one) for one in given.need("days").members()),
        worked.start,
        worked.end,
        given.get("valid_from", day, date.min),
        given.get("valid_until", day, date.max),
    )


def weekday(given: Given) -> int:
    number = given.number()
    if number not in range(7):
        raise given.wrong("is not a weekday from 0 (Monday) to 6")
    return int(number)


def overrides(given: Given) -> dict[date, tuple[Hours, ...]]:
    return {
        day(Given(key, value.place)): tuple(hours(one) for one in value.members())
        for key, value in given.items().items()
    }


def hours(given: Given) -> Hours:
    return Hours(opening(given.need("start")), clock(given.need("end")))


def holiday(given: Given) -> Holiday:
    off = day(given.need("date"))
    start, end = given.get("from", opening, None), given.get("to", clock, None)
    if start is None and end is None:
        return Holiday(off)
    return Holiday(off, Hours(start or 0, DAY_MINUTES if end is None else end))


def holiday_rule(given: Given) -> HolidayRule:
    return given.one_of(HOLIDAY_RULES)


def windows(given: Given) -> tuple[Interval, ...]:
    return tuple(window(one) for one in given.members())


def window(given: Given) -> Interval:
    pair = given.members() if isinstance(given.value, list) else [given.need("from"), given.need("to")]
    if len(pair) != 2:
        raise given.wrong("is not a pair of instants")
    start, end = (instant(one) for one in pair)
    if end < start:
        raise given.wrong("ends before it starts")
    return Interval(start, end)


def words(given: Given) -> frozenset[str]:
    return frozenset(one.text() for one in given.members())


def languages(given: Given) -> dict[str, Level]:
    return {language(Given(tag, level.place)): level.one_of(LEVELS) for tag, level in given.items().items()}


def language(given: Given) -> str:
    tag = given.text()
    if not LANGUAGE_TAG.fullmatch(tag):
        raise given.wrong(f"{tag!r} is not a language tag like de or pt-BR")
    return tag


def zone(given: Given) -> str:
    return given.parsed(instants.zone).key


def instant(given: Given) -> datetime:
    read = given.parsed(parse_instant)
    if read.year not in YEARS:
        raise given.wrong(f"lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return read


def day(given: Given) -> date:
    return given.parsed(parse_date)


def day_in_reach(given: Given) -> date:
    """A date that arithmetic is done on, not one that merely limits."""
    found = day(given)
    if found.year not in YEARS:
        raise given.wrong(f"lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return found


def clock(given: Given) -> int:
    return given.parsed(parse_clock)


def pair_of_clocks(given: Given) -> Hours:
    ends = given.members()
    if len(ends) != 2:
        raise given.wrong("is not a pair of clock times")
    return Hours(opening(ends[0]), clock(ends[1]))


def opening(given: Given) -> int:
    minute = clock(given)
    if minute == DAY_MINUTES:
        raise given.wrong("24:00 ends a day and starts nothing")
    return minute
