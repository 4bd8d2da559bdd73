"""The ladder of remedies by a market's warranty rules: which rungs are open now, and what may be asked for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.aftersales.rights import source_of
from shop.base.i18n import N_
from shop.policies.rule_words import REMEDIES

WISHES = {
    "repair": N_("Repair it"),
    "replacement": N_("Send another one"),
    "refund": N_("Take it back and return the money"),
    "price_reduction": N_("I keep it and get a part of the price back"),
    "damages": N_("Compensation for what it cost me"),
}
LABELS = REMEDIES  # of the rungs
CHOICES: dict[str, tuple[str, ...]] = {  # what a customer may ask for on each rung
    "repair": ("repair",),
    "repair_within_30_days": ("repair",),
    "replacement": ("replacement",),
    "replacement_of_generic_goods": ("replacement",),
    "repair_or_replacement": ("repair", "replacement"),
    "minor_repair_replacement_or_refund": ("repair", "replacement", "refund"),
    "serious_rejection_or_price_reduction": ("refund", "replacement", "price_reduction"),
    "price_reduction": ("price_reduction",),
    "price_reduction_or_termination": ("price_reduction", "refund"),
    "rescission": ("refund",),
    "cancellation": ("refund",),
    "revocation_of_acceptance": ("refund",),
    "refund": ("refund",),
    "refund_with_correction": ("refund",),
    "per_written_warranty": ("repair", "replacement", "refund"),
    "damages": ("damages",),
}
# Where the law begins with one of these, the seller may put it right before anything else is owed: BGB §§ 439, 440;
# Directive (EU) 2019/771 art. 13; Civil Code (Japan) arts. 562-563; CDC art. 18.
FIRST = ("repair_or_replacement", "repair_within_30_days")
PROMISED = ("repair", "replacement")  # what the maker's promise gives, and what is looked at where nothing is owed


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: its code in the rules, and whether it can be asked for now."""

    code: str
    open: bool

    @property
    def words(self) -> str:
        """The rung as a message."""
        return LABELS[self.code]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The market's remedies in their order, and the article they rest on."""

    rungs: tuple[Rung, ...]
    source: str


def ladder(rules: Mapping[str, Any], *, tried: bool) -> Ladder:
    """The rules' remedies in order; `tried` says that a repair or replacement was tried for the same piece before.

    A grave fault, a refusal or a delay may open a later rung at once: that is for a person to see, not for this table.
    """
    codes: Sequence[str] = rules["remedies"]
    closed = bool(codes) and codes[0] in FIRST and not tried
    rungs = tuple(Rung(code, not closed or place == 0) for place, code in enumerate(codes))
    return Ladder(rungs, source_of(rules, "remedies"))


def choices(found: Ladder, *, legal: bool) -> tuple[str, ...]:
    """What the customer may ask for now: of the open rungs in their order, or what the maker's promise gives."""
    if not legal:
        return PROMISED
    return tuple(dict.fromkeys(wish for rung in found.rungs if rung.open for wish in CHOICES[rung.code]))
