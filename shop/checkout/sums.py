"""The rows of a sum, in the order in which a market displays them: one way for cart, review, order page and mail."""

from typing import Any

from shop.base.i18n import N_, Tongue
from shop.ground.money import Money


def sum_rows(
    tongue: Tongue, currency: str, *, inclusive: bool, goods: int, shipping: int, tax: int, total: int
) -> list[dict[str, Any]]:
    """Goods, delivery, tax and total in minor units; `goods` and `shipping` as the market displays prices.

    Where prices hold the tax it is named below the total; where they do not it is added before it.
    """

    def row(label: str, minor: int, *, strong: bool = False) -> dict[str, Any]:
        return {"label": tongue.say(label), "value": tongue.money(Money(minor, currency)), "strong": strong}

    free = {"label": tongue.say(N_("Delivery cost")), "value": tongue.say(N_("free of charge")), "strong": False}
    first = [row(N_("Goods"), goods), row(N_("Delivery cost"), shipping) if shipping else free]
    sum_total = row(N_("Total"), total, strong=True)
    if inclusive:
        return [*first, sum_total, row(N_("Tax included in the total"), tax)]
    return [*first, row(N_("Tax"), tax), sum_total]
