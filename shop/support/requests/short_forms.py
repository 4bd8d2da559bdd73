"""The short form of each category: the few things that are always asked back, asked at once. Pure.

Answers are kept by their keys and put into words for whoever reads them. Hardly anything is required: who cannot find a
lot number must still be able to ask.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shop.base.i18n import N_, Tongue
from shop.ground.instants import as_day

MOST_LINE, MOST_LINES = 200, 1000
YES_NO = {"yes": N_("Yes"), "no": N_("No")}


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing that is asked. `choices` are its answers by key where it is chosen and not written."""

    key: str
    label: str
    kind: Literal["line", "lines", "day", "choice", "code"] = "line"
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    def name(self, category: str) -> str:
        """The field's name in the form, which holds those of all categories."""
        return f"d_{category}_{self.key}"

    @property
    def most(self) -> int:
        """How many characters may be written."""
        return MOST_LINES if self.kind == "lines" else MOST_LINE


SERIAL = Blank("serial", N_("Serial number"), "code", N_("It stands on the type plate."))
LOT = Blank("lot", N_("Lot number"), "code", N_("It stands beside the best-before date, or on the bottom of the jar."))
PRODUCT = Blank("product", N_("Which product is it?"))

SHORT_FORMS: dict[str, tuple[Blank, ...]] = {
    "transit_damage": (
        Blank("delivered", N_("When did it arrive?"), "day"),
        Blank(
            "damaged",
            N_("What is damaged?"),
            "choice",
            choices={"goods": N_("The goods"), "box": N_("Only the box"), "both": N_("The box and the goods")},
        ),
        Blank(
            "box_kept",
            N_("Do you still have the box and the packing?"),
            "choice",
            N_("Please keep them until we have answered: the carrier may want to see them."),
            choices=YES_NO,
        ),
    ),
    "spare_parts": (
        SERIAL,
        Blank("part", N_("Which part do you need?"), required=True),
    ),
    "use": (PRODUCT, SERIAL),
    "certification": (
        Blank("certificate", N_("Which certificate or proof do you need?"), required=True),
        Blank("purpose", N_("What is it for?"), hint=N_("For example customs, an authority, or your own customer.")),
    ),
    "repair": (
        SERIAL,
        Blank("since", N_("Since when?")),
        Blank("tried", N_("What have you tried already?"), "lines"),
    ),
    "quality": (
        PRODUCT,
        LOT,
        Blank("best_before", N_("Best before"), "day"),
    ),
    "integration": (
        PRODUCT,
        Blank("with", N_("What should it work with?"), required=True),
    ),
    "safety": (
        Blank("hurt", N_("Is anybody hurt or ill?"), "choice", choices=YES_NO),
        PRODUCT,
        LOT,
        SERIAL,
        Blank("when", N_("When did it happen?")),
        Blank(
            "kept",
            N_("Do you still have the product?"),
            "choice",
            N_("Please keep it, with its packing, and do not use it any more."),
            choices=YES_NO,
        ),
    ),
    "returns": (
        PRODUCT,
        Blank(
            "wish",
            N_("What would help you most?"),
            "choice",
            choices={
                "send_back": N_("To send it back"),
                "repair": N_("A repair"),
                "replacement": N_("A replacement"),
                "money": N_("The money back"),
                "advice": N_("Advice: I do not know yet"),
            },
        ),
    ),
    "other": (),
}


def detail_lines(tongue: Tongue, category: str, details: str) -> list[tuple[str, str]]:
    """The answers of a request as label and value, in the words of whoever reads them; what is not known stays as it is."""
    given: dict[str, str] = json.loads(details or "{}")
    blanks = {each.key: each for each in SHORT_FORMS.get(category, ())}
    return [
        (tongue.say(blanks[key].label) if key in blanks else key, _shown(tongue, blanks.get(key), value))
        for key, value in given.items()
    ]


def _shown(tongue: Tongue, blank: Blank | None, value: str) -> str:
    if blank is not None and blank.kind == "choice" and value in blank.choices:
        return tongue.say(blank.choices[value])
    day = as_day(value) if blank is not None and blank.kind == "day" else None
    return tongue.date(day) if day else value
