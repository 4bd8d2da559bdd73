"""What a product's page says below the offer: the box in this market, safety and who answers for it, parts, papers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shop.base.i18n import N_, NN_, NP_, Tongue, own_name
from shop.catalogue.browsing import Offer
from shop.catalogue.goods import Known, known
from shop.catalogue.measures import interval
from shop.catalogue.models import Product
from shop.catalogue.suitability import FOOD_KINDS, SERVICE
from shop.catalogue.words import image, standing_chip
from shop.markets.visit import Visit

PAPERS = {
    "manual": NP_("document", "Manual"),
    "safety": NP_("document", "Safety information"),
    "declaration": NP_("document", "Declaration of conformity"),
    "terms": NP_("document", "Terms of the plan"),
}
WARNINGS = {
    "coin_cell": N_(
        "Contains a coin cell. Keep it away from children: if swallowed, it can cause severe burns inside within two hours."
    ),
    "li_ion": N_(
        "Contains a lithium-ion battery. Do not open, crush or burn it, and do not put it into household waste."
    ),
    "li_ion_loose": N_("Lithium-ion battery. Do not open, crush or burn it, and do not put it into household waste."),
    "chemical": N_("Keep out of the reach of children. Avoid contact with the eyes."),
}
KEPT_ON_PACK = {
    "food": N_("The best-before date and the lot are printed on the pack."),
    "cosmetic": N_("The lot and how long it keeps once opened are printed on the pack."),
}


def in_the_box(product: Product, visit: Visit) -> list[str]:
    """What is particular to this market in the box: the plug that fits its sockets, the manual in its languages."""
    say, tongue, goods = visit.tongue.say, visit.tongue, known(visit)
    asked = goods.asked.get(visit.market.id)
    mains = asked.mains if asked else None
    lines = []
    plug = next((each for each in mains.plugs.split() if each in product.plugs.split()), "") if mains else ""
    if plug:
        country = tongue.territory(visit.market.country)
        lines.append(say(N_("Plug: type %(plug)s, fits the sockets here (%(country)s)."), plug=plug, country=country))
    manuals = [each for each in visit.market.languages.split() if each in product.manual_languages.split()]
    if manuals:
        lines.append(say(N_("Manual in: %(languages)s"), languages=tongue.list([*map(tongue.language_name, manuals)])))
    return lines


def safety(product: Product, visit: Visit) -> dict[str, Any] | None:
    """Warnings, the maker, and who answers here; None where the market asks for none of it."""
    if product.kind == SERVICE:
        return None
    person, exporter = known(visit).person(visit.market.id, product.kind), visit.snapshot.exporter
    warnings = [visit.tongue.say(WARNINGS[each]) for each in (product.battery, product.kind) if each in WARNINGS]
    if person is None and not warnings:
        return None
    country = visit.tongue.territory(visit.market.country)
    people = [
        {
            "label": visit.tongue.say(N_("Made by")),
            "name": exporter.legal_name,
            "address": exporter.address.split("\n"),
            "email": exporter.email,
            "lang": _written_in(exporter.address, visit),
        }
    ]
    if person is not None:
        people.append(
            {
                "label": visit.tongue.say(N_("Responsible here (%(country)s)"), country=country),
                "name": person.name,
                "address": person.address.split("\n"),
                "email": "",
                "lang": _written_in(person.name, visit),
            }
        )
    return {"warnings": warnings, "people": people if person is not None else []}


def _written_in(text: str, visit: Visit) -> str:
    """The language of a name or address: the market's own when it is not in Latin letters, else English's."""
    latin = all(ord(each) < 0x250 for each in text if each.isalpha())
    return "en" if latin else visit.market.languages.split()[0]


def ingredients(offer: Offer) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it names an allergen: of food, what its text writes in capitals.

    Regulation (EU) 1169/2011 art. 21 wants allergens to stand out from the rest of the list.
    """
    text = offer.text.ingredients
    if not text or offer.product.kind not in FOOD_KINDS:
        return [(text, False)] if text else []
    return [(piece, piece.isupper() and len(piece) > 2) for piece in re.split(r"(\b[^\W\d_]{3,}\b)", text) if piece]


def shelf_life(product: Product, tongue: Tongue) -> str:
    """Where the dates of food and cosmetics stand; empty for other goods."""
    kind = "food" if product.kind in FOOD_KINDS else product.kind
    return tongue.say(KEPT_ON_PACK[kind]) if kind in KEPT_ON_PACK else ""


def related(product: Product, goods: Known) -> list[str]:
    """The SKUs that belong to the product: what fits it, and what it fits itself."""
    return [*goods.parts_of(product.sku), *product.fits.split()]


def parts(product: Product, offers: Iterable[Offer], visit: Visit, static: str) -> list[dict[str, Any]]:
    """The parts, consumables and services for the product that this market offers, as lines."""
    fitting = [each for each in offers if product.sku in each.product.fits.split()]
    return [_line(each, visit, static) for each in fitting]


def fits(product: Product, offers: Iterable[Offer], visit: Visit) -> dict[str, Any] | None:
    """On a part: what it fits here, and the first serial number it fits; None for what fits nothing in particular."""
    named = [each for each in offers if each.sku in product.fits.split()]
    if not named and not product.serial_from:
        return None
    return {
        "products": [{"name": each.text.name, "url": visit.url(f"/products/{each.text.slug}")} for each in named],
        "serial_from": product.serial_from,
    }


def parts_promise(product: Product, goods: Known, warranty: Mapping[str, Any], tongue: Tongue) -> str:
    """For how long parts are kept; empty for goods that have none."""
    years = warranty.get("parts_years", 0)
    if not years or not (goods.parts_of(product.sku) or product.fits) or product.kind == SERVICE:
        return ""
    words = NN_(
        "We keep parts for %(num)s year after the last piece of a model was sold.",
        "We keep parts for %(num)s years after the last piece of a model was sold.",
    )
    return tongue.count(*words, years)


def papers(product: Product, visit: Visit) -> list[dict[str, Any]]:
    """The documents there are in this market's languages, by kind, each with its addresses, the reader's language first."""
    goods, offered = known(visit), visit.market.languages.split()
    slugs = goods.slugs.get(product.sku, {})
    found: dict[str, list[dict[str, str]]] = {}
    there = [each for each in goods.papers.get(product.family, ()) if each[1] in offered and each[1] in slugs]
    own = visit.tongue.language
    order = sorted(there, key=lambda each: (list(PAPERS).index(each[0]), each[1] != own, offered.index(each[1])))
    for kind, language in order:
        url = f"/{visit.market.id}/{language}/products/{slugs[language]}/papers/{kind}"
        found.setdefault(kind, []).append({"url": url, "tag": language, "name": own_name(language)})
    return [{"kind": kind, "name": visit.tongue.say(PAPERS[kind]), "links": links} for kind, links in found.items()]


def _line(offer: Offer, visit: Visit, static: str) -> dict[str, Any]:
    return {
        "name": offer.text.name,
        "url": visit.url(f"/products/{offer.text.slug}"),
        "image_url": image(offer, static),
        "plate": offer.product.plate,
        "detail": _replaced(offer.product, visit.tongue),
        "price": visit.tongue.money(offer.price),
        "chip": standing_chip(offer, visit),
    }


def _replaced(product: Product, tongue: Tongue) -> str:
    every = interval(product, tongue)
    return tongue.say(N_("To be replaced: %(interval)s"), interval=every) if every else ""
