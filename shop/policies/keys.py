"""Which keys a policy's rules may and must have, of which type, and that none is worse than the market's minimum."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

SUCCESSORS = {"legal": ("terms", "privacy", "shipping", "imprint")}  # a kind that ends -> the kinds that follow it
KINDS = ("returns", "warranty", "legal", *SUCCESSORS["legal"])
NEEDED = tuple(kind for kind in KINDS if kind not in SUCCESSORS)
ACCEPTED = ("returns", "warranty", "legal", "terms")  # what an order accepts; the others only inform
INFORMING = ("privacy",)  # what is linked beside the acceptance

_COMMON = {"kind": str, "market": str, "effective": date}
_LISTS = {
    "sources": list,
    "exclusions": list,
    "remedies": list,
    "disclaimers_allowed": list,
    "withdrawal_labels": dict,
    "overrides": dict,  # key -> the reason, in words, why it may be worse than the minimum
}
KEYS: dict[str, dict[str, type]] = {
    "returns": {
        "nature": str,
        "window_days": int,
        "day_kind": str,
        "starts_from": str,
        "return_shipping": str,
        "refund_days": int,
        "refund_starts_from": str,
        "refund_includes_outbound_shipping": bool,
        "extension_if_not_informed_months": int,
        "end_rolls_to_working_day": bool,
        "withdrawal_function": bool,
    },
    "warranty": {
        "legal_guarantee_basis": str,
        "legal_guarantee_months": int,
        "burden_of_proof_months": int,
        "notify_within_days": int,
        "extra_months_after_repair": int,
        "commercial_guarantee_months": int,
        "guarantor": str,
        "guarantor_address": str,
        "territory": str,
        "how_to_claim": str,
        "parts_years": int,
    },
    "legal": {
        "seller": str,
        "seller_address": str,
        "email": str,
        "phone": str,
        "director": str,
        "company_number": str,
        "tax_number": str,
        "responsible_person": str,
        "dispute_body": str,
        "delivery_days_min": int,
        "delivery_days_max": int,
        "duties": str,
        "retention_years": int,
        "order_button_required": bool,
    },
    "terms": {
        "seller": str,
        "email": str,
        "dispute_body": str,
        "order_button_required": bool,
    },
    "privacy": {
        "seller": str,
        "seller_address": str,
        "email": str,
        "representative": str,  # within the market's union or country; "" when none is needed
        "retention_years": int,
    },
    "shipping": {
        "delivery_days_min": int,
        "delivery_days_max": int,
        "duties": str,
        "carriers": str,
    },
    "imprint": {
        "seller": str,
        "seller_address": str,
        "email": str,
        "phone": str,
        "director": str,
        "company_number": str,
        "tax_number": str,
        "responsible_person": str,
    },
}
OPTIONAL: dict[str, dict[str, type]] = {  # what only some markets' law asks for, and versions before them do not say
    "returns": {
        "model_form": bool,
        "final_screen": bool,  # the terms of the order stand together on the last page before it is placed
        "cancel_before_dispatch": bool,
        "several_parcels": str,  # where an order comes in several: whose receipt counts
        "refund_waits_for_goods": bool,  # or for proof that they were sent, where the days run from the notice
        "return_address": str,
        "send_back_days": int,  # from the declaration, for the customer
    },
    "warranty": {
        "harmonised_notice": bool,
        "durability_label_months": int,  # the producer's free guarantee of the whole good; 0 where there is no label
        "legal_guarantee_source": str,
        "parts_notice": bool,  # how long there are parts, repair and information is said before the order
        "months_after_noticing": int,  # what showed in the term can be claimed so long after, though the term is over
        "hidden_defects_from_noticing": bool,  # the term of a hidden fault begins when it shows
        "replacement_starts_anew": bool,  # the term begins anew with a replacement
    },
    "terms": {"first_language": dict},  # region -> the language in which its law wants the contract offered first
}
CHOICES = {
    "nature": ("statutory", "voluntary"),
    "day_kind": ("calendar", "working"),
    "starts_from": ("day_after_receipt", "receipt_day_counts"),
    "return_shipping": ("customer", "seller"),
    "refund_starts_from": ("notice", "goods_back"),
    "legal_guarantee_basis": ("fixed", "reasonable_time", "notify_within"),
    "duties": ("included", "named"),
    "several_parcels": ("last", "each"),
}
PRODUCT_CLASSES = ("sealed_hygiene", "perishable", "made_to_order", "electrical", "cosmetics", "food", "service")
CONDITIONS = ("always", "unsealed", "started", "used", "performed")
EXTRA = {  # facts any text may want to name
    **dict.fromkeys(("email", "seller", "phone", "guarantor", "seller_address"), str),
    **dict.fromkeys(("delivery_days_min", "delivery_days_max", "window_days", "refund_days"), int),
}

_AT_LEAST: Callable[[int, int], bool] = lambda ours, law: ours >= law  # noqa: E731
_AT_MOST: Callable[[int, int], bool] = lambda ours, law: ours <= law  # noqa: E731
MINIMUMS: dict[str, Callable[[Any, Any], bool]] = {
    "window_days": _AT_LEAST,
    "refund_days": _AT_MOST,
    "extension_if_not_informed_months": _AT_LEAST,
    "legal_guarantee_months": _AT_LEAST,
    "burden_of_proof_months": _AT_LEAST,
    "withdrawal_function": _AT_LEAST,
    "model_form": _AT_LEAST,
    "send_back_days": _AT_LEAST,
    "harmonised_notice": _AT_LEAST,
    "disclaimers_allowed": lambda ours, law: set(ours) <= set(law),
}


def check_rules(
    rules: Mapping[str, Any], *, kind: str, market: str, day: str, minimum: Mapping[str, Any]
) -> Iterator[str]:
    """Each thing that is wrong with a version's rules, as a sentence that begins with the key."""
    needed = {**_COMMON, **KEYS[kind]}
    known = {**EXTRA, **OPTIONAL.get(kind, {}), **_LISTS, **needed}
    for key, value in rules.items():
        expected = known.get(key)
        if expected is None:
            yield f"{key} is not a key of {kind}"
        elif type(value) is not expected:
            yield f"{key} must be a {expected.__name__}, not {value!r}"
        elif key in CHOICES and value not in CHOICES[key]:
            yield f"{key} must be one of {', '.join(CHOICES[key])}, not {value!r}"
    yield from (f"{key} is missing" for key in needed if key not in rules)
    for key, right in (("kind", kind), ("market", market), ("effective", date.fromisoformat(day))):
        if rules.get(key) != right:
            yield f"{key} must be {right} as its folder says"
    yield from _check_exclusions(rules)
    yield from _check_label(rules)
    yield from _check_minimums(rules, minimum.get(kind, {}), date.fromisoformat(day))


