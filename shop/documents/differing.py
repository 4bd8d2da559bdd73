"""What two states of one document say differently, line by line. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shop.documents.sheets import Sheets


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is not what it was: empty where it was not there, or is no more."""

    where: str
    what: str
    was: str
    now: str


def differences(before: Sheets, after: Sheets) -> list[Difference]:
    """What changed, in the order of what is printed now; what is gone stands last."""
    return list(_changed(before, after))


def _changed(before: Sheets, after: Sheets) -> Iterator[Difference]:
    old, new = before.laid_flat(), after.laid_flat()
    for place, line in new.items():
        was = old[place].says if place in old else ""
        if place not in old or was != line.says:
            yield Difference(line.where, line.what, was, line.says)
    for place, line in old.items():
        if place not in new:
            yield Difference(line.where, line.what, line.says, "")
