"""How the console tells what a change of a market changed, from the event that is kept of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.launches.changing.table import STATE_WORDS
from shop.launches.words import ACTIONS, AUDIENCE_WORDS, MODE_WORDS, clock
from shop.markets.models import LaunchEvent

FIELDS = {
    "state": N_("State"),
    "pause_mode": N_("Pause"),
    "audience": N_("Who may buy"),
    "percent_bp": N_("Percentage of visitors"),
    "in_chooser": N_("Named in the list of countries"),
    "order_cap": N_("Orders at most"),
    "daily_cap": N_("Orders a day at most"),
    "value_cap": N_("Value at most"),
    "customer_cap": N_("Orders of one customer at most"),
    "minutes_per_contact": N_("Minutes for one question"),
    "four_eyes": N_("A second person is asked"),
    "last_order_at": N_("Payments count until"),
}
BECAME = N_("%(field)s: %(old)s → %(new)s")


def change_rows(
    events: Sequence[LaunchEvent], names: Mapping[str, str], zone: str, tongue: Tongue
) -> list[dict[str, Any]]:
    """Each event with who, when by the clock of `zone`, and what became of what."""
    return [
        {
            "what": tongue.say(ACTIONS.get(each.action, each.action)),
            "person": names.get(each.person, each.person) or tongue.say(N_("The system")),
            "when": clock(each.at, zone, tongue),
            "reason": each.reason,
            "changes": change_lines(each, zone, tongue),
        }
        for each in events
    ]


def change_lines(event: LaunchEvent, zone: str, tongue: Tongue) -> list[str]:
    """What became of what, a sentence for each value that staff know by name."""
    told: dict[str, list[Any]] = json.loads(event.details or "{}")
    return [
        tongue.say(
            BECAME,
            field=tongue.say(FIELDS[name]),
            old=_value(name, old, zone, tongue),
            new=_value(name, new, zone, tongue),
        )
        for name, (old, new) in told.items()
        if name in FIELDS
    ]


def _value(name: str, value: Any, zone: str, tongue: Tongue) -> str:
    if value is None or value == "":
        return tongue.say(N_("none"))
    words = {"state": STATE_WORDS, "pause_mode": MODE_WORDS, "audience": AUDIENCE_WORDS}.get(name, {})
    if value in words:
        return tongue.say(words[value])
    if isinstance(value, bool):
        return tongue.say(N_("Yes")) if value else tongue.say(N_("No"))
    if name == "percent_bp":
        return tongue.percent(value)
    if name == "last_order_at":
        return clock(datetime.fromisoformat(value), zone, tongue)
    return tongue.number(value) if isinstance(value, int) else str(value)
