"""Whoever takes the money, in memory: refunds that are made, refused, or not answered."""

from dataclasses import dataclass, field

from shop.base.payments import PaymentRefused, PaymentsAway, RefundState
from shop.ground.money import Money


@dataclass
class Provider:
    """Whoever takes the money, in memory. `mood` is what it does with the next ask for a refund, then it is well again.

    away: does nothing and does not answer; lost: acts, and its answer does not arrive; no: refuses.
    """

    name: str = "provider"
    live: bool = False
    paid: dict[str, Money] = field(default_factory=dict)
    made: dict[str, RefundState] = field(default_factory=dict)
    mood: str = ""
    deaf: bool = False  # does not even answer what refunds there are
    asked: int = 0

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        self.asked += 1
        mood, self.mood = self.mood, ""
        if mood == "away":
            raise PaymentsAway
        if mood == "no":
            raise PaymentRefused("the card is closed")
        if key not in self.made:
            if self.given(payment) + amount.minor > self.paid[payment].minor:
                raise PaymentRefused("more than is left")
            self.made[key] = RefundState(key, f"re_{payment}_{len(self.made)}", amount, "done")
        if mood == "lost":
            raise PaymentsAway
        return self.made[key].id

    def refunds(self, payment: str) -> tuple[RefundState, ...]:
        if self.deaf:
            raise PaymentsAway
        return tuple(each for each in self.made.values() if each.id.startswith(f"re_{payment}_"))

    def given(self, payment: str) -> int:
        return sum(each.amount.minor for each in self.refunds(payment) if each.status == "done")

    def lose(self, key: str) -> None:
        """A refund that was taken on fails in the end."""
        kept = self.made[key]
        self.made[key] = RefundState(kept.key, kept.id, kept.amount, "failed")
