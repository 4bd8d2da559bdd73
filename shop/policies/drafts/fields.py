"""A policy's rules as the fields of a form, and back: what was typed becomes rules, or a sentence at its field. Pure.

A field is named like its rule; `source.<rule>` says where the rule comes from, `reason.<rule>` why it may be less than
the law asks, `exclude.<class>` and `exclude_source.<class>` what cannot be sent back, `label.<language>.<button>` the
words of the withdrawal function, `remedy.<place>` a rung of the ladder. `day` is the day on which all of it takes effect.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shop.base.i18n import N_
from shop.ground.instants import as_day
from shop.policies.faults import Fault
from shop.policies.keys import CHOICES, CONDITIONS, EXTRA, KEYS, OPTIONAL, PRODUCT_CLASSES
from shop.policies.rule_checks import MINIMUMS, MISSING, ONE_OF, check_rules

MAY_BE_EMPTY = ("representative", "responsible_person", "director", "company_number", "tax_number", "phone")
RUNGS = range(1, 7)
LONGEST = 2_000
_TABLES = (dict, list)
_WHOLE = re.compile(r"\d{1,6}")
_REGION = re.compile(r"([A-Z]{2,3})\s*=\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")

Values = Mapping[str, str]


@dataclass(slots=True)
class Read:
    """Rules as far as they could be read, and what is wrong with which field."""

    rules: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)

    def fail(self, name: str, fault: Fault) -> None:
        """Note what is wrong with a field; the first fault stays."""
        self.faults.setdefault(name, fault)


def types_of(kind: str) -> dict[str, type]:
    """The rules of a kind that are one value each, in the order of the form: its own, what may be said, facts for texts."""
    every = {**KEYS[kind], **OPTIONAL.get(kind, {}), **EXTRA}
    return {key: each for key, each in every.items() if each not in _TABLES}


def names_of(kind: str, languages: Sequence[str]) -> list[str]:
    """The names of all fields of a form for this kind, in these languages."""
    regions = "first_language" in OPTIONAL.get(kind, {})
    lists = ["remedies", "disclaimers_allowed"] if kind == "warranty" else ["first_language"] if regions else []
    rules = [*types_of(kind), *lists]
    names = ["day", *types_of(kind), *(f"source.{each}" for each in rules), *(f"reason.{each}" for each in MINIMUMS)]
    if kind == "returns":
        names += [f"{about}.{each}" for each in PRODUCT_CLASSES for about in ("exclude", "exclude_source")]
        names += [f"label.{each}.{button}" for each in languages for button in ("entry", "confirm")]
    if kind == "warranty":
        names += ["disclaimers_allowed", *(f"remedy.{each}" for each in RUNGS)]
    return [*names, "first_language"] if regions else names


def values_of(rules: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The fields as they stand for these rules."""
    values = {key: _typed(rules[key]) for key in types_of(kind) if key in rules}
    values |= {f"source.{rule}": said for rule, said in _sources(rules).items()}
    values |= {f"reason.{rule}": said for rule, said in rules.get("overrides", {}).items()}
    values |= {f"remedy.{place}": each for place, each in enumerate(rules.get("remedies", ()), 1)}
    for each in rules.get("exclusions", ()):
        values[f"exclude.{each['class']}"] = each.get("condition", "always")
        values[f"exclude_source.{each['class']}"] = each["source"]
    for language, words in rules.get("withdrawal_labels", {}).items():
        values |= {f"label.{language}.{button}": said for button, said in words.items()}
    values["disclaimers_allowed"] = "\n".join(rules.get("disclaimers_allowed", ()))
    values["first_language"] = "\n".join(f"{each} = {told}" for each, told in rules.get("first_language", {}).items())
    return {name: said for name, said in values.items() if said}


def read_rules(
    values: Values,
    *,
    market: str,
    kind: str,
    languages: Sequence[str],
    minimum: Mapping[str, Any],
    known: Mapping[str, Any],
    today: date,
) -> Read:
    """The rules that these fields make, with everything that is wrong with them, also by the market's `minimum`.

    A source that is still worded as in `known`, the rules that were copied, keeps its confidence and its day.
    """
    read = Read({"kind": kind, "market": market})
    day = _day(values.get("day", ""), read)
    read.rules["effective"] = day
    for key, expected in types_of(kind).items():
        _read_value(read, key, expected, values.get(key, "").strip(), needed=key in KEYS[kind])
    if kind == "warranty":
        read.rules["remedies"] = list(dict.fromkeys(filter(None, (values.get(f"remedy.{each}", "") for each in RUNGS))))
        read.rules["disclaimers_allowed"] = _lines(values.get("disclaimers_allowed", ""))
    if kind == "returns":
        _read_labels(read, values, languages)
        _read_exclusions(read, values)
    if "first_language" in OPTIONAL.get(kind, {}):
        _read_regions(read, values.get("first_language", ""))
    read.rules["sources"] = list(_read_sources(read.rules, values, known, today))
    reasons = {key: said for key in MINIMUMS if (said := values.get(f"reason.{key}", "").strip()) and key in read.rules}
    if reasons:
        read.rules["overrides"] = reasons
    for fault in check_rules(read.rules, kind=kind, market=market, day=day, minimum=minimum):
        read.fail(_field_of(fault.key), fault)
    return read


