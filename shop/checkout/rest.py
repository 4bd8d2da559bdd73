"""What of a cart can still be ordered when one thing in it cannot as it stands: told with its sum, and one press away.

Where several things are in the way the cart itself is the place to decide, so nothing is proposed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from shop.checkout.quote import quote
from shop.checkout.requirements import Requirement
from shop.ground.money import Money
from shop.markets.visit import Visit

# Of what is limited for each customer, what they ordered before counts too: how many are left for them is not told.
_LEFT_OUT = ("line.sold_out", "line.not_yet", "line.stopped", "line.gone")
_FEWER = ("line.too_few", "line.too_many")


@dataclass(frozen=True, slots=True)
class Rest:
    """The cart with one line left out or made smaller: `quantity` is what stays of that line, `total` what all then costs."""

    sku: str
    quantity: int
    total: Money


def rest_of(
    db: Session, visit: Visit, lines: Mapping[str, int], needs: Sequence[Requirement], *, region: str
) -> Rest | None:
    """What could be ordered instead of `lines`; None where nothing would be left, or more than one thing is in the way."""
    cart = [each for each in needs if each.step == "cart"]
    if len(cart) != 1 or cart[0].code not in (*_LEFT_OUT, *_FEWER):
        return None
    [need] = cart
    quantity = int(need.values["num"]) if need.code in _FEWER else 0
    kept = {sku: pieces for sku, pieces in {**lines, need.field: quantity}.items() if pieces > 0}
    return Rest(need.field, quantity, quote(db, visit, kept, region).total) if kept else None
