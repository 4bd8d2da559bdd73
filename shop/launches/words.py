"""How the console says what readiness, states and events are, in the reader's tongue."""

from datetime import date, datetime
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.ground.instants import local
from shop.launches.changing.transitions import STATE_WORDS
from shop.launches.readying.item_words import counted, named
from shop.launches.readying.readiness import GateResult
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
    "waive": N_("Waive a gate"),
}
MODE_WORDS = {
    "sell_stop": N_("Stop selling, keep the pages"),
    "hidden": N_("Hide the catalogue behind one page"),
    "safety": N_("Safety: stop selling and end payments under way"),
}
AUDIENCE_WORDS = {"invitation": N_("By invitation only"), "percentage": N_("A percentage of visitors")}
GATE_STATUS = {"met": N_("Met"), "ending": N_("Ending"), "missing": N_("Missing"), "waived": N_("Waived")}
MOST_NAMED = 6
LEVEL_WORDS = {"native": N_("native"), "fluent": N_("fluent")}

GATE_TITLES = {
    "policies.translated": N_("Policies in every language"),
    "policies.signed": N_("Policies signed by a native reader"),
    "legal.pages": N_("Legal notice complete"),
    "order_button": N_("Words on the order button"),
    "translations.complete": N_("Shop and product texts in every language"),
    "listings.present": N_("A small catalogue"),
    "product.suitable": N_("Products fit the market"),
    "certs.valid": N_("Papers in force"),
    "price.set": N_("Prices set"),
    "tax.rates": N_("Tax rates known"),
    "tax.registration": N_("Tax registration"),
    "shipping.lane": N_("Delivery arranged"),
    "stock.present": N_("Goods in stock"),
    "agents.coverage": N_("Native speakers on duty"),
    "agents.specialist": N_("Country specialist named"),
    "support.promise": N_("First answer promised"),
    "caps.set": N_("Soft launch limited"),
    "payments.live": N_("Real payments"),
    "test_order": N_("Test order done"),
    "crisis.contacts": N_("Crisis contacts"),
}
DETAILS = {
    "complete": N_("Complete"),
    "policies_lacking": N_("Without a text: %(items)s"),
    "unsigned": N_("Not signed as they stand now: %(items)s"),
    "interface_lacking": N_("The shop itself is not translated into: %(items)s"),
    "interface_unfinished": N_("Messages of the shop that are missing or wrong: %(items)s"),
    "texts_lacking": N_("Products without a text: %(items)s"),
    "nothing_listed": N_("Nothing is listed"),
    "too_many_listed": N_("Products listed: %(number)s. A test market should have at most %(most)s."),
    "listed": N_("Products listed: %(number)s"),
    "all_suitable": N_("All listed products may be sold here"),
    "unsuitable": N_("May not be sold here: %(items)s"),
    "paper_lacking": N_("No paper in force: %(items)s"),
    "papers_without_end": N_("All in force, without an end"),
    "no_papers_asked": N_("No papers are asked for"),
    "paper_until": N_("First to end: %(mark)s, on %(until)s. Days left: %(days)s"),
    "unpriced": N_("Without a price: %(items)s"),
    "untaxed": N_("No tax rate for: %(items)s"),
    "no_tax_number": N_("No real tax number is known"),
    "tax_number": N_("Tax number: %(number)s"),
    "delivers": N_("Cost and days are set"),
    "no_delivery": N_("No delivery is set"),
    "in_stock": N_("Products in stock: %(number)s of %(of)s"),
    "nothing_in_stock": N_("No listed product is in stock"),
    "waking_covered": N_(
        "Waking hours without anybody, a week: %(hours)s (allowed: %(allowed)s). Native hours in seven days: %(native)s"
    ),
    "hours_uncovered": N_("Waking hours without anybody, a week: %(hours)s (allowed: %(allowed)s). %(items)s"),
    "dates_uncovered": N_("Waking hours without anybody in one week: %(hours)s (allowed: %(allowed)s)"),
    "no_native_hours": N_("Nobody answers natively in the next seven days. Languages: %(languages)s"),
    "specialist": N_("Specialist: %(name)s"),
    "no_specialist": N_("Nobody is named"),
    "promise": N_("Minutes to the first answer: %(minutes)s"),
    "no_promise": N_("No time is promised"),
    "no_audience": N_("Neither invitations nor a percentage are chosen"),
    "no_cap": N_("Everybody may buy, and no number of orders is set"),
    "capped": N_("Limited"),
    "everybody": N_("Not asked for: the market is for everybody"),
    "live_payments": N_("Payments are taken for real"),
    "demo_till": N_("The demo till takes no real money"),
    "test_orders": N_("Test orders paid: %(number)s"),
    "no_test_order": N_("No test order has been paid"),
    "crisis_contacts": N_("Contacts: %(number)s"),
    "no_crisis_contacts": N_("No contacts are kept here"),
    "crisis_roles_lacking": N_("No contact for: %(items)s"),
    "nobody_on_call": N_("Nobody is on call"),
    "imprint_lacking": N_("The legal notice lacks: %(items)s"),
    "order_button_lacking": N_("No words for the button in: %(items)s"),
}


def state_word(state: str, tongue: Tongue) -> str:
    """The launch state as a word."""
    return tongue.say(STATE_WORDS[state])


def gate_title(gate: str, tongue: Tongue) -> str:
    """What the gate asks, as a title."""
    return tongue.say(GATE_TITLES.get(gate, gate))


def gate_detail(result: GateResult, tongue: Tongue) -> str:
    """What the gate found, as a sentence."""
    said = {name: _value(result, name, tongue) for name in result.values}
    return tongue.say(DETAILS[result.code], **said)


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
        "status": result.status,
        "status_word": tongue.say(GATE_STATUS[result.status]),
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
