"""Placeholders in policy texts: what each stands for in the rules, how it is written, and what is wrong with a text. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from shop.base.i18n import N_, Tongue
from shop.policies.faults import Fault

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LABELS = {"withdrawal_entry": "entry", "withdrawal_confirm": "confirm"}  # placeholders that differ by language


def stands_for(rules: Mapping[str, Any], name: str, language: str) -> Any:
    """What a placeholder stands for: a rule, or the words on one of the withdrawal function's buttons; None for nothing."""
    if name in LABELS:
        return rules.get("withdrawal_labels", {}).get(language, {}).get(LABELS[name])
    return rules.get(name)


def filled(text: str, rules: Mapping[str, Any], tongue: Tongue) -> str:
    """The text with its placeholders filled; one that stands for nothing stays as it is, as a draft's may."""

    def fill(found: re.Match[str]) -> str:
        value = stands_for(rules, found[1], tongue.language)
        return _written(value, tongue) if _single(value) else found[0]

    return PLACEHOLDER.sub(fill, text)


def offered(rules: Mapping[str, Any], language: str) -> list[str]:
    """The placeholders that a text in this language may hold by these rules."""
    return [name for name in (*rules, *LABELS) if _single(stands_for(rules, name, language))]


def text_faults(text: str, rules: Mapping[str, Any], language: str) -> Iterator[Fault]:
    """Whatever is wrong with a text, filled from these rules."""
    if not text.startswith("# "):
        yield Fault("", N_("This must begin with its title, such as: # Returns"))
    for name in PLACEHOLDER.findall(text):
        if not _single(stands_for(rules, name, language)):
            yield Fault("", N_("{%(name)s} is no single value of the rules (rules.toml)."), {"name": name})
    left = PLACEHOLDER.sub("", text)
    if "{" in left or "}" in left:
        yield Fault("", N_("This holds a brace that is no placeholder."))


def _single(value: Any) -> bool:
    return isinstance(value, str | int | date) and not isinstance(value, bool)


def _written(value: Any, tongue: Tongue) -> str:
    if isinstance(value, date):
        return format_date(value, "long", locale=tongue.locale)
    return tongue.number(value) if isinstance(value, int) else str(value)
