"""Is a market ready to sell? Each gate looks at gathered facts and answers with a status and a reason in plain values.

Pure: no rows, no clock, no words. Refuses nothing by itself; `blockers` says which answers forbid a wider state. A gate
that may be waived counts as waived while a named person's waiver holds; law, price, language and papers never may.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shop.launches.readying.mending import place_to_mend
from shop.support.staffed.spans import Unheard

Status = Literal["met", "ending", "missing", "waived"]

PAPER_DAYS = 60  # a paper that ends sooner after today is shown as ending
LISTED_AT_MOST = 30  # a test market is a limited catalogue; more is a warning


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver: who gave it, why, and its last day."""

    person: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Unfit:
    """A listed product that may not be sold in the market, and the first rule that says so."""

    sku: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A text that is missing, or not signed as it stands: of which policy or SKU, and in which language."""

    thing: str
    language: str


Item = str | Unfit | Unwritten | Unheard  # what a finding may name several of
Value = int | str | date | tuple[Item, ...] | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Paper:
    """A mark that a listed product needs: whether one is in force, and its last day (None: without end)."""

    kind: str
    mark: str
    held: bool
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the gates ask about one market. `native_minutes` are those of the coming seven days, by language,
    `uncovered_minutes` the waking ones without anybody in the worst of four weeks, `unheard` those of every week."""

    market: str
    languages: tuple[str, ...]
    policies_lacking: tuple[Unwritten, ...] = ()
    unsigned: tuple[Unwritten, ...] = ()
    interface_lacking: tuple[str, ...] = ()
    interface_unfinished: Mapping[str, int] = field(default_factory=dict)
    texts_lacking: tuple[Unwritten, ...] = ()
    listed: int = 0
    unfit: tuple[Unfit, ...] = ()
    papers: tuple[Paper, ...] = ()
    unpriced: tuple[str, ...] = ()
    untaxed: tuple[str, ...] = ()
    tax_number: str = ""
    delivers: bool = False
    in_stock: int = 0
    native_minutes: Mapping[str, int] = field(default_factory=dict)
    uncovered_minutes: Mapping[str, int] = field(default_factory=dict)
    uncovered_allowed: int = 0
    unheard: tuple[Unheard, ...] = ()
    specialist: str = ""
    first_answer_minutes: int = 0
    audience: str = ""
    percent_bp: int = 0
    order_cap: int | None = None
    everybody: bool = False
    live_payments: bool = False
    test_orders: int = 0
    crisis_contacts: int = 0
    crisis_roles_lacking: tuple[str, ...] = ()
    nobody_on_call: bool = False
    imprint_lacking: tuple[str, ...] = ()
    order_buttons_lacking: tuple[str, ...] = ()
    waivers: Mapping[str, Waived] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate found: a status, a code for the reader's language to word, and the values to put into it."""

    status: Status
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate's answer. `fix_url` leads to where it can be mended; empty when that is the imported set-up."""

    gate: str
    status: Status
    code: str
    values: Mapping[str, Value]
    blocking: bool
    fix_url: str
    waiver: Waived | None = None


def readiness(facts: Facts, *, today: date) -> tuple[GateResult, ...]:
    """Every gate's answer, in the order of the table; `today` is a date of the market's own calendar."""
    return tuple(_result(gate, facts, today) for gate in GATES)


def blockers(results: tuple[GateResult, ...], target: str) -> tuple[GateResult, ...]:
    """What forbids the state `target`. A cap is asked for in the soft launch only."""
    return tuple(each for each in results if each.blocking and (each.gate != "caps.set" or target == "soft"))


def _result(gate: str, facts: Facts, today: date) -> GateResult:
    finding = GATES[gate](facts, today)
    waiver = facts.waivers.get(gate) if gate in WAIVABLE else None
    holds = finding.status == "missing" and waiver is not None and today <= waiver.until
    status: Status = "waived" if holds else finding.status
    fix = place_to_mend(gate, facts.market, facts.languages)
    blocking = status == "missing" and not finding.warning
    return GateResult(gate, status, finding.code, finding.values, blocking, fix, waiver if holds else None)


def _lacking(items: tuple[Item, ...], code: str, **values: Value) -> Finding:
    return Finding("missing", code, {"items": items, **values}) if items else Finding("met", "complete")


def _policies_translated(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.policies_lacking, "policies_lacking")


def _policies_signed(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.unsigned, "unsigned")


def _translations(facts: Facts, _today: date) -> Finding:
    if facts.interface_lacking:
        return Finding("missing", "interface_lacking", {"items": facts.interface_lacking})
    if facts.interface_unfinished:
        return Finding("missing", "interface_unfinished", {"items": facts.interface_unfinished})
    return _lacking(facts.texts_lacking, "texts_lacking")


def _listings(facts: Facts, _today: date) -> Finding:
    if not facts.listed:
        return Finding("missing", "nothing_listed")
    if facts.listed > LISTED_AT_MOST:
        return Finding("missing", "too_many_listed", {"number": facts.listed, "most": LISTED_AT_MOST}, warning=True)
    return Finding("met", "listed", {"number": facts.listed})


