"""The dry run: a case in the form of a JSON document, read strictly and answered by the real rules.

Turns JSON-shaped values into the plain types of the rules, here and nowhere else. Decides nothing
itself, and refuses what it cannot read with one sentence that names the key at fault.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from shop.ground.duty import (
    Holiday,
    HolidayRule,
    Hours,
    HoursRunOut,
    Interval,
    Schedule,
    Shift,
    business_due,
    duty,
)
from shop.ground.instants import (
    DAY_MINUTES,
    iso,
    local,
    parse_clock,
    parse_date,
    parse_instant,
    zone,
)
from shop.support.given import Given, UnreadableCase
from shop.support.routing import (
    DEFAULT_CAPACITY,
    HORIZON,
    LEVELS,
    Agent,
    Ask,
    Level,
    Routed,
    Tier,
    route,
)

Answer = dict[str, object]
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
# Beyond these years zone data and calendar arithmetic mean nothing.
YEARS = range(1970, 2200)
HOLIDAY_RULES: dict[str, HolidayRule] = {"clock": "clock", "shift_start": "shift_start"}
# Most budgets end within weeks; only a calendar that hardly ever opens is unrolled for years.
DAYS_AHEAD = (40, 400, 4000)


def answers(document: object) -> tuple[list[Answer] | Answer, bool]:
    """Answer one case or a list of them, and say whether all could be read.

    One that cannot is answered `{"error": "..."}` in its place.
    """
    if not isinstance(document, list):
        one = _answer_or_error(document)
        return one, "error" not in one
    several = [_answer_or_error(case) for case in document]
    return several, not any("error" in one for one in several)


def answer(case: object) -> Answer:
    """Answer one case by its kind; raises UnreadableCase."""
    given = Given(case, "")
    return given.need("kind").one_of(KINDS)(given)


def _answer_or_error(case: object) -> Answer:
    try:
        return answer(case)
    except UnreadableCase as error:
        return {"error": str(error)}


def _route(case: Given) -> Answer:
    now = _instant(case.need("now_utc"))
    market = case.need("market")
    zone = _zone(market.need("zone"))
    routed = route(
        _ask(case.need("request")),
        [_tier(one) for one in market.need("tiers").members()],
        _agents(case.need("agents"), now),
        now,
        accept_variants=market.get("accept_variants", Given.flag, False),
    )
    return _routed(routed, zone)


def _routed(routed: Routed, zone: str) -> Answer:
    answer: Answer = {"state": routed.state}
    if routed.tier is not None:
        answer["tier"] = routed.tier
    if routed.state == "assigned":
        answer["assign_to"] = routed.assign_to
        answer["order"] = list(routed.order)
        answer["eligible_now"] = list(routed.eligible_now)
    if routed.on_duty_until:
        answer["agent_on_duty_until_utc"] = iso(routed.on_duty_until)
    if routed.on_duty_at:
        answer["promise_utc"] = iso(routed.on_duty_at)
        answer["promise_agents"] = list(routed.promise_agents)
        answer["promise_in_customer_zone"] = local(routed.on_duty_at, zone).isoformat()
    if routed.state == "queued_at_capacity":
        answer["eligible_on_duty_full"] = list(routed.on_duty_full)
    return answer


def _sla_due(case: Given) -> Answer:
    start = _instant(case.need("start_utc"))
    budget = case.need("business_minutes")
    minutes = budget.number()
    calendars = [_schedule(given) for given in case.need("calendar").members()]
    pauses = case.get("pauses_utc", _windows, ())
    for days in DAYS_AHEAD:
        end = start + timedelta(days=days)
        hours = [interval for each in calendars for interval in duty(each, start, end)]
        with suppress(HoursRunOut):
            return {"due_utc": iso(business_due(start, minutes, hours, pauses))}
    raise budget.wrong(f"the calendar has fewer business minutes in {DAYS_AHEAD[-1]} days")


def _ask(given: Given) -> Ask:
    return Ask(_language(given.need("language")), given.get("skills", _words, frozenset()))


def _tier(given: Given) -> Tier:
    return Tier(
        _language(given.need("language")),
        given.need("min_level").one_of(LEVELS),
        timedelta(minutes=given.get("if_wait_exceeds_min", Given.number, 0)),
    )


def _agents(given: Given, now: datetime) -> list[Agent]:
    agents: dict[str, Agent] = {}
    for member in given.members():
        agent = _agent(member, now)
        if agent.id in agents:
            raise member.wrong(f"another agent has the id {agent.id!r}")
        agents[agent.id] = agent
    return list(agents.values())


def _agent(given: Given, now: datetime) -> Agent:
    return Agent(
        given.need("id").text(),
        _languages(given.need("languages")),
        duty(_schedule(given), now, now + HORIZON),
        skills=given.get("skills", _words, frozenset()),
        capacity=given.get("capacity", Given.number, DEFAULT_CAPACITY),
        load=given.get("load", Given.number, 0),
        available=given.get("presence", Given.text, "available") == "available",
        idle_since=given.get("idle_since_utc", _instant, None),
    )


def _schedule(given: Given) -> Schedule:
    return Schedule(
        _zone(given.need("zone")),
        tuple(_shift(one) for one in given.need("shifts").members()),
        given.get("overrides", _overrides, {}),
        tuple(_holiday(one) for one in given.get("holidays", Given.members, [])),
        given.get("holiday_rule", _holiday_rule, "clock"),
        given.get("absences", _windows, ()),
    )


def _shift(given: Given) -> Shift:
    hours = _hours(given)
    return Shift(
        frozenset(_weekday(one) for one in given.need("days").members()),
        hours.start,
        hours.end,
        given.get("valid_from", _date, date.min),
        given.get("valid_until", _date, date.max),
    )


def _weekday(given: Given) -> int:
    number = given.number()
    if number not in range(7):
        raise given.wrong("is not a weekday from 0 (Monday) to 6")
    return int(number)


def _overrides(given: Given) -> dict[date, tuple[Hours, ...]]:
    return {
        _date(Given(day, hours.place)): tuple(_hours(one) for one in hours.members())
        for day, hours in given.items().items()
    }


def _hours(given: Given) -> Hours:
    return Hours(_opening(given.need("start")), _clock(given.need("end")))


def _holiday(given: Given) -> Holiday:
    day = _date(given.need("date"))
    start, end = given.get("from", _opening, None), given.get("to", _clock, None)
    if start is None and end is None:
        return Holiday(day)
    return Holiday(day, Hours(start or 0, DAY_MINUTES if end is None else end))


def _holiday_rule(given: Given) -> HolidayRule:
    return given.one_of(HOLIDAY_RULES)


def _windows(given: Given) -> tuple[Interval, ...]:
    return tuple(_window(one) for one in given.members())


def _window(given: Given) -> Interval:
    pair = given.members() if isinstance(given.value, list) else [given.need("from"), given.need("to")]
    if len(pair) != 2:
        raise given.wrong("is not a pair of instants")
    start, end = (_instant(one) for one in pair)
    if end < start:
        raise given.wrong("ends before it starts")
    return Interval(start, end)


def _words(given: Given) -> frozenset[str]:
    return frozenset(one.text() for one in given.members())


def _languages(given: Given) -> dict[str, Level]:
    return {_language(Given(tag, level.place)): level.one_of(LEVELS) for tag, level in given.items().items()}


def _language(given: Given) -> str:
    tag = given.text()
    if not LANGUAGE_TAG.fullmatch(tag):
        raise given.wrong(f"{tag!r} is not a language tag like de or pt-BR")
    return tag


def _zone(given: Given) -> str:
    return given.parsed(zone).key


def _instant(given: Given) -> datetime:
    instant = given.parsed(parse_instant)
    if instant.year not in YEARS:
        raise given.wrong(f"lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return instant


def _date(given: Given) -> date:
    return given.parsed(parse_date)


def _clock(given: Given) -> int:
    return given.parsed(parse_clock)


def _opening(given: Given) -> int:
    minute = _clock(given)
    if minute == DAY_MINUTES:
        raise given.wrong("24:00 ends a day and starts nothing")
    return minute


KINDS: dict[str, Callable[[Given], Answer]] = {"route": _route, "sla_due": _sla_due}
