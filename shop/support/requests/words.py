"""Requests in words: categories, states, the span of a promise, and why somebody was chosen."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shop.base.i18n import N_, NP_, Tongue
from shop.ground.instants import local
from shop.markets.answering import NO_PROMISE, moment, who_answers
from shop.markets.models import Market
from shop.support.answering.routing import Level, Tier
from shop.support.answering.team import Asked, Outlook, what_is_asked
from shop.support.requests.models import AT_DESK, Request
from shop.support.severity import CRISIS

CATEGORIES = {
    "transit_damage": N_("Damaged in transit"),
    "spare_parts": N_("Spare parts"),
    "use": N_("How to use it"),
    "certification": N_("Certification"),
    "repair": N_("Maintenance or repair"),
    "quality": N_("Quality complaint"),
    "integration": N_("Fitting it together with other things"),
    "safety": N_("Safety"),
    "returns": N_("Returns or guarantee"),
    "other": N_("Something else"),
}
STATES = {
    "waiting_for_shift": N_("Waits for a shift"),
    "due_soon": N_("Due in 30 minutes"),
    "overdue": N_("Overdue"),
    "assigned": N_("Assigned"),
    "referred": N_("Waits for the exporter"),
    "waiting_for_customer": N_("Waits for the customer"),
    "answered": NP_("request", "Answered"),
    "closed": NP_("request", "Closed"),
}
CUSTOMER_STATES = {
    "waiting_for_shift": N_("Waits for somebody to come on duty"),
    "called": N_("Our team has been called"),
    "assigned": N_("Somebody is on it"),
    "referred": N_("Somebody is on it"),
    "answered": NP_("request", "Answered"),
    "closed": NP_("request", "Closed"),
}
SOON = timedelta(minutes=30)

REASONS = {
    "only_one_free": N_("Only one speaker of this level was free: %(first)s"),
    "previous_agent": N_("Has answered this customer before: %(first)s"),
    "closest_variant": N_("Speaks the nearer variant of the language: %(first)s, before %(second)s"),
    "least_loaded": N_("Had the fewest open requests for their capacity: %(first)s, before %(second)s"),
    "longest_idle": N_("Had been free the longest: %(first)s, before %(second)s"),
    "first_by_id": N_("Equal in everything, so the first by name: %(first)s, before %(second)s"),
    "full": N_("On duty, but with no room: %(names)s"),
    "waits": N_("Next on duty: %(names)s. Minutes to wait: %(wait)s"),
    "nobody": N_("Nobody of this level is on duty in the coming weeks."),
    "closed": N_("Not asked, for somebody better comes in time. Minutes to wait: %(wait)s. Limit: %(limit)s"),
    "without_skill": N_("Nobody who is asked has the skill that was wanted, so it was not asked for: %(names)s"),
    "taken": N_("Taken by hand."),
    "passed": N_("Given by a colleague."),
}
LEVELS = {Level.NATIVE: N_("Native speakers, %(language)s"), Level.FLUENT: N_("Fluent speakers, %(language)s")}


def span(tongue: Tongue, start: datetime, end: datetime, zone: str, *, now: datetime) -> str:
    """The promised span in the reader's own time, the day said where it is not today's."""
    first, last, today = (local(each, zone).date() for each in (start, end, now))
    if first != last:
        said = N_("From %(start)s to %(end)s at the latest (your time)")
        return tongue.say(said, start=moment(tongue, start, zone, now=now), end=moment(tongue, end, zone, now=now))
    clocks = {"start": tongue.time(start, zone), "end": tongue.time(end, zone)}
    if first == today:
        return tongue.say(N_("Between %(start)s and %(end)s (your time)"), **clocks)
    if first == today + timedelta(days=1):
        return tongue.say(N_("Tomorrow, between %(start)s and %(end)s (your time)"), **clocks)
    return tongue.say(N_("%(day)s, between %(start)s and %(end)s (your time)"), day=tongue.day(first), **clocks)


def promise_panel(
    tongue: Tongue, seen: Outlook, names: Sequence[str], market: Market, *, now: datetime
) -> dict[str, str]:
    """Who will answer, in which language, and when, before a question is sent; honest where nobody can be promised."""
    if seen.tier is None or seen.on_duty_at is None or seen.promised_at is None:
        return unpromised(tongue)
    when = span(tongue, seen.on_duty_at, seen.promised_at, market.zone, now=now)
    return {"headline": _who(tongue, seen.tier, names), "detail": when}


def request_promise(
    tongue: Tongue, request: Request, names: Sequence[str], market: Market, *, now: datetime
) -> dict[str, str]:
    """The same after it was sent: what was promised stands, whoever has it now."""
    if request.on_duty_at is None or request.promised_at is None:
        return unpromised(tongue)
    when = span(tongue, request.on_duty_at, request.promised_at, market.zone, now=now)
    if request.severity == CRISIS and request.agent is None:
        return {"headline": tongue.say(N_("A person of our team answers you, at any hour")), "detail": when}
    tiers = what_is_asked(request, market).tiers
    tier = tiers[request.tier] if request.tier is not None and request.tier < len(tiers) else tiers[0]
    return {"headline": _who(tongue, tier, names), "detail": when}


def unpromised(tongue: Tongue) -> dict[str, str]:
    """What is said when no time can be promised."""
    return {
        "headline": tongue.say(NO_PROMISE),
        "detail": tongue.say(N_("Your question is kept, our management is told at once, and you get an e-mail.")),
    }


def _who(tongue: Tongue, tier: Tier, names: Sequence[str]) -> str:
    return who_answers(tongue, tier.language, native=tier.min_level is Level.NATIVE, names=names)


def expected_agents(request: Request) -> list[str]:
    """Who is waited for, of those routing last saw; nobody's name is told once somebody has it."""
    waits = [each for each in json.loads(request.reasons) if each["code"] in ("waits", "full")]
    return [agent for each in waits if each["tier"] == request.tier for agent in each["agents"]][:3]


def desk_state(request: Request, *, now: datetime) -> str:
    """The state as the desk's chip shows it: what is late comes before who has it."""
    if request.state in AT_DESK and request.promised_at is not None:
        if request.promised_at < now:
            return "overdue"
        if request.promised_at < now + SOON:
            return "due_soon"
    return {"waiting": "waiting_for_shift", "answered": "waiting_for_customer"}.get(request.state, request.state)


def customer_state(request: Request) -> str:
    """The state as the customer's chip shows it."""
    if request.state != "waiting":
        return request.state
    return "called" if request.severity == CRISIS else "waiting_for_shift"


def reason_lines(tongue: Tongue, request: Request, asked: Asked, names: Mapping[str, str]) -> list[str]:
    """Why this agent, or why nobody yet: one sentence for each step of the decision."""
    return [_reason(tongue, reason, asked, names) for reason in json.loads(request.reasons)]


def _reason(tongue: Tongue, reason: Mapping[str, Any], asked: Asked, names: Mapping[str, str]) -> str:
    who = [names.get(agent, agent) for agent in reason.get("agents", ())]
    figures = {name: tongue.number(round(reason[name])) for name in ("wait", "limit") if name in reason}
    said = tongue.say(
        REASONS[reason["code"]],
        names=tongue.list(who),
        first=who[0] if who else "",
        second=who[-1] if who else "",
        **figures,
    )
    tiers = asked.tiers
    if reason.get("tier") is None or reason["tier"] >= len(tiers):
        return said
    tier = tiers[reason["tier"]]
    level = tongue.say(LEVELS[tier.min_level], language=tongue.language_name(tier.language))
    return tongue.say(N_("%(label)s: %(value)s"), label=level, value=said)
