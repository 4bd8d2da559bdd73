"""How complete the texts of a product are in a language, measured by what the source language says of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALWAYS = ("name", "slug", "summary")  # without these nothing is shown
WHERE_SAID = ("description", "box", "ingredients", "care")  # needed where the source language has them
FIELDS = (*ALWAYS, *WHERE_SAID)


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the fields a product needs in a language, those that are empty; and whether a native has read the rest."""

    needed: tuple[str, ...]
    missing: tuple[str, ...]
    checked: bool

    @property
    def done(self) -> int:
        """How many fields are filled."""
        return len(self.needed) - len(self.missing)

    @property
    def begun(self) -> bool:
        """Whether anything is there at all."""
        return self.done > 0


def standing(text: Mapping[str, object] | None, source: Mapping[str, object] | None) -> Standing:
    """How one product's text stands beside that of the source language; None where there is none."""
    text, source = text or {}, source or {}
    needed = (*ALWAYS, *(each for each in WHERE_SAID if source.get(each) or text.get(each)))
    missing = tuple(each for each in needed if not text.get(each))
    return Standing(needed, missing, bool(text.get("checked_by")))


@dataclass(frozen=True, slots=True)
class Whole:
    """A language over all its products: fields filled of those needed, and the products that are missing or unread."""

    done: int
    needed: int
    incomplete: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def percent(self) -> int:
        """How much is there; 100 only when nothing is missing."""
        return self.done * 100 // self.needed if self.needed else 100


def whole(standings: Mapping[str, Standing]) -> Whole:
    """All products of a language taken together, by SKU."""
    every: Iterable[Standing] = standings.values()
    return Whole(
        done=sum(each.done for each in every),
        needed=sum(len(each.needed) for each in standings.values()),
        incomplete=tuple(sku for sku, each in standings.items() if each.missing),
        unchecked=tuple(sku for sku, each in standings.items() if each.begun and not each.checked),
    )
