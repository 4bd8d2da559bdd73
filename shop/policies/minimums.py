"""What a country's law asks at least, as rows beside the software's `minimum.toml`: of the same rule, the row holds.

A row says its value in words; which rules can have a minimum, and what kind of value each takes, is known here.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlmodel import Session, select

from shop.policies.keys import KEYS, LISTS, NEEDED, OPTIONAL
from shop.policies.models import WrittenMinimum
from shop.policies.rule_checks import MINIMUMS, at_least

_LISTED = {"warranty": ("disclaimers_allowed",)}
# kind -> the rules of it that the law may set a bound to, each with its type
RULES: dict[str, dict[str, type]] = {
    kind: {
        rule: known[rule]
        for known in [{**KEYS[kind], **OPTIONAL.get(kind, {}), **{each: LISTS[each] for each in _LISTED.get(kind, ())}}]
        for rule in MINIMUMS
        if rule in known
    }
    for kind in NEEDED
}
BOUND = tuple(kind for kind, rules in RULES.items() if rules)  # the kinds that have such rules
YES_NO = {"yes": True, "no": False}


class NoSuchValue(ValueError):
    """The rule cannot have this value: it is a number, yes or no, or a list."""

    def __init__(self, wanted: type) -> None:
        super().__init__(wanted.__name__)
        self.wanted = wanted


def value_of(kind: str, rule: str, said: str) -> int | bool | list[str]:
    """What a row's value means: a whole number from 0, yes or no, or a list of one entry a line. Raises NoSuchValue."""
    wanted = RULES[kind][rule]
    if wanted is list:
        return [line.strip() for line in said.splitlines() if line.strip()]
    if wanted is bool and said in YES_NO:
        return YES_NO[said]
    if wanted is int and said.isascii() and said.isdigit() and len(said) <= 6:
        return int(said)
    raise NoSuchValue(wanted)


def written_minimums(db: Session) -> list[WrittenMinimum]:
    """Every row."""
    return list(db.exec(select(WrittenMinimum)).all())


def laid_over(folder: Mapping[str, Mapping[str, Any]], rows: Iterable[WrittenMinimum]) -> dict[str, dict[str, Any]]:
    """The minimums by market, with each row in place of the folder's value of its rule.

    The day from which a rule must be said at all stays the folder's: versions before it were not asked.
    """
    markets: dict[str, dict[str, Any]] = {market: dict(told) for market, told in folder.items()}
    for row in rows:
        kinds = markets.setdefault(row.market, {"market": row.market})
        rules = dict(kinds.get(row.kind, {}))
        asked = {name: day for name, day in rules.get(row.rule, {}).items() if name == "asked_from"}
        note = {"note": row.note} if row.note else {}
        value = value_of(row.kind, row.rule, row.value)
        rules[row.rule] = {
            "value": value, "source": row.source, "confidence": row.confidence, "as_of": row.as_of, **note, **asked
        }  # fmt: skip
        kinds[row.kind] = rules
    return markets


def found_worse(rules: Mapping[str, Any], laws: Mapping[str, Any]) -> Collection[str]:
    """The rules that are worse for the customer than the law, whether or not a reason is given."""
    told = ((key, MINIMUMS.get(key), law.get("value")) for key, law in laws.items() if isinstance(law, Mapping))
    return [
        key
        for key, allowed, value in told
        if allowed is not None and value is not None and key in rules and not allowed(rules[key], value)
    ]


def asked_for(laws: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules of a kind that the law wants anything of: some value, a bound, or that they are said at all."""
    known = {rule: law for rule, law in laws.items() if isinstance(law, Mapping)}
    return tuple(
        rule
        for rule, law in known.items()
        if "asked_from" in law or MINIMUMS.get(rule) is not at_least or law.get("value") not in (0, False)
    )
