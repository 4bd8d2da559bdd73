"""Answering a case of `softlaunch plan`: a JSON document, read strictly and answered by the real rules.

Knows support's kinds of case and the form of their answers; slices to the right bring kinds of their
own. Decides nothing itself, and refuses what it cannot read with one sentence that names the key at fault.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from shop.ground.duty import HoursRunOut, business_due, duty
from shop.ground.instants import iso, local
from shop.support.answering.deciding import route
from shop.support.answering.routing import Routed
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.coverage import answer_coverage
from shop.support.plan_cases.given import Answer, Given, UnreadableCase
from shop.support.plan_cases.handover import answer_handover
from shop.support.plan_cases.notice import notice
from shop.support.plan_cases.oncall import oncall
from shop.support.plan_cases.staffing import answer_staffing

# Most budgets end within weeks; only a calendar that hardly ever opens is unrolled for years.
DAYS_AHEAD = (40, 400, 4000)

Kinds = Mapping[str, Callable[[Given], Answer]]


def answers(document: object, kinds: Kinds | None = None) -> tuple[list[Answer] | Answer, bool]:
    """Answer one case or a list of them by these kinds (None: those of support), and say whether all could be read.

    One that cannot is answered `{"error": "..."}` in its place.
    """
    if not isinstance(document, list):
        one = _answer_or_error(document, kinds)
        return one, "error" not in one
    several = [_answer_or_error(case, kinds) for case in document]
    return several, not any("error" in one for one in several)


def answer(case: object, kinds: Kinds | None = None) -> Answer:
    """Answer one case by its kind; raises UnreadableCase."""
    given = Given(case, "")
    return given.need("kind").one_of(kinds or KINDS)(given)


def _answer_or_error(case: object, kinds: Kinds | None) -> Answer:
    try:
        return answer(case, kinds)
    except UnreadableCase as error:
        return {"error": str(error)}


def _route(case: Given) -> Answer:
    now = read.instant(case.need("now_utc"))
    market = case.need("market")
    zone = read.zone(market.need("zone"))
    routed = route(
        read.ask(case.need("request")),
        [read.tier(one) for one in market.need("tiers").members()],
        read.agents(case.need("agents"), now),
        now,
        accept_variants=market.get("accept_variants", Given.flag, False),
    )
    return _routed(routed, zone)


def _routed(routed: Routed, zone: str) -> Answer:
    answer: Answer = {"state": routed.state}
    if routed.tier is not None and routed.state != "queued_at_capacity":  # then no tier has answered
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
    start = read.instant(case.need("start_utc"))
    budget = case.need("business_minutes")
    minutes = budget.number()
    calendars = [read.schedule(given) for given in case.need("calendar").members()]
    pauses = case.get("pauses_utc", read.windows, ())
    for days in DAYS_AHEAD:
        end = start + timedelta(days=days)
        hours = [interval for each in calendars for interval in duty(each, start, end)]
        with suppress(HoursRunOut):
            return {"due_utc": iso(business_due(start, minutes, hours, pauses))}
    raise budget.wrong(f"the calendar has fewer business minutes in {DAYS_AHEAD[-1]} days")


KINDS: Kinds = {
    "route": _route,
    "sla_due": _sla_due,
    "coverage": answer_coverage,
    "handover": answer_handover,
    "staffing": answer_staffing,
    "oncall": oncall,
    "notice": notice,
}