def _suitable(facts: Facts, _today: date) -> Finding:
    if not facts.unfit:
        return Finding("met", "all_suitable")
    return Finding("missing", "unsuitable", {"items": facts.unfit})


def _papers(facts: Facts, today: date) -> Finding:
    absent = tuple(each.mark for each in facts.papers if not each.held)
    if absent:
        return Finding("missing", "paper_lacking", {"items": absent})
    first = min((each for each in facts.papers if each.until), key=lambda each: each.until or date.max, default=None)
    if first is None or first.until is None:
        return Finding("met", "papers_without_end" if facts.papers else "no_papers_asked")
    days = (first.until - today).days
    status: Status = "met" if days > PAPER_DAYS else "ending"
    return Finding(status, "paper_until", {"mark": first.mark, "until": first.until, "days": days})


def _prices(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.unpriced, "unpriced")


def _tax_rates(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.untaxed, "untaxed")


def _registration(facts: Facts, _today: date) -> Finding:
    if not facts.tax_number or facts.tax_number.upper().startswith("DEMO"):
        return Finding("missing", "no_tax_number", {"number": facts.tax_number})
    return Finding("met", "tax_number", {"number": facts.tax_number})


def _delivery(facts: Facts, _today: date) -> Finding:
    return Finding("met", "delivers") if facts.delivers else Finding("missing", "no_delivery")


def _stock(facts: Facts, _today: date) -> Finding:
    values: dict[str, Value] = {"number": facts.in_stock, "of": facts.listed}
    return Finding("met" if facts.in_stock else "missing", "in_stock" if facts.in_stock else "nothing_in_stock", values)


def _coverage(facts: Facts, _today: date) -> Finding:
    silent = tuple(each for each in facts.languages if not facts.native_minutes.get(each))
    if silent or not facts.languages:
        return Finding("missing", "no_native_hours", {"languages": silent})
    worst = max(facts.uncovered_minutes.values(), default=0)
    values: dict[str, Value] = {"hours": -(-worst // 60), "allowed": facts.uncovered_allowed // 60}
    if worst <= facts.uncovered_allowed:
        fewest = min(facts.native_minutes[each] for each in facts.languages) // 60
        return Finding("met", "waking_covered", values | {"native": fewest})
    return Finding(
        "missing", "hours_uncovered" if facts.unheard else "dates_uncovered", values | {"items": facts.unheard}
    )


def _specialist(facts: Facts, _today: date) -> Finding:
    name = facts.specialist
    return Finding("met", "specialist", {"name": name}) if name else Finding("missing", "no_specialist")


def _promise(facts: Facts, _today: date) -> Finding:
    if facts.first_answer_minutes <= 0:
        return Finding("missing", "no_promise")
    return Finding("met", "promise", {"minutes": facts.first_answer_minutes})


def _caps(facts: Facts, _today: date) -> Finding:
    if facts.everybody:
        return Finding("met", "everybody")
    if facts.audience not in ("invitation", "percentage"):
        return Finding("missing", "no_audience")
    if facts.audience == "percentage" and facts.percent_bp >= 10_000 and facts.order_cap is None:
        return Finding("missing", "no_cap")
    return Finding("met", "capped")


def _payments(facts: Facts, _today: date) -> Finding:
    return Finding("met", "live_payments") if facts.live_payments else Finding("missing", "demo_till")


def _test_order(facts: Facts, _today: date) -> Finding:
    number = facts.test_orders
    return Finding("met", "test_orders", {"number": number}) if number else Finding("missing", "no_test_order")


def _crisis(facts: Facts, _today: date) -> Finding:
    if not facts.crisis_contacts:
        return Finding("missing", "no_crisis_contacts")
    if facts.crisis_roles_lacking:
        return Finding("missing", "crisis_roles_lacking", {"items": facts.crisis_roles_lacking})
    if facts.nobody_on_call:
        return Finding("missing", "nobody_on_call")
    return Finding("met", "crisis_contacts", {"number": facts.crisis_contacts})


def _imprint(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.imprint_lacking, "imprint_lacking")


def _order_button(facts: Facts, _today: date) -> Finding:
    return _lacking(facts.order_buttons_lacking, "order_button_lacking")


GATES: dict[str, Callable[[Facts, date], Finding]] = {
    "policies.translated": _policies_translated,
    "policies.signed": _policies_signed,
    "legal.pages": _imprint,
    "order_button": _order_button,
    "translations.complete": _translations,
    "listings.present": _listings,
    "product.suitable": _suitable,
    "certs.valid": _papers,
    "price.set": _prices,
    "tax.rates": _tax_rates,
    "tax.registration": _registration,
    "shipping.lane": _delivery,
    "stock.present": _stock,
    "agents.coverage": _coverage,
    "agents.specialist": _specialist,
    "support.promise": _promise,
    "caps.set": _caps,
    "payments.live": _payments,
    "test_order": _test_order,
    "crisis.contacts": _crisis,
}
WAIVABLE = frozenset({"tax.registration", "agents.coverage", "payments.live", "test_order", "crisis.contacts"})
