"""How the events of markets are told: what was done, what became of what, who did it and by which rule."""

from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.ground.instants import local
from shop.launches.auditing.trail import changed
from shop.launches.changing.change_words import FIELDS, value_words
from shop.launches.changing.counts import DAYS, ORDERS, SAID
from shop.launches.stop_lines.line_words import change_words
from shop.launches.words import ACTIONS, MODE_WORDS, clock, state_word
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.words import rule_sentence

NAMES = {
    **FIELDS,
    "ever_sold": N_("Has ever sold"),
    "announced": N_("Announced as coming"),
    "step": N_("Planned change"),
    "planned": N_("Planned for, by the clock there"),
    "due": N_("Due"),
    "invitation": N_("Invitation"),
    "uses": N_("For how many visitors"),
    "expires": N_("Valid until"),
    "sku": N_("SKU"),
    "stop_lines": N_("Targets and stop lines"),
    "sale": N_("Sale"),
    "policy": N_("Policy"),
    "denial": N_("Refusal of a customer"),
    "research": N_("Research"),
    DAYS: N_("Days counted"),
    ORDERS: N_("Paid orders counted"),
    SAID: N_("Recommendation"),
}
RULES = {
    "schedule": N_("as planned"),
    "zone data": N_("the clock rules of the place have changed"),
}


def event_row(
    event: LaunchEvent, market: Market, *, people: Mapping[str, str], home: str, tongue: Tongue
) -> dict[str, Any]:
    """One event as the page shows it."""
    return {
        "id": event.id,
        "market": market.id,
        "place": tongue.territory(market.country),
        "what": deed(event, tongue),
        "moved": event.from_state != event.to_state,
        "before": (event.from_state, state_word(event.from_state, tongue)),
        "after": (event.to_state, state_word(event.to_state, tongue)),
        "changes": [_change(name, pair, market, tongue) for name, pair in changed(event).items() if name != "state"],
        "day": tongue.date(local(event.at, home).date()),
        "home": clock(event.at, home, tongue),
        "there": clock(event.at, market.zone, tongue),
        "who": who(event, people, tongue),
        "agreed": people.get(event.approved_by, event.approved_by),
        "reason": why(event),
        "undoes": event.undoes,
        "snapshot": event.snapshot[:12],
        "request": event.request,
    }


def deed(event: LaunchEvent, tongue: Tongue) -> str:
    """What was done, with the kind of a pause."""
    words = [deed_word(event.action, tongue)]
    words += [tongue.say(MODE_WORDS[event.mode])] if event.action == "pause" and event.mode in MODE_WORDS else []
    return ". ".join(words)


def deed_word(action: str, tongue: Tongue) -> str:
    """The kind of a deed."""
    return tongue.say(ACTIONS.get(action, action.replace("_", " ")))


def why(event: LaunchEvent) -> str:
    """The reason that was given; of what the house did by itself only what it was about, for `who` tells its rule."""
    by_itself = event.rule and not event.person and event.reason.startswith(event.rule)
    return event.reason.removeprefix(event.rule).strip() if by_itself else event.reason


def who(event: LaunchEvent, people: Mapping[str, str], tongue: Tongue) -> str:
    """A person, a person by a rule they signed, or the system by its rule."""
    known = tongue.say(RULES[event.rule]) if event.rule in RULES else rule_sentence(event.rule, "", tongue)
    rule = known or event.rule
    if not event.person:
        return tongue.say(N_("By itself: %(rule)s"), rule=rule) if rule else tongue.say(N_("By itself"))
    name = people.get(event.person, event.person)
    return tongue.say(N_("%(name)s (%(rule)s)"), name=name, rule=rule) if rule else name


def _change(name: str, pair: tuple[Any, Any], market: Market, tongue: Tongue) -> dict[str, str]:
    if line := change_words(name, pair, market.currency, tongue):
        return dict(zip(("name", "old", "new"), line, strict=True))
    old, new = (value_words(name, each, market, tongue) for each in pair)
    return {"name": tongue.say(NAMES.get(name, name.replace("_", " "))), "old": old, "new": new}
