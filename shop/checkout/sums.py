"""The lines and the rows of a sum as a market displays them: one way for cart, review, order page, desk and mail."""

from typing import Any

from shop.base.i18n import N_, NP_, Tongue
from shop.ground.money import Money


def shown_line(
    tongue: Tongue, sku: str, name: str, *, quantity: int, price: Money, plate: str, image_url: str
) -> dict[str, Any]:
    """One line as the line macro shows it, leading nowhere and with no chip; `price` is that of all its pieces."""
    return {
        "sku": sku,
        "name": name,
        "url": "",
        "image_url": image_url,
        "plate": plate,
        "detail": tongue.count("%(num)s piece", "%(num)s pieces", quantity),
        "price": tongue.money(price),
        "chip": None,
    }


TAX_TO_COME = {
    "province": N_("plus tax by province, worked out from your address"),
    "state": N_("plus tax by state, worked out from your address"),
}
TAX_TO_COME_ELSEWHERE = N_("plus tax by region, worked out from your address")


def sum_rows(
    tongue: Tongue,
    currency: str,
    *,
    inclusive: bool,
    goods: int,
    shipping: int,
    tax: int | None,
    total: int,
    area: str = "",
    kind: str = "",
) -> list[dict[str, Any]]:
    """Goods, delivery, tax and total in minor units; `goods` and `shipping` as the market displays prices.

    Where prices hold the tax it is named below the total, if there is any; where they do not it is added before it.
    While it depends on an address not given yet (`tax` None) no figure stands for it, and the total says so. `area` is
    the name of the province or state whose tax it is, `kind` what such a part of the country is called.
    """

    def row(label: str, minor: int, *, strong: bool = False, **values: str) -> dict[str, Any]:
        return {"label": tongue.say(label, **values), "value": tongue.money(Money(minor, currency)), "strong": strong}

    free = {"label": tongue.say(N_("Delivery cost")), "value": tongue.say(N_("free of charge")), "strong": False}
    first = [row(NP_("sum", "Goods"), goods), row(N_("Delivery cost"), shipping) if shipping else free]
    sum_total = row(N_("Total"), total, strong=True)
    if inclusive:
        return [*first, sum_total, *([row(N_("Tax included in the total"), tax)] if tax else [])]
    if tax is None:
        to_come = tongue.say(TAX_TO_COME.get(kind, TAX_TO_COME_ELSEWHERE))
        before = row(N_("Total before tax"), total, strong=True)
        return [*first, {"label": to_come, "value": "", "strong": False}, before]
    return [*first, row(N_("Tax (%(area)s)"), tax, area=area) if area else row(N_("Tax"), tax), sum_total]
