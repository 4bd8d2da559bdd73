"""What must have become of every order and of the shelf: a model of the shop in a few lines, without the shop.

It knows what was done and nothing of how; whoever drives it beside the shop (model_rules.py) compares the two.
"""

from collections.abc import Container
from dataclasses import dataclass, field

PLACED, PAID, CANCELLED, REFUNDED = "placed", "paid", "cancelled", "refunded"


@dataclass
class Bought:
    """An order: pieces, total in minor units, the version of the returns policy, and what it must be now."""

    pieces: int
    total: int
    returns: str
    state: str = PLACED
    taken: bool = False  # the provider has the money
    given_back: int = 0
    notice: tuple[bytes, str] | None = None

    def give_back(self, minor: int) -> bool:
        """A part of the money goes back; False when that is more than there is."""
        if self.given_back + minor > self.total:
            return False
        self.given_back += minor
        return True


@dataclass
class Model:
    """The shop as it must stand. `paused` is how the sale is stopped, empty while it goes on."""

    on_hand: int
    paused: str = ""
    asked: int = 0
    orders: dict[str, Bought] = field(default_factory=dict)

    def sells(self, pieces: int) -> bool:
        """Whether so many can be ordered now."""
        return not self.paused and pieces <= self.on_hand - self.pieces(PLACED, PAID)

    def pieces(self, *states: str) -> int:
        """Pieces in orders of these states."""
        return sum(each.pieces for each in self.orders.values() if each.state in states)

    def of(self, state: str) -> list[tuple[str, Bought]]:
        """The orders in a state, with their numbers."""
        return [each for each in self.orders.items() if each[1].state == state]

    def told(self) -> list[Bought]:
        """The orders of whose payment the provider has a notice to deliver, or has delivered one."""
        return [each for each in self.orders.values() if each.notice]

    def heard(self, bought: Bought, *, over: bool = False) -> None:
        """The shop hears of a payment: paid; given back while the sale is stopped for safety; or `over` without one."""
        if bought.state != PLACED:
            return
        if bought.taken:
            bought.state = REFUNDED if self.paused == "safety" else PAID
            bought.given_back = bought.total if bought.state == REFUNDED else 0
        elif over:
            bought.state = CANCELLED

    def toggle(self, mode: str, payable: Container[str]) -> None:
        """The sale is stopped so, or goes on. Stopped for safety, what is `payable` still and not paid ends at once.

        What was paid goes back. Whose time to pay is over by itself, the periodic work finds.
        """
        self.paused = "" if self.paused else mode
        if self.paused == "safety":
            for number, bought in self.orders.items():
                if number in payable:
                    self.heard(bought, over=True)

    def carried_out(self) -> None:
        """All refunds have been carried out."""
        for _number, bought in self.of(PAID):
            if bought.given_back == bought.total:
                bought.state = REFUNDED
