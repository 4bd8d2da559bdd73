"""What a new version of a policy changes: rule by rule, for or against the customer, and passage by passage. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Leaning = Literal["better", "worse", "neither"]
Value = str | int | bool | None

_NO_RULE = ("kind", "market", "effective", "sources", "overrides")
_MORE_IS_BETTER = (
    "window_days",
    "extension_if_not_informed_months",
    "legal_guarantee_months",
    "burden_of_proof_months",
    "commercial_guarantee_months",
    "extra_months_after_repair",
    "parts_years",
    "refund_includes_outbound_shipping",
    "end_rolls_to_working_day",
    "send_back_days",
    "cancel_before_dispatch",
    "durability_label_months",
)
_LESS_IS_BETTER = ("refund_days", "refund_waits_for_goods", "delivery_days_min", "delivery_days_max")
_BEST = {
    "return_shipping": "seller",
    "starts_from": "day_after_receipt",
    "refund_starts_from": "notice",
    "duties": "included",
}


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is not what it was; None where it is not there at all. `leaning` is the customer's side."""

    key: str
    before: Value
    after: Value

    @property
    def leaning(self) -> Leaning:
        """Whether the customer is better or worse off; neither where that cannot be said of the rule alone."""
        if self.key.startswith("exclusions."):
            return "worse" if self.before is None else "better" if self.after is None else "neither"
        if self.key in _BEST:
            return "better" if self.after == _BEST[self.key] else "worse"
        if not isinstance(self.before, int) or not isinstance(self.after, int):
            return "neither"
        if self.key in _MORE_IS_BETTER:
            return "better" if self.after > self.before else "worse"
        return ("better" if self.after < self.before else "worse") if self.key in _LESS_IS_BETTER else "neither"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that only one of two versions of a text has."""

    only_in: Literal["before", "after"]
    text: str


def rule_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[RuleChange]:
    """Every rule that differs, in the order of the new version, then those that are gone."""
    old, new = dict(flat_rules(before)), dict(flat_rules(after))
    keys = [*new, *(key for key in old if key not in new)]
    return [RuleChange(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def passages(before: str, after: str) -> list[Passage]:
    """The paragraphs that were taken out or put in, in the order of reading."""
    old, new = before.split("\n\n"), after.split("\n\n")
    found: list[Passage] = []
    for what, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            found += [Passage("before", each.strip()) for each in old[start:end]]
            found += [Passage("after", each.strip()) for each in new[new_start:new_end]]
    return found


def flat_rules(rules: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Each rule as one key with one value: `exclusions.cosmetics` = unsealed, `withdrawal_labels.de.entry` = its words."""
    for key, value in rules.items():
        if key in _NO_RULE:
            continue
        if key == "exclusions":
            yield from ((f"{key}.{each['class']}", each.get("condition", "always")) for each in value)
        elif isinstance(value, Mapping):
            yield from ((f"{key}.{name}", told) for name, told in flat_rules(value))
        else:
            yield key, ", ".join(map(str, value)) if isinstance(value, list) else value
