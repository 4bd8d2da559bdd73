"""What can be measured about a product, as label and value, in the units its market reads."""

from functools import lru_cache
from typing import Any

from babel import Locale
from babel.units import format_unit

from shop.base.i18n import N_, NN_, Tongue
from shop.catalogue.models import Product
from shop.markets.visit import Visit

INCHES = {"US": "first", "CA": "second"}  # where people measure a kitchen shelf in inches, too
INCH_MM, POUND_G = 25.4, 453.59237
UNITS = {"g": "mass-gram", "kg": "mass-kilogram", "ml": "volume-milliliter", "l": "volume-liter"}
SHORT = 20  # what is kept on one line
ISOLATED = "\u2066{}\u2069"  # a span of figures that is read from left to right in a text of the other direction


def facts(product: Product, visit: Visit) -> list[dict[str, Any]]:
    """The rows of a product's facts."""
    tongue, inches = visit.tongue, INCHES.get(visit.market.country, "")
    rows = [
        (N_("Net quantity"), net_quantity(product, tongue)),
        (N_("Power"), measured(product.power_w, "watt", tongue) if product.power_w else ""),
        (N_("Mains"), _mains(product, tongue)),
        (N_("Noise"), _isolated(f"{tongue.number(product.noise_db)} dB", tongue) if product.noise_db else ""),
        (N_("Width × depth × height"), _both(_size_cm(product, tongue), _size_in(product, tongue), inches, tongue)),
        (N_("Weight"), _both(_weight(product, tongue), _weight_lb(product, tongue), inches, tongue)),
        (N_("To be replaced"), interval(product, tongue)),
        (N_("Country of origin"), tongue.territory(product.origin) if product.origin else ""),
    ]
    shown = [(tongue.say(label), value) for label, value in rows if value]
    return [
        {"label": label, "value": value, "code": tongue.direction == "ltr" and len(value) <= SHORT and _figures(value)}
        for label, value in shown
    ]


def net_quantity(product: Product, tongue: Tongue) -> str:
    """How much is in the pack: `400 g`, `3 pieces`; empty where it is not sold by quantity."""
    if not product.net_quantity:
        return ""
    amount = float(product.net_quantity)
    if product.net_unit == "piece":
        return tongue.count(*NN_("%(num)s piece", "%(num)s pieces"), int(amount))
    unit = UNITS.get(product.net_unit)
    return measured(amount, unit, tongue) if unit else f"{tongue.number(amount)} {product.net_unit}"


def interval(product: Product, tongue: Tongue) -> str:
    """How often a part has to be replaced."""
    if not product.replace_months:
        return ""
    return tongue.count(*NN_("every %(num)s month", "every %(num)s months"), product.replace_months)


def _mains(product: Product, tongue: Tongue) -> str:
    low, high = product.volt_min, product.volt_max
    if low is None or high is None:
        return ""
    volts = tongue.number(low) if low == high else f"{tongue.number(low)}–{tongue.number(high)}"
    said, hertz = _spanned(volts, high, "volt", tongue), [int(each) for each in product.hertz.split()]
    if not hertz:
        return said
    shown = _spanned("/".join(map(tongue.number, hertz)), hertz[-1], "hertz", tongue)
    return tongue.say(N_("%(volts)s, %(hertz)s"), volts=said, hertz=shown)


def _size_cm(product: Product, tongue: Tongue) -> str:
    return _size(product, 10, "centimeter", tongue)


def _size_in(product: Product, tongue: Tongue) -> str:
    return _size(product, INCH_MM, "inch", tongue)


def _size(product: Product, millimetres: float, unit: str, tongue: Tongue) -> str:
    sides = [each for each in (product.width_mm, product.depth_mm, product.height_mm) if each]
    if len(sides) < 3:
        return ""
    shown = [round(each / millimetres, 1) for each in sides]
    return _spanned(" × ".join(map(tongue.number, shown)), shown[-1], unit, tongue)


def _weight(product: Product, tongue: Tongue) -> str:
    grams = product.weight_g
    if not grams:
        return ""
    return measured(round(grams / 1000, 2), "kilogram", tongue) if grams >= 1000 else measured(grams, "gram", tongue)


def _weight_lb(product: Product, tongue: Tongue) -> str:
    if not product.weight_g:
        return ""
    pounds = product.weight_g / POUND_G
    return (
        measured(round(pounds, 1), "pound", tongue) if pounds >= 1 else measured(round(pounds * 16, 1), "ounce", tongue)
    )


def _both(metric: str, inches: str, order: str, tongue: Tongue) -> str:
    """The measure as the market reads it, and in brackets as it is read elsewhere."""
    if not (order and metric):
        return metric
    first, second = (inches, metric) if order == "first" else (metric, inches)
    return tongue.say(N_("%(first)s (%(second)s)"), first=first, second=second)


def measured(value: float, unit: str, tongue: Tongue) -> str:
    """A figure with its unit (CLDR's name of it: `gram`, `mass-gram`), which never parts from it."""
    return _measured(value, unit, tongue.locale)


@lru_cache(maxsize=4096, typed=True)
def _measured(value: float, unit: str, locale: Locale) -> str:
    return format_unit(value, unit, "short", locale=locale).replace(" ", "\u00a0")


def _spanned(figures: str, last: float, unit: str, tongue: Tongue) -> str:
    """Several figures with one unit, which agrees with the last of them."""
    whole, number = measured(last, unit, tongue), tongue.number(last)
    return whole.replace(number, _isolated(figures, tongue))


def _isolated(figures: str, tongue: Tongue) -> str:
    return ISOLATED.format(figures) if tongue.direction == "rtl" else figures


def _figures(value: str) -> bool:
    return any(each.isdigit() for each in value)
