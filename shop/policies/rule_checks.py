"""What is wrong with a version's rules: an unknown or missing key, a wrong type, less than the market's minimum. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from shop.base.i18n import N_
from shop.policies.faults import Fault
from shop.policies.keys import (
    CHOICES,
    COMMON,
    CONDITIONS,
    EXTRA,
    KEYS,
    LISTS,
    OPTIONAL,
    PRODUCT_CLASSES,
    REMEDIES,
)

MISSING = N_("This is missing.")
ONE_OF = N_("This must be one of: %(choices)s")
TYPES = {
    str: N_("This must be a text."),
    int: N_("This must be a whole number."),
    bool: N_("This must be yes or no (true or false)."),
    date: N_("This must be a day."),
    list: N_("This must be a list."),
    dict: N_("This must be a table."),
}


def at_least(ours: Any, law: Any) -> bool:
    """Whether our value is no less than the law's; yes is more than no."""
    return bool(ours >= law)


def at_most(ours: Any, law: Any) -> bool:
    """Whether our value is no more than the law's."""
    return bool(ours <= law)


def within(ours: Any, law: Any) -> bool:
    """Whether our list holds nothing that the law's does not."""
    return set(ours) <= set(law)


MINIMUMS: dict[str, Callable[[Any, Any], bool]] = {
    "window_days": at_least,
    "refund_days": at_most,
    "extension_if_not_informed_months": at_least,
    "legal_guarantee_months": at_least,
    "burden_of_proof_months": at_least,
    "withdrawal_function": at_least,
    "model_form": at_least,
    "send_back_days": at_least,
    "harmonised_notice": at_least,
    "disclaimers_allowed": within,
}


def check_rules(
    rules: Mapping[str, Any], *, kind: str, market: str, day: date, minimum: Mapping[str, Any]
) -> Iterator[Fault]:
    """Each thing that is wrong with the rules of a version that takes effect on `day`."""
    needed = {**COMMON, **KEYS[kind]}
    known = {**EXTRA, **OPTIONAL.get(kind, {}), **LISTS, **needed}
    mistyped = {key for key, value in rules.items() if key in known and type(value) is not known[key]}
    for key, value in rules.items():
        if key not in known:
            yield Fault(key, N_("This is not a key of %(kind)s."), {"kind": kind})
        elif key in mistyped:
            yield Fault(key, TYPES[known[key]], shown=repr(value))
        elif key in CHOICES and value not in CHOICES[key]:
            yield Fault(key, ONE_OF, {"choices": ", ".join(CHOICES[key])}, shown=repr(value))
    yield from (Fault(key, MISSING) for key in needed if key not in rules)
    for key, right in (("kind", kind), ("market", market), ("effective", day)):
        if rules.get(key) != right:
            yield Fault(key, N_("This must be %(right)s, as its folder says."), {"right": right})
    right_type = {key: value for key, value in rules.items() if key not in mistyped}
    yield from _check_exclusions(right_type)
    yield from _check_remedies(right_type)
    yield from _check_label(right_type)
    yield from _check_minimums(right_type, minimum.get(kind, {}), day)


def _check_exclusions(rules: Mapping[str, Any]) -> Iterator[Fault]:
    for each in rules.get("exclusions", []):
        if not isinstance(each, dict):
            yield Fault("exclusions", N_("These must be tables."), shown=repr(each))
        elif each.get("class") not in PRODUCT_CLASSES:
            choices = {"choices": ", ".join(PRODUCT_CLASSES)}
            yield Fault("exclusions.class", ONE_OF, choices, shown=repr(each.get("class")))
        elif each.get("condition", "always") not in CONDITIONS:
            choices = {"choices": ", ".join(CONDITIONS)}
            yield Fault("exclusions.condition", ONE_OF, choices, shown=repr(each["condition"]))
        elif not each.get("source"):
            yield Fault("exclusions.source", MISSING)


def _check_remedies(rules: Mapping[str, Any]) -> Iterator[Fault]:
    for each in rules.get("remedies", []):
        if each not in REMEDIES:
            yield Fault("remedies", ONE_OF, {"choices": ", ".join(REMEDIES)}, shown=repr(each))


def _check_label(rules: Mapping[str, Any]) -> Iterator[Fault]:
    """The durability label stands for more than two years, and never for more than what is promised."""
    months, promised = rules.get("durability_label_months", 0), rules.get("commercial_guarantee_months", 0)
    if months and not 24 < months <= promised:
        words = N_(
            "The label must stand for more than 24 months and no more than our own guarantee, which is %(promised)s "
            "(Directive 2011/83/EU art. 2(14a), Regulation (EU) 2025/1960)."
        )
        yield Fault("durability_label_months", words, {"promised": promised}, shown=str(months))


def _check_minimums(rules: Mapping[str, Any], minimums: Mapping[str, Any], effective: date) -> Iterator[Fault]:
    """What is worse than the law's value; or not said at all, in a version from the day `asked_from` on."""
    for key, law in minimums.items():
        allowed, value, source = MINIMUMS.get(key), law.get("value"), law.get("source", "?")
        if allowed is None or value is None:
            words = N_("In minimum.toml this has no value, or is no key with a minimum.")
            yield Fault(key, words)
        elif key not in rules and "asked_from" in law and effective >= law["asked_from"]:
            yield Fault(key, N_("This is missing; the law asks for it (%(source)s)."), {"source": source})
        elif key in rules and not allowed(rules[key], value) and not _overridden(rules, key):
            words = N_("This is worse for the customer than the minimum %(law)s (%(source)s).")
            yield Fault(key, words, {"law": _told(value), "source": source}, shown=str(rules[key]))


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) or "–" if isinstance(value, list) else str(value)


def _overridden(rules: Mapping[str, Any], key: str) -> bool:
    """Whether the exporter says in words why this rule may be worse than the minimum."""
    reason = rules.get("overrides", {}).get(key)
    return isinstance(reason, str) and bool(reason.strip())
