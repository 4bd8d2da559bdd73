"""How the console says what readiness, states and events are, in the reader's tongue."""

from datetime import date, datetime
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.ground.instants import local
from shop.launches.changing.table import STATE_WORDS
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gate_words import FINDINGS, STATUS, TITLES, WARNING
from shop.launches.readying.item_words import counted, named
from shop.markets.models import Market

ACTIONS = {
    "ready": N_("Declare ready"),
    "redraft": N_("Back to draft"),
    "launch": N_("Launch softly"),
    "open": N_("Open to everybody"),
    "pause": N_("Pause"),
    "resume": N_("Resume"),
    "wind_down": N_("Wind down"),
    "close": N_("Close"),
    "exposure": N_("Change who may buy"),
    "undo": N_("Undo"),
    "four_eyes": N_("Ask a second person from now on"),
    "two_eyes": N_("Ask no second person any more"),
    "propose": N_("Ask a second person"),
    "call_off": N_("Call off what waited for a second person"),
    "redraw": N_("Draw visitors anew"),
    "deny": N_("Keep somebody from ordering"),
    "undeny": N_("Let somebody order again"),
    "waive": N_("Waive a gate"),
    "setup": N_("Change what is set up"),
    "research": N_("Sign the research"),
    "contacts": N_("Crisis contacts tried"),
    "stop_lines": N_("Write targets and stop lines down"),
    "override": N_("Decide against the scorecard"),
    "lesson": N_("Add to the learning log"),
    "printed": N_("Print a document"),
    "manual": N_("Fill in the manual"),
    "invite": N_("Make an invitation"),
    "revoke": N_("Revoke an invitation"),
    "schedule": N_("Plan a change"),
    "schedule_agreed": N_("Agree to a planned change"),
    "schedule_cancelled": N_("Call off a planned change"),
    "schedule_frozen": N_("Planned change put on ice by a pause"),
    "schedule_failed": N_("Planned change did not happen"),
    "schedule_moved": N_("Planned change moved: the clock rules have changed"),
    "publish_policy": N_("Publish a version of a policy"),
    "withdraw_policy": N_("Take back a version of a policy"),
    "end_policy": N_("End a kind of policy"),
    "keep_policy": N_("Take back the end of a kind of policy"),
    "stop": N_("Stop the sale"),
    "lift": N_("Lift the stop"),
}
MODE_WORDS = {
    "sell_stop": N_("Stop selling, keep the pages"),
    "hidden": N_("Hide the catalogue behind one page"),
    "safety": N_("Safety: stop selling and end payments under way"),
}
AUDIENCE_WORDS = {"invitation": N_("By invitation only"), "percentage": N_("A percentage of visitors")}
MOST_NAMED = 6
LEVEL_WORDS = {"native": N_("native"), "fluent": N_("fluent")}


def state_word(state: str, tongue: Tongue) -> str:
    """The launch state as a word."""
    return tongue.say(STATE_WORDS[state])


def gate_title(gate: str, tongue: Tongue) -> str:
    """What the gate asks, as a title."""
    return tongue.say(TITLES.get(gate, gate))


def gate_detail(result: GateResult, tongue: Tongue) -> str:
    """What the gate found, as a sentence."""
    said = {name: _value(result, name, tongue) for name in result.values}
    return tongue.say(FINDINGS[result.code], **said)


def gate_sentence(result: GateResult, tongue: Tongue) -> str:
    """What the gate asks and what it found, on one line."""
    return tongue.say(
        N_("%(label)s: %(value)s"), label=gate_title(result.gate, tongue), value=gate_detail(result, tongue)
    )


def gate_row(result: GateResult, tongue: Tongue) -> dict[str, Any]:
    """One gate as the pages show it."""
    waiver = result.waiver
    return {
        "gate": result.gate,
        "status": "ending" if result.warning else result.status,
        "status_word": tongue.say(WARNING if result.warning and result.status == "missing" else STATUS[result.status]),
        "title": gate_title(result.gate, tongue),
        "detail": gate_detail(result, tongue),
        "url": result.fix_url if result.status in ("missing", "ending") else "",
        "waiver": tongue.say(
            N_("Waived by %(person)s until %(day)s: %(reason)s"),
            person=waiver.person,
            day=tongue.date(waiver.until),
            reason=waiver.reason,
        )
        if waiver
        else "",
    }


def _value(result: GateResult, name: str, tongue: Tongue) -> str:
    match result.values[name]:
        case tuple() as items:
            shown = [named(result.code, each, tongue) for each in items[:MOST_NAMED]]
            more = [f"+{tongue.number(len(items) - MOST_NAMED)}"] if len(items) > MOST_NAMED else []
            return tongue.list([*shown, *more])
        case date() as day:
            return tongue.date(day)
        case int() as number:
            return tongue.number(number)
        case str() as text:
            return text
        case numbers:
            return counted(numbers, tongue)


def who_may_buy(market: Market, tongue: Tongue) -> str:
    """To whom the market is open, as a sentence."""
    match market.state:
        case "soft" if market.audience == "percentage":
            return tongue.say(N_("Visitors who may buy: %(share)s"), share=tongue.percent(market.percent_bp))
        case "soft":
            return tongue.say(N_("By invitation only"))
        case "open":
            return tongue.say(N_("Everybody may buy"))
        case "paused":
            return tongue.say(MODE_WORDS.get(market.pause_mode, MODE_WORDS["sell_stop"]))
        case "draft" | "ready":
            return tongue.say(N_("Only staff, as a preview"))
        case _:
            return tongue.say(N_("Nobody; after-sales goes on"))


def orders_used(used: int, cap: int | None, tongue: Tongue) -> str:
    """The orders taken, of the cap where there is one."""
    if cap is None:
        return tongue.number(used)
    return tongue.say(N_("%(used)s of %(cap)s"), used=tongue.number(used), cap=tongue.number(cap))


def clock(instant: datetime, zone: str, tongue: Tongue) -> str:
    """Weekday, day and time on the clock of a zone."""
    return tongue.say(
        N_("%(day)s, %(clock)s"), day=tongue.day(local(instant, zone).date()), clock=tongue.time(instant, zone)
    )


def distance(now: datetime, zone: str, home: str, tongue: Tongue) -> str:
    """How far the clock there is from the one at home."""
    there, here = local(now, zone).utcoffset(), local(now, home).utcoffset()
    assert there is not None and here is not None
    hours = (there - here).total_seconds() / 3600
    if not hours:
        return tongue.say(N_("the same time as at home"))
    number = tongue.number(abs(hours))
    return (
        tongue.say(N_("%(hours)s h ahead of home"), hours=number)
        if hours > 0
        else tongue.say(N_("%(hours)s h behind home"), hours=number)
    )
