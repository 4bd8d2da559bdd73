"""What a manual asks that is known from nowhere else: the exporter writes it down once for each market, or in each language.

Pure: which fields there are, what they are called, and what is wrong with what was typed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shop.aftersales.cases.sight import BEARERS
from shop.base.i18n import N_, Tongue

LONGEST, LONGEST_LINE = 2_000, 200
MOST_PIECES = 100_000
NOBODY = "no_distributor"  # the market is looked after without one: there is no manual to print
KEEP = "keep_"  # and a SKU: how many pieces of the part lie ready there


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: `kind` is line, text, bearer, number or tick. `spoken` ones are written in each language."""

    key: str
    label: str
    kind: str = "line"
    hint: str = ""
    spoken: bool = False
    values: tuple[tuple[str, str], ...] = ()

    def said(self, tongue: Tongue) -> str:
        """What stands beside the field."""
        return tongue.say(self.label, **dict(self.values)) if self.values else tongue.say(self.label)

    def language(self, language: str) -> str:
        """Under which language it is kept."""
        return language if self.spoken else ""


PARTNER = (
    Asked("company", N_("Company of the distributor")),
    Asked("address", N_("Address of the distributor"), "text"),
    Asked("phone", N_("Telephone of the distributor")),
    Asked("territory", N_("Territory"), hint=N_("For example: all of the country, without the islands"), spoken=True),
)
BEARING = (
    Asked("bears_fault", N_("Repair or a new piece under the guarantee"), "bearer"),
    Asked("bears_transport", N_("Damage on the way"), "bearer"),
    Asked("bears_return", N_("Goods that are sent back in time, without a reason"), "bearer"),
    Asked("bears_goodwill", N_("Goodwill that the exporter agreed to"), "bearer"),
    Asked("bears_store", N_("Loss or damage in the distributor's store"), "bearer"),
)
RULES = (
    Asked(
        "money", N_("How and by when money is settled"), "text", spoken=True,
        hint=N_("For example: a list at the end of each month; paid within 14 days"),
    ),
    Asked("reports", N_("What the distributor reports, and when"), "text", spoken=True),
    Asked("brand", N_("Rules for name, pictures and words"), "text", spoken=True),
)  # fmt: skip
WITHOUT = Asked(NOBODY, N_("We have no distributor in this market. No manual is needed."), "tick")


def part_fields(parts: Iterable[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """How many pieces of each spare part the distributor keeps."""
    said = N_("Pieces to keep: %(name)s")
    return tuple(Asked(KEEP + each["sku"], said, "number", values=(("name", each["name"]),)) for each in parts)


def fields_of(parts: Iterable[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """Every field of a market's manual, in its order."""
    return (WITHOUT, *PARTNER, *BEARING, *RULES, *part_fields(parts))


def bearers(tongue: Tongue) -> list[tuple[str, str]]:
    """Who may bear something."""
    return [(name, tongue.say(word)) for name, word in BEARERS.items()]


def taken(asked: Asked, text: str) -> bool:
    """Whether the text fits the field; nothing fits every one."""
    if not text:
        return True
    match asked.kind:
        case "bearer":
            return text in BEARERS
        case "number":
            return text.isascii() and text.isdigit() and int(text) <= MOST_PIECES
        case "tick":
            return text == "yes"
    return len(text) <= _longest(asked)


def _longest(asked: Asked) -> int:
    return LONGEST if asked.kind == "text" else LONGEST_LINE


def wrong(asked: Asked, text: str, tongue: Tongue) -> str:
    """Why the text cannot be kept; empty where it can. Nothing is always fine: it prints as a blank."""
    most = _longest(asked)
    if len(text) > most:
        return tongue.say(N_("Please write at most %(most)s letters."), most=tongue.number(most))
    if asked.kind == "bearer" and not taken(asked, text):
        return tongue.say(N_("Please choose one of these."))
    if asked.kind == "number" and not taken(asked, text):
        most_pieces = tongue.number(MOST_PIECES)
        return tongue.say(N_("Please enter a whole number from 0 to %(most)s."), most=most_pieces)
    return ""
