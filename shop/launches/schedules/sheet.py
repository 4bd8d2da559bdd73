"""The page of a market's plans, and the page that shows a plan before it is made, in the reader's tongue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.launches.arrival import Console
from shop.launches.changing.exposure import names_audience
from shop.launches.changing.table import EXPOSURE, MODES, STEPS
from shop.launches.models import Schedule
from shop.launches.schedules.around import conflicts_of, state_by
from shop.launches.schedules.conflicts import Conflict
from shop.launches.schedules.plan_words import asked_words, clocks_of, kind_words, outcome_words, step_words
from shop.launches.schedules.planning import (
    PLANNABLE,
    STATES,
    Wanted,
    asks_second,
    plans_of,
    waits_for_second,
)
from shop.launches.schedules.resolving import resolve
from shop.launches.sheet import audiences
from shop.launches.words import ACTIONS, MODE_WORDS, gate_title, state_word
from shop.markets.models import Market
from shop.staff.names import names_of

TONES = {
    "waiting": ("info", "clock"),
    "done": ("good", "tick"),
    "failed": ("stop", "cross"),
    "cancelled": ("calm", "square"),
    "frozen": ("wait", "bars-two"),
}
CONFLICTS = {
    "leads_nowhere": N_("The step is not possible from the state that the market will have by then: %(state)s"),
    "gates": N_("Gates that would be in the way, as far as is known today: %(gates)s"),
    "paper_ends": N_("Papers that end before that day: %(marks)s"),
    "nobody": N_("Nobody is on duty at that time. Languages: %(languages)s"),
    "unplanned": N_("The roster does not reach that far yet, so nobody can say who will be on duty."),
    "holiday": N_("It is a public holiday there."),
    "weekend": N_("It is a weekend day there."),
    "night_at_home": N_("It is night at home: nobody there sees what happens."),
}


def plans_sheet(db: Session, console: Console, market: Market) -> dict[str, Any]:
    """Every plan of the market, and which steps may be planned."""
    tongue = console.staff.tongue
    people = names_of(db)
    rows = [_row(db, console, market, each, people=people) for each in plans_of(db, market.id)]
    return {
        "coming": [each for each in rows if each["open"]],
        "over": [each for each in rows if not each["open"]],
        "plannable": [(each, tongue.say(ACTIONS[each])) for each in PLANNABLE],
        "clocks": clocks_of(console.now, market.zone, console.exporter.zone, tongue),
        "four_eyes": market.four_eyes,
    }


def form_sheet(db: Session, console: Console, market: Market, action: str) -> dict[str, Any]:
    """What the form of a step needs besides its values."""
    tongue = console.staff.tongue
    exposing = action == "launch" or (action == EXPOSURE and names_audience(db, market.id))
    return {
        "action": action,
        "label": tongue.say(ACTIONS[action]),
        "clocks": clocks_of(console.now, market.zone, console.exporter.zone, tongue),
        "modes": [(each, tongue.say(MODE_WORDS[each])) for each in MODES] if action == "pause" else [],
        "audiences": audiences(tongue) if exposing else [],
        "capped": action in ("launch", "open", EXPOSURE),
        "overriding": action == "open",
        "reasoned": action in STEPS and STEPS[action].reasoned,
    }


def look_sheet(
    db: Session, console: Console, market: Market, wanted: Wanted, *, replaces: int | None
) -> dict[str, Any]:
    """The plan on all three clocks, with whatever speaks against it."""
    tongue, home = console.staff.tongue, console.exporter.zone
    meant = resolve(wanted.wall, market.zone)
    assert meant.due_at is not None  # a plan that was read has its instant
    found = conflicts_of(
        db, market, wanted.action, meant.due_at, exposed=wanted.exposed, home=home, sources=console.sources,
        now=console.now, replaces=replaces,
    )  # fmt: skip
    state = state_by(db, market, meant.due_at, but=replaces)
    return {
        "step": asked_words(wanted.action, wanted.mode, wanted.exposed, market=market, tongue=tongue),
        "when": clocks_of(meant.due_at, market.zone, home, tongue),
        "odd": kind_words(meant.kind, wanted.wall, meant.due_at, zone=market.zone, tongue=tongue),
        "conflicts": [_said(each, state, tongue) for each in found],
        "second": asks_second(db, market, wanted.action, wanted.exposed, person=console.staff.person.id),
    }


def kept_form(form: Form) -> Mapping[str, str]:
    """The fields of a form that was looked at, to be sent again when it is confirmed."""
    return {name: value for name, value in form.values.items() if name not in ("confirmed", "version")}


def _row(db: Session, console: Console, market: Market, plan: Schedule, *, people: dict[str, str]) -> dict[str, Any]:
    tongue, me = console.staff.tongue, console.staff.person.id
    waiting = plan.state == "waiting"
    lacks = waiting and not plan.approved_by
    second = lacks and waits_for_second(db, plan, market)
    asked, tone = datetime.fromisoformat(plan.wall), TONES[plan.state]
    return {
        "id": plan.id,
        "action": plan.action,
        "step": step_words(plan, market, tongue),
        "reason": plan.reason,
        "open": plan.state in ("waiting", "frozen"),
        "frozen": plan.state == "frozen",
        "word": tongue.say(STATES[plan.state]),
        "tone": tone[0],
        "glyph": tone[1],
        "when": clocks_of(plan.due_at, plan.zone, console.exporter.zone, tongue),
        "odd": kind_words(plan.kind, asked, plan.due_at, zone=plan.zone, tongue=tongue),
        "why": outcome_words(plan, tongue),
        "person": people.get(plan.person, plan.person),
        "agreed": people.get(plan.approved_by, plan.approved_by),
        "second": second,
        "mine": plan.person == me,
    }


def _said(found: Conflict, state: str, tongue: Tongue) -> str:
    values = {name: tongue.list([_named(name, each, tongue) for each in items]) for name, items in found.values.items()}
    if found.code == "leads_nowhere":
        values["state"] = state_word(state, tongue)
    return tongue.say(CONFLICTS[found.code], **values)


def _named(kind: str, item: str, tongue: Tongue) -> str:
    match kind:
        case "gates":
            return gate_title(item, tongue)
        case "languages":
            return tongue.language_name(item)
        case _:
            return item
