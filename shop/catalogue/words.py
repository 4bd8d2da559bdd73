"""What a product's facts are called on a page, in the visitor's tongue."""

from typing import Any

from shop.base.i18n import N_, Tongue
from shop.catalogue.browsing import Offer
from shop.catalogue.notice import is_recalled
from shop.catalogue.price_words import reduced_words, tax_words, unit_words
from shop.markets.calendar import day_in
from shop.markets.visit import Visit

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


def standing_chip(offer: Offer, visit: Visit) -> dict[str, str] | None:
    """The chip for what cannot be bought now; None for what can."""
    say = visit.tongue.say
    if offer.standing == "sold_out":
        return {"tone": "calm", "glyph": "cross", "word": say(N_("Sold out"))}
    if offer.standing == "not_yet" and offer.listing.buyable_from is not None:
        day = day_in(visit.market, offer.listing.buyable_from)
        return {"tone": "info", "glyph": "clock", "word": say(N_("From %(day)s"), day=visit.tongue.day(day))}
    if offer.standing == "stopped":
        return stop_chip(visit, recalled=is_recalled(visit, offer.sku))
    return None


def stop_chip(visit: Visit, *, recalled: bool = False) -> dict[str, str]:
    """The chip of a product whose sale is stopped."""
    word = N_("Safety notice") if visit.for_safety else N_("Not on sale")
    return {"tone": "stop", "glyph": "triangle", "word": visit.tongue.say(N_("Recall") if recalled else word)}


def left_chip(visit: Visit) -> dict[str, str]:
    """The chip of a product that was sold here and is not now."""
    return {"tone": "calm", "glyph": "square-crossed", "word": visit.tongue.say(N_("Not on sale"))}


def card(offer: Offer, visit: Visit, static: str) -> dict[str, Any]:
    """The offer as a card of the catalogue."""
    return {
        "url": visit.url(f"/products/{offer.text.slug}"),
        "name": offer.text.name,
        "image_url": image(offer, static),
        "plate": offer.product.plate,
        "price": visit.tongue.money(offer.price),
        "tax_words": tax_words(offer, visit),
        "unit": unit_words(offer, visit),
        "reduced": reduced_words(offer, visit),
        "chip": standing_chip(offer, visit),
    }


def image(offer: Offer, static: str) -> str:
    """The address of the product's picture, or of the drawing of its kind."""
    return offer.image_url or drawing(offer.product.plate, static)


def drawing(plate: str, static: str) -> str:
    """The address of the drawing of a kind of products."""
    return f"{static}/art/kind-{plate}.svg"


def allergens(words: str, tongue: Tongue) -> str:
    """The allergens of a column, as a list in the reader's language."""
    return tongue.list([tongue.say(ALLERGENS.get(each, each)) for each in words.split()])