def _field_of(key: str) -> str:
    return {"effective": "day", "remedies": "remedy.1"}.get(key, key)


def _typed(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _sources(rules: Mapping[str, Any]) -> dict[str, str]:
    """Where each rule comes from, several joined in one line."""
    told: dict[str, list[str]] = {}
    for each in rules.get("sources", ()):
        told.setdefault(str(each.get("rule", "")), []).append(str(each.get("source", "")))
    return {rule: "; ".join(said) for rule, said in told.items()}


def _day(said: str, read: Read) -> date:
    if (day := as_day(said.strip())) is None:
        read.fail("day", Fault("day", N_("Please choose the day on which this takes effect.")))
    return day or date.max


def _read_value(read: Read, key: str, expected: type, said: str, *, needed: bool) -> None:
    if not said:
        if needed and expected is str and key in MAY_BE_EMPTY:
            read.rules[key] = ""
        elif needed:
            read.fail(key, Fault(key, MISSING))
    elif expected is int:
        if _WHOLE.fullmatch(said):
            read.rules[key] = int(said)
        else:
            read.fail(key, Fault(key, N_("Please write a whole number in figures, such as 14.")))
    elif expected is bool:
        if said in ("yes", "no"):
            read.rules[key] = said == "yes"
        else:
            read.fail(key, Fault(key, ONE_OF, {"choices": "yes, no"}))
    elif key in CHOICES and said not in CHOICES[key]:
        read.fail(key, Fault(key, ONE_OF, {"choices": ", ".join(CHOICES[key])}))
    elif len(said) > LONGEST:
        read.fail(key, Fault(key, N_("This is too long.")))
    else:
        read.rules[key] = said


def _read_labels(read: Read, values: Values, languages: Sequence[str]) -> None:
    labels = {}
    for language in languages:
        words = {each: values.get(f"label.{language}.{each}", "").strip() for each in ("entry", "confirm")}
        if all(words.values()):
            labels[language] = words
        elif any(words.values()):
            lacking = next(each for each, said in words.items() if not said)
            read.fail(f"label.{language}.{lacking}", Fault("withdrawal_labels", N_("Please fill in both, or neither.")))
    if labels:
        read.rules["withdrawal_labels"] = labels


def _read_exclusions(read: Read, values: Values) -> None:
    found = []
    for each in PRODUCT_CLASSES:
        condition = values.get(f"exclude.{each}", "")
        source = values.get(f"exclude_source.{each}", "").strip()
        if condition and condition not in CONDITIONS:
            read.fail(f"exclude.{each}", Fault("exclusions", ONE_OF, {"choices": ", ".join(CONDITIONS)}))
        elif condition and not source:
            words = N_("Please name the law, or say that it is our own rule.")
            read.fail(f"exclude_source.{each}", Fault("exclusions.source", words))
        elif condition:
            found.append({"class": each, "condition": condition, "source": source})
    read.rules["exclusions"] = found


def _read_regions(read: Read, said: str) -> None:
    regions = {}
    for line in _lines(said):
        if (pair := _REGION.fullmatch(line)) is None:
            words = N_("Please write one region a line, such as: QC = fr")
            read.fail("first_language", Fault("first_language", words))
        else:
            regions[pair[1]] = pair[2]
    if regions:
        read.rules["first_language"] = regions


def _read_sources(rules: Mapping[str, Any], values: Values, known: Mapping[str, Any], today: date) -> Iterator[Any]:
    before = _sources(known)
    for rule in rules:
        said = values.get(f"source.{rule}", "").strip()
        if not said:
            continue
        if said == before.get(rule):
            yield from (dict(each) for each in known["sources"] if each.get("rule") == rule)
        else:
            yield {"rule": rule, "source": said, "confidence": "medium", "as_of": today}


def _lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]
