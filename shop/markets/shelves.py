"""How many goods a market shows on which shelf, as far as every page's header needs to know. The catalogue tells it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.base.i18n import NP_

MANY = 13  # goods from which on a customer is helped to find one
CATEGORIES = {
    "kitchen": NP_("category", "Kitchen"),
    "skin": NP_("category", "Skin"),
    "food": NP_("category", "Food"),
    "parts": NP_("category", "Parts"),
}
_ELSEWHERE = {"service": "parts"}  # what is done for the goods stands beside what keeps them going


@dataclass(frozen=True, slots=True)
class Shelved:
    """One listed product in a language it has a text in, and from when until when it is shown."""

    market: str
    language: str
    plate: str
    visible_from: datetime | None
    until: datetime | None
    sku: str


def category_of(plate: str) -> str:
    """The category a product of this plate belongs to."""
    return _ELSEWHERE.get(plate, plate)


def stock_of_shelves(
    shelved: Iterable[Shelved], market: str, language: str, *, now: datetime, unfit: frozenset[str] = frozenset()
) -> Counter[str]:
    """How many goods are shown now in a market and language, by category; those `unfit` for it are not."""
    return Counter(
        category_of(each.plate)
        for each in shelved
        if (each.market, each.language) == (market, language)
        and each.sku not in unfit
        and (each.visible_from is None or each.visible_from <= now)
        and (each.until is None or each.until > now)
    )


def is_searched(shelves: Counter[str]) -> bool:
    """Whether there is so much that the header offers to search it."""
    return shelves.total() >= MANY


def categories_shown(shelves: Counter[str]) -> tuple[str, ...]:
    """The categories named in the header, in their order: none where there is little, or only one."""
    filled = tuple(each for each in CATEGORIES if shelves[each])
    return filled if is_searched(shelves) and len(filled) > 1 else ()
