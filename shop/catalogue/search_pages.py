"""Finding one among a market's goods: by what a customer types, and by category. Nothing that is not offered is found."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import NO_INDEX
from shop.catalogue.browsing import Offer, next_change, offers
from shop.catalogue.pages import closed
from shop.catalogue.search import LONGEST, Entry, matching
from shop.catalogue.words import card
from shop.ground.errors import NotFound
from shop.markets.alternates import listed_pairs
from shop.markets.answering import answering
from shop.markets.arrival import VISIT
from shop.markets.directory import Snapshot
from shop.markets.frame import shop_frame, visit_panel
from shop.markets.models import Market
from shop.markets.shelves import CATEGORIES, categories_shown, category_of, stock_of_shelves
from shop.markets.visit import Visit


@get("/{market:str}/{lang:str}/search", dependencies=VISIT, sync_to_thread=True)
def search(
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    q: FromQuery[str] = "",
) -> Response[str]:
    """What this market offers that has every word of `q`; without any, only the form."""
    if visit.seeing.what != "page":
        return closed(visit, pages)
    asked = " ".join(q.split())[:LONGEST]
    hits = _hits(database, visit, asked) if asked else []
    static = f"/static/{assets.version}"
    answer = pages.page(
        visit.tongue,
        "catalogue/search.html",
        **shop_frame(visit, title=visit.tongue.say(N_("Search")), path="/search", places=()),
        query=asked,
        cards=[card(each, visit, static) for each in hits],
    )
    answer.headers.update(NO_INDEX)
    return answer


def _hits(database: Database, visit: Visit, asked: str) -> list[Offer]:
    with database.showing() as db:
        offered = {each.sku: each for each in offers(db, visit)}
    return [offered[sku] for sku in matching((_entry(each) for each in offered.values()), asked)]


def _entry(offer: Offer) -> Entry:
    text = offer.text
    return Entry(
        offer.sku, text.name, " ".join((text.summary, text.description, text.box, text.ingredients, text.care))
    )


@get("/{market:str}/{lang:str}/categories/{plate:str}", dependencies=VISIT, sync_to_thread=True)
def category(
    plate: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
) -> Response[str]:
    """The goods of one category; one that is empty here is not found."""
    if plate not in CATEGORIES:
        raise NotFound
    if visit.seeing.what != "page":
        return closed(visit, pages)
    with database.showing() as db:
        offered = [each for each in offers(db, visit) if category_of(each.product.plate) == plate]
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now)
        changes = (next_change(db, visit.market, visit.now), answers.next_change)
    if not offered:
        raise NotFound
    name, path, static = visit.tongue.say(CATEGORIES[plate]), f"/categories/{plate}", f"/static/{assets.version}"
    places = category_places(visit.snapshot, plate, now=visit.now)
    answer = pages.page(
        visit.tongue,
        "catalogue/category.html",
        **shop_frame(visit, title=name, path=path, places=[(*each, path) for each in places]),
        heading=name,
        cards=[card(each, visit, static) for each in offered],
        promise=visit_panel(answers, visit),
    )
    until = min((each for each in changes if each is not None), default=None)
    answer.headers.update(visit.page_headers(until=until, besides=[market for market, _language in places]))
    return answer


def category_places(snapshot: Snapshot, plate: str, *, now: datetime) -> list[tuple[Market, str]]:
    """The listed markets and languages in which the category is named in the header."""
    return [
        (market, language)
        for market, language in listed_pairs(snapshot)
        if plate
        in categories_shown(
            stock_of_shelves(snapshot.goods.shelved, market.id, language, now=now, unfit=snapshot.unfit(market, now))
        )
    ]


HANDLERS = [search, category]
