"""What stands below a price, in the visitor's tongue: how it stands to the tax, what it was before, what a kilogram costs."""

from shop.base.i18n import N_
from shop.catalogue.browsing import Offer
from shop.catalogue.measures import UNITS, measured
from shop.catalogue.unit_price import unit_price
from shop.markets.visit import Visit

# Market.tax_label -> the words where prices hold the tax; the rate stands in them where it is customary.
TAX_INSIDE = {
    "vat": N_("incl. %(rate)s VAT"),
    "gst": N_("incl. %(rate)s GST"),
    "consumption_tax": N_("incl. %(rate)s consumption tax"),
    "sales_tax": N_("sales tax included"),
    "ca_taxes": N_("GST/HST and PST included"),
    "br_taxes": N_("taxes included"),
    "no_tax": N_("no tax is added"),
}
# … and where tax comes on top.
TAX_ON_TOP = {
    "gst": N_("plus GST"),
    "sales_tax": N_("plus sales tax"),
    "ca_taxes": N_("plus GST/HST/PST"),
    "no_tax": N_("no tax is added"),
}
SHORT = 20  # what is kept on one line must fit a card on a phone


def tax_words(offer: Offer, visit: Visit) -> str:
    """How the price stands to the tax, said the local way, its spaces unbreakable."""
    market, tongue = visit.market, visit.tongue
    if market.tax_display != "inclusive":
        words = tongue.say(TAX_ON_TOP.get(market.tax_label, N_("plus tax")))
    elif tongue.language == "ja" or offer.levied is None:
        words = tongue.say(N_("tax included"))
    else:
        words = tongue.say(TAX_INSIDE[market.tax_label], rate=tongue.percent(offer.levied.rate_e5 / 10))
    return words.replace(" ", "\u00a0") if len(words) <= SHORT else words


def reduced_words(offer: Offer, visit: Visit) -> str:
    """What a reduced price is to be measured by; empty for one that is not reduced."""
    if offer.prior is None:
        return ""
    said = N_("Lowest price of the last 30 days before the reduction: %(price)s")
    return visit.tongue.say(said, price=visit.tongue.money(offer.prior))


def unit_words(offer: Offer, visit: Visit) -> str:
    """The unit price where it is due, such as `29,75 € / 1 kg`; else empty."""
    product, tongue = offer.product, visit.tongue
    found = unit_price(offer.price, product.net_quantity, product.net_unit, country=visit.market.country)
    if found is None:
        return ""
    measure = measured(found.quantity, UNITS[found.unit], tongue)
    said = tongue.say(N_("%(price)s / %(measure)s"), price=tongue.money(found.price), measure=measure)
    return said.replace(" ", "\u00a0")
