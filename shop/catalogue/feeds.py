"""A listed market's goods as a product feed, in the RSS 2.0 format that Google Merchant Center and others read.

Prices stand as the market displays them, with the tax inside where that country wants it so; a reduced one stands beside
the price that the page measures it by. What is not known (a number of the trade, a picture, a measure) is left out,
never made up.
"""

import re
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.pagecache import stored
from shop.base.pages import Pages
from shop.base.revisions import EVERYWHERE, market_scope
from shop.base.settings import Settings
from shop.base.web import NO_STORE
from shop.catalogue.browsing import Offer, next_change, offers
from shop.catalogue.models import Product
from shop.catalogue.structured import Told
from shop.catalogue.telling import told
from shop.ground.errors import NotFound
from shop.ground.money import Money
from shop.markets.alternates import address, listed_markets
from shop.markets.directory import Directory
from shop.markets.visit import PUBLIC, Visit, anybody

XML = "application/xml; charset=utf-8"
ENDING = ".xml"
AVAILABILITY = {"buyable": "in_stock", "sold_out": "out_of_stock", "not_yet": "out_of_stock"}  # stopped: left out
MEASURES = ("mg", "g", "kg", "ml", "cl", "l")
_NOT_OF_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


@get("/feeds/{market:str}/{file:str}", sync_to_thread=True)
def feed(
    market: FromPath[str],
    file: FromPath[str],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[str]:
    """The goods of a listed market in one of its languages (`de.xml`); any other market has no feed."""
    snapshot = directory.now()
    found = next((each for each in listed_markets(snapshot) if each.id == market), None)
    language = file.removesuffix(ENDING)
    if found is None or language == file or language not in found.languages.split():
        raise NotFound
    tongue = languages.tongue(language, found.country)
    visit = anybody(found, tongue, snapshot, now=now, origin=settings.base_url)
    with database.showing() as db:
        offered = [each for each in offers(db, visit) if each.standing in AVAILABILITY]
        until = next_change(db, found, now)
    drawn = pages.draw(
        tongue,
        "catalogue/feed.xml",
        shop=xml_text(snapshot.exporter.name),
        home=address(visit.origin, found, language, "/"),
        market=tongue.territory(found.country),
        items=[item(each, visit) for each in offered],
    )
    told = dict(PUBLIC if visit.seeing.public else NO_STORE)
    marked = stored(told, scopes=(market_scope(found.id), EVERYWHERE), until=until)
    return Response(drawn, media_type=XML, headers=marked)


def item(offer: Offer, visit: Visit) -> dict[str, Any]:
    """One product as the feed tells of it; empty values are left out."""
    said = told(offer, visit)
    return {
        "id": said.sku,
        "title": xml_text(said.name),
        "description": xml_text(said.description),
        "link": said.url,
        "image_link": said.image_url,
        "availability": AVAILABILITY.get(said.availability, "out_of_stock"),
        "price": _price(said.prior or said.price),
        "sale_price": _price(said.price) if said.prior else "",
        "brand": xml_text(said.brand),
        "unit_pricing_measure": _measure(offer.product),
        "shipping": _shipping(said, said.shipping) if said.shipping else None,
    }


def xml_text(text: str) -> str:
    """The text without the signs that no XML document may hold, not even escaped."""
    return _NOT_OF_XML.sub("", text)


def _measure(product: Product) -> str:
    """How much is in the pack, where it is sold by weight or volume."""
    known = product.net_quantity and product.net_unit in MEASURES
    return f"{product.net_quantity} {product.net_unit}" if known else ""


def _shipping(said: Told, price: Money) -> dict[str, Any]:
    fewest, most = said.days
    return {
        "country": said.country,
        "service": xml_text(said.carrier),
        "price": _price(price),
        "days_min": fewest,
        "days_max": most,
    }


def _price(amount: Money) -> str:
    return f"{amount.plain} {amount.currency}"


HANDLERS = [feed]
