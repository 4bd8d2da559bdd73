"""How much money a case gives back. Pure: pieces and amounts in, a proposal out. All amounts are minor units of one currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """What was bought of a SKU, and what was paid for all of it, its tax included."""

    quantity: int
    gross: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a case gives back: for goods, for the way to the customer, less a loss in value, less what was given before.

    `most` is what may be given without going beyond the entitlement; `left` what can still be given on the order.
    """

    goods: int
    shipping: int
    deduction: int
    given: int
    most: int
    left: int

    @property
    def owed(self) -> int:
        """What is still to be given back."""
        return max(0, min(self.goods + self.shipping - self.deduction - self.given, self.left))

    @property
    def ceiling(self) -> int:
        """What may be given back now without being goodwill."""
        return max(0, min(self.most - self.given, self.left))

    def parts(self, minor: int) -> tuple[int, int]:
        """An amount as what rests on the entitlement and what goes beyond it."""
        base = min(minor, self.ceiling)
        return base, minor - base

    def needs_reason(self, minor: int) -> bool:
        """Whether giving this amount has to be explained: it is more, or less, than what is proposed."""
        return minor > self.ceiling or minor < self.owed


def price_of(pieces: Mapping[str, int], bought: Mapping[str, Line], before: Mapping[str, int]) -> int:
    """What was paid for these pieces. `before` are pieces of the same order whose money went back earlier.

    A line's price is parted so that all its pieces together are the line, whatever the parts.
    """
    return sum(_share(bought[sku], before.get(sku, 0), number) for sku, number in pieces.items() if sku in bought)


def is_whole(pieces: Mapping[str, int], bought: Mapping[str, Line], before: Mapping[str, int]) -> bool:
    """Whether with these pieces all of the order has been withdrawn from."""
    return bool(pieces) and all(
        pieces.get(sku, 0) + before.get(sku, 0) >= line.quantity for sku, line in bought.items()
    )


def shipping_of(total: int, bought: Mapping[str, Line]) -> int:
    """What was paid for the way to the customer, its tax included: the shop knows one, standard, way."""
    return total - sum(line.gross for line in bought.values())


def _share(line: Line, before: int, number: int) -> int:
    first, last = min(before, line.quantity), min(before + number, line.quantity)
    return line.gross * last // line.quantity - line.gross * first // line.quantity