def _check_exclusions(rules: Mapping[str, Any]) -> Iterator[str]:
    for each in rules.get("exclusions", []):
        if not isinstance(each, dict):
            yield f"exclusions must be tables, not {each!r}"
        elif each.get("class") not in PRODUCT_CLASSES:
            yield f"exclusions.class must be one of {', '.join(PRODUCT_CLASSES)}, not {each.get('class')!r}"
        elif each.get("condition", "always") not in CONDITIONS:
            yield f"exclusions.condition must be one of {', '.join(CONDITIONS)}, not {each['condition']!r}"
        elif not each.get("source"):
            yield "exclusions.source is missing"


def _check_label(rules: Mapping[str, Any]) -> Iterator[str]:
    """The durability label stands for more than two years, and never for more than what is promised."""
    months, promised = rules.get("durability_label_months", 0), rules.get("commercial_guarantee_months", 0)
    if months and not 24 < months <= promised:
        yield (
            f"durability_label_months = {months} must be more than 24 and no more than "
            f"commercial_guarantee_months = {promised} (Directive 2011/83/EU art. 2(14a), Regulation (EU) 2025/1960)"
        )


def _check_minimums(rules: Mapping[str, Any], minimums: Mapping[str, Any], effective: date) -> Iterator[str]:
    """What is worse than the law's value; or not said at all, in a version from the day `asked_from` on."""
    for key, law in minimums.items():
        allowed, value = MINIMUMS.get(key), law.get("value")
        if allowed is None or value is None:
            yield f"minimum.toml: {key} has no value, or is no key with a minimum"
        elif key not in rules and "asked_from" in law and effective >= law["asked_from"]:
            yield f"{key} is missing; the law asks for it ({law.get('source', 'no source')})"
        elif key in rules and not allowed(rules[key], value) and not _overridden(rules, key):
            yield f"{key} = {rules[key]} is worse for the customer than the minimum {value} ({law.get('source', 'no source')})"


def _overridden(rules: Mapping[str, Any], key: str) -> bool:
    """Whether the exporter says in words why this rule may be worse than the minimum."""
    reason = rules.get("overrides", {}).get(key)
    return isinstance(reason, str) and bool(reason.strip())
