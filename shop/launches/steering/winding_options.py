"""Reading what the command line says of a market's end."""

from collections.abc import Sequence

from shop.base.fields import whole
from shop.ground.instants import as_day
from shop.ground.money import NotMoney, money
from shop.launches.changing.winding import WAYS, Fate, Winding


def read_winding(last_order_on: str, contact: str, refund_plan: str, fates: Sequence[str], currency: str) -> Winding:
    """What the options say; raises ValueError with a sentence that names the one at fault."""
    day = as_day(last_order_on)
    if day is None:
        raise ValueError("--last-order-on is a date such as 2027-03-31")
    told = {fate.sku: fate for fate in (_fate(each, currency) for each in fates)}
    if len(told) < len(fates):
        raise ValueError("--fate names each product once")
    return Winding(day, contact, refund_plan, tuple(told.values()))


def _fate(text: str, currency: str) -> Fate:
    sku, pieces, way, cost, owner = (*text.split(":", 4), "", "", "", "", "")[:5]
    named = next((each for each in WAYS if each == way), None)
    try:
        if pieces == "0":
            return Fate(sku, 0)
        number = whole(pieces, digits=9)
        if named is None or not owner or number is None:
            raise NotMoney
        return Fate(sku, number, named, money(cost or "0", currency).minor, owner)
    except ValueError:
        raise ValueError(f"--fate {text}: say SKU:PIECES:return|sell|destroy:COST:OWNER, or SKU:0") from None
