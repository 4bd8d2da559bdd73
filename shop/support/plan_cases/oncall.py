"""Cases of `oncall`: who is paged when nobody acknowledges, and what the customer of a crisis is promised."""

from datetime import timedelta

from shop.ground.instants import iso
from shop.support.crisis.oncall import ACKNOWLEDGE_MINUTES, ROTATION, Override, Rotation, pages
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.given import Answer, Given
from shop.support.severity import CRISIS_MINUTES

CHAIN = (ROTATION,)
CRISIS = "crisis"
LONGEST_TURN = 366
LONGEST_WAIT = 7 * 24 * 60


def oncall(case: Given) -> Answer:
    """Who is on call, by the rotation and its overrides, and who is paged after them."""
    now = read.instant(case.need("now_utc"))
    chain = case.get("chain", _chain, CHAIN)
    timeout = timedelta(minutes=case.get("ack_timeout_min", _minutes, ACKNOWLEDGE_MINUTES))
    paged = pages(_rotation(case.need("rotation")), chain, now=now, timeout=timeout)
    answer: Answer = {"page": [{"user": each.user, "at_utc": iso(each.at)} for each in paged]}
    severity = case.get("request", lambda given: given.get("severity", Given.text, ""), "")
    minutes = case.get("crisis_promise_min", _minutes, CRISIS_MINUTES if severity == CRISIS else None)
    if minutes is not None:
        answer["customer_promise_utc"] = iso(now + timedelta(minutes=minutes))
    if severity:
        answer["auto_acknowledge_in_customer_language"] = severity == CRISIS
    return answer


def _rotation(given: Given) -> Rotation:
    days = given.need("period_days")
    if (number := days.number()) != int(number) or not 1 <= number <= LONGEST_TURN:
        raise days.wrong(f"is not a whole number of days from 1 to {LONGEST_TURN}")
    return Rotation(
        zone=read.zone(given.need("zone")),
        starts_on=read.day_in_reach(given.need("start_date")),
        handoff=read.opening(given.need("handoff")),
        period_days=int(number),
        users=tuple(each.text() for each in given.need("users").members()),
        overrides=tuple(_override(each) for each in given.get("overrides", Given.members, [])),
    )


def _override(given: Given) -> Override:
    span = read.window(given)
    return Override(span.start, span.end, given.need("user").text())


def _chain(given: Given) -> tuple[str, ...]:
    return tuple(each.text() for each in given.members())


def _minutes(given: Given) -> float:
    if (minutes := given.number()) > LONGEST_WAIT:
        raise given.wrong(f"is more than {LONGEST_WAIT} minutes")
    return minutes
