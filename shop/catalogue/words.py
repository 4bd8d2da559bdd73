"""What a product's facts are called on a page, in the visitor's tongue."""

from typing import Any

from shop.base.i18n import N_, Tongue
from shop.catalogue.browsing import Offer
from shop.ground.instants import local
from shop.markets.arrival import Visit

TAX_INSIDE = {
    "vat": N_("incl. %(rate)s VAT"),
    "gst": N_("incl. %(rate)s GST"),
    "consumption_tax": N_("incl. %(rate)s consumption tax"),
}
SHORT = 20  # what is kept on one line must fit a card on a phone
TAX_ON_TOP = N_("plus tax")

ALLERGENS = {
    "gluten": N_("gluten"),
    "oats": N_("oats"),
    "wheat": N_("wheat"),
    "cashew": N_("cashew nuts"),
    "almond": N_("almonds"),
    "sesame": N_("sesame"),
    "milk": N_("milk"),
    "soy": N_("soya"),
    "mustard": N_("mustard"),
    "sulphites": N_("sulphites"),
    "nuts": N_("nuts"),
    "peanut": N_("peanuts"),
    "eggs": N_("eggs"),
    "fish": N_("fish"),
    "celery": N_("celery"),
    "lupin": N_("lupin"),
    "crustaceans": N_("crustaceans"),
    "molluscs": N_("molluscs"),
    "none": N_("none"),
}


def tax_words(offer: Offer, visit: Visit) -> str:
    """How the price stands to the tax, said the local way, its spaces unbreakable."""
    market, tongue = visit.market, visit.tongue
    if market.tax_display != "inclusive":
        return tongue.say(TAX_ON_TOP)
    if tongue.language == "ja":
        return tongue.say(N_("tax included"))
    words = tongue.say(TAX_INSIDE[market.tax_label], rate=tongue.percent(offer.tax_bp))
    return words.replace(" ", "\u00a0") if len(words) <= SHORT else words


def standing_chip(offer: Offer, visit: Visit) -> dict[str, str] | None:
    """The chip for what cannot be bought now; None for what can."""
    say = visit.tongue.say
    if offer.standing == "sold_out":
        return {"tone": "calm", "glyph": "cross", "word": say(N_("Sold out"))}
    if offer.standing == "not_yet" and offer.listing.buyable_from is not None:
        day = local(offer.listing.buyable_from, visit.market.zone).date()
        return {"tone": "info", "glyph": "clock", "word": say(N_("From %(day)s"), day=visit.tongue.day(day))}
    if offer.standing == "stopped":
        return {"tone": "stop", "glyph": "triangle", "word": say(N_("Not on sale"))}
    return None


def card(offer: Offer, visit: Visit, static: str) -> dict[str, Any]:
    """The offer as a card of the catalogue."""
    return {
        "url": visit.url(f"/products/{offer.text.slug}"),
        "name": offer.text.name,
        "image_url": image(offer, static),
        "plate": offer.product.plate,
        "price": visit.tongue.money(offer.price),
        "tax_words": tax_words(offer, visit),
        "unit": "",
        "chip": standing_chip(offer, visit),
    }


def image(offer: Offer, static: str) -> str:
    """The address of the product's picture, or of the drawing of its kind."""
    return offer.image_url or f"{static}/art/kind-{offer.product.plate}.svg"


def facts(offer: Offer, tongue: Tongue) -> list[dict[str, Any]]:
    """What can be measured about the product, as label and value."""
    product, say = offer.product, tongue.say
    rows: list[tuple[str, str]] = []
    if product.power_w:
        rows.append((say(N_("Power")), f"{tongue.number(product.power_w)} W"))
    if product.volt_min and product.volt_max:
        volts = (
            f"{product.volt_min}" if product.volt_min == product.volt_max else f"{product.volt_min}–{product.volt_max}"
        )
        rows.append((say(N_("Mains")), f"{volts} V, {'/'.join(product.hertz.split())} Hz"))
    if product.noise_db:
        rows.append((say(N_("Noise")), f"{tongue.number(product.noise_db)} dB"))
    if product.width_mm and product.depth_mm and product.height_mm:
        size = " × ".join(tongue.number(each / 10) for each in (product.width_mm, product.depth_mm, product.height_mm))
        rows.append((say(N_("Width × depth × height")), f"{size} cm"))
    if product.weight_g:
        weight = (
            f"{tongue.number(round(product.weight_g / 1000, 2))} kg"
            if product.weight_g >= 1000
            else f"{tongue.number(product.weight_g)} g"
        )
        rows.append((say(N_("Weight")), weight))
    return [{"label": label, "value": value, "code": True} for label, value in rows]


def allergens(words: str, tongue: Tongue) -> str:
    """The allergens of a column, as a list in the reader's language."""
    return tongue.list([tongue.say(ALLERGENS.get(each, each)) for each in words.split()])
