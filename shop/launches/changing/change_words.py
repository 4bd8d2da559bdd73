"""How the console tells the values of a market that a change sets: what became of what, and what was asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shop.base.i18n import N_, NP_, Tongue
from shop.ground.money import Money
from shop.launches.changing.table import STATE_WORDS, Exposed
from shop.launches.words import ACTIONS, AUDIENCE_WORDS, MODE_WORDS, clock
from shop.markets.models import LaunchEvent, Market

FIELDS = {
    "state": N_("State"),
    "pause_mode": N_("Kind of pause"),
    "audience": N_("Who may buy"),
    "percent_bp": N_("Percentage of visitors"),
    "draw": N_("Number of the draw"),
    "in_chooser": N_("Named in the list of countries"),
    "order_cap": N_("Orders at most"),
    "daily_cap": N_("Orders a day at most"),
    "value_cap": N_("Value at most"),
    "customer_cap": N_("Orders of one customer at most"),
    "minutes_per_contact": N_("Minutes for one question"),
    "four_eyes": N_("A second person is asked"),
    "last_order_at": N_("Payments count until"),
}
CAPS = ("order_cap", "daily_cap", "value_cap", "customer_cap", "minutes_per_contact")
WORDS: dict[str, Mapping[str, str]] = {
    "state": STATE_WORDS,
    "pause_mode": MODE_WORDS,
    "audience": AUDIENCE_WORDS,
    "step": ACTIONS,
    "sale": {"on": N_("goes on"), "stopped": N_("stopped")},
}
INSTANTS = ("due", "expires", "last_order_at")
BECAME = N_("%(field)s: %(old)s → %(new)s")


def change_rows(
    events: Sequence[LaunchEvent], market: Market, *, names: Mapping[str, str], zone: str, tongue: Tongue
) -> list[dict[str, Any]]:
    """Each event of the market with who, when by the clock of `zone`, and what became of what."""
    return [
        {
            "what": tongue.say(ACTIONS.get(each.action, each.action)),
            "person": names.get(each.person, each.person) or tongue.say(N_("The system")),
            "when": clock(each.at, zone, tongue),
            "reason": each.reason,
            "changes": change_lines(each, market, tongue),
        }
        for each in events
    ]


def change_lines(event: LaunchEvent, market: Market, tongue: Tongue) -> list[str]:
    """What became of what, a sentence for each value that staff know by name."""
    told: dict[str, list[Any]] = json.loads(event.details or "{}")
    return [
        tongue.say(
            BECAME,
            field=tongue.say(FIELDS[name]),
            old=value_words(name, old, market, tongue),
            new=value_words(name, new, market, tongue),
        )
        for name, (old, new) in told.items()
        if name in FIELDS
    ]


def exposed_words(shown: Exposed, market: Market, tongue: Tongue) -> list[str]:
    """To whom the market would be open, and every cap it would have."""
    words = [tongue.say(AUDIENCE_WORDS[shown.audience])] if shown.audience in AUDIENCE_WORDS else []
    if shown.audience == "percentage":
        words = [tongue.say(N_("Visitors who may buy: %(share)s"), share=tongue.percent(shown.percent_bp))]
    set_ = {name: cap for name in CAPS if (cap := getattr(shown, name)) not in (None, 0)}
    return words + [
        tongue.say(
            N_("%(label)s: %(value)s"), label=tongue.say(FIELDS[name]), value=value_words(name, cap, market, tongue)
        )
        for name, cap in set_.items()
    ]


def value_words(name: str, value: Any, market: Market, tongue: Tongue) -> str:
    """A value as an event keeps it; instants by the market's own clock, amounts in its currency."""
    if value is None or value == "":
        return tongue.say(NP_("value", "none"))
    if isinstance(value, bool):
        return tongue.say(NP_("value", "yes") if value else NP_("value", "no"))
    if name in WORDS and str(value) in WORDS[name]:
        return tongue.say(WORDS[name][str(value)])
    if name in _WRITTEN and isinstance(value, int):
        return _WRITTEN[name](value, market, tongue)
    if name in INSTANTS and isinstance(value, str):
        return _instant(value, market, tongue)
    return tongue.number(value) if isinstance(value, int | float) else str(value)


def _instant(text: str, market: Market, tongue: Tongue) -> str:
    try:
        return tongue.moment(datetime.fromisoformat(text), market.zone)
    except ValueError:
        return text


_WRITTEN: dict[str, Callable[[int, Market, Tongue], str]] = {
    "percent_bp": lambda value, _market, tongue: tongue.percent(value),
    "value_cap": lambda value, market, tongue: tongue.money(Money(value, market.currency)),
}
