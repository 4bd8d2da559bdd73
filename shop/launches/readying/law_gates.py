"""The gates of law: policies, the law's minimum, the legal notice, and whoever answers for the goods there."""

from datetime import date, timedelta

from shop.launches.readying.facts import Facts, Finding, Gate, lacking

MINIMUM_FRESH = timedelta(days=365)  # a statutory minimum that was looked up longer ago is to be looked up again


def _translated(facts: Facts, _today: date) -> Finding:
    return lacking(facts.policies_lacking, "policies_lacking")


def _signed(facts: Facts, _today: date) -> Finding:
    return lacking(facts.unsigned, "unsigned")


def _floor(facts: Facts, today: date) -> Finding:
    """A policy under the law's minimum can be loaded with a named reason only, and even then may not be launched on."""
    if facts.below_minimum:
        return lacking(facts.below_minimum, "below_minimum")
    if not facts.minimums or facts.minimum_as_of is None:
        return Finding("missing", "no_minimum")
    until = facts.minimum_as_of + MINIMUM_FRESH
    values: dict[str, int | date] = {"number": facts.minimums, "as_of": facts.minimum_as_of}
    if until < today:
        return Finding("ending", "minimum_old", values)
    return Finding("met", "above_minimum", values)


def _notice(facts: Facts, _today: date) -> Finding:
    return lacking(facts.imprint_lacking, "imprint_lacking")


def _order_button(facts: Facts, _today: date) -> Finding:
    return lacking(facts.order_buttons_lacking, "order_button_lacking")


def _responsible(facts: Facts, _today: date) -> Finding:
    if facts.responsible_lacking:
        return lacking(facts.responsible_lacking, "responsible_lacking")
    if facts.responsible_unaddressed:
        return lacking(facts.responsible_unaddressed, "responsible_unaddressed")
    if not facts.responsible:
        return Finding("met", "responsible_not_asked")
    return Finding("met", "responsible", {"items": facts.responsible})


LAW = {
    "policies.translated": Gate(_translated, "law"),
    "policies.signed": Gate(_signed, "law", "specialist"),
    "policies.legal_floor": Gate(_floor, "law", "specialist"),
    "legal.pages": Gate(_notice, "law"),
    "order_button": Gate(_order_button, "law", "specialist"),
    "responsible_person": Gate(_responsible, "law"),
}
