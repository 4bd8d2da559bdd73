"""The price of a kilogram, a litre or their tenth, where the law or custom of a country wants it beside the price. Pure."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from shop.ground.money import Money

# Member states may let one quantity be customary (Directive 98/6/EC art. 2 b); small packs there go by 100 g or 100 ml.
_UNION = "AT BE BG CY CZ DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
CUSTOM = {
    **dict.fromkeys(_UNION.split(), "small"),
    "GB": "small",
    "DE": "whole",  # since 2022 the kilogram or litre whatever the size: PAngV § 5 (1)
    "TR": "whole",
    "CH": "hundred",  # a decimal part of the kilogram or litre may stand: PBV art. 6
    "NZ": "hundred",  # Consumer Information Standards (Unit Pricing for Grocery Products) Regulations 2023
    "AU": "hundred",  # Unit Pricing Code
    "KR": "hundred",
    "BR": "hundred",
}
SMALL = 250  # grams or millilitres
_UNITS = {
    "mg": ("g", Decimal("0.001")),
    "g": ("g", Decimal(1)),
    "kg": ("g", Decimal(1000)),
    "ml": ("ml", Decimal(1)),
    "cl": ("ml", Decimal(10)),
    "l": ("ml", Decimal(1000)),
}
_WHOLE = {"g": "kg", "ml": "l"}


class UnitPrice(NamedTuple):
    """What `quantity` of `unit` (g, kg, ml, l) costs."""

    price: Money
    quantity: int
    unit: str


def unit_price(price: Money, net_quantity: str, net_unit: str, *, country: str) -> UnitPrice | None:
    """The unit price of a pack, rounded half up; None where none is due, or it would only repeat the price."""
    custom, held = CUSTOM.get(country), _held(net_quantity, net_unit)
    if custom is None or held is None:
        return None
    base, amount = held
    hundred = custom == "hundred" or (custom == "small" and amount <= SMALL)
    per = 100 if hundred else 1000
    if amount == per:
        return None
    minor = (Decimal(price.minor) * per / amount).quantize(Decimal(1), ROUND_HALF_UP)
    found = Money(int(minor), price.currency)
    return UnitPrice(found, 100, base) if hundred else UnitPrice(found, 1, _WHOLE[base])


def _held(net_quantity: str, net_unit: str) -> tuple[str, Decimal] | None:
    """The pack's content in grams or millilitres; None for what is counted, or not said in figures."""
    if net_unit not in _UNITS:
        return None
    base, each = _UNITS[net_unit]
    try:
        amount = Decimal(net_quantity) * each
    except InvalidOperation:
        return None
    return (base, amount) if amount.is_finite() and amount > 0 else None
