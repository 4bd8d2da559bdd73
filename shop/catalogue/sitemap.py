"""What search engines are told: every page of every listed market with its alternates, and what they should leave alone."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import SOURCE_LANGUAGE, Languages
from shop.base.pagecache import stored
from shop.base.pages import Pages
from shop.base.revisions import EVERYWHERE, market_scope
from shop.base.settings import Settings
from shop.catalogue.feeds import XML
from shop.catalogue.places import next_change_anywhere, places
from shop.catalogue.search_pages import category_places
from shop.ground.errors import NotFound
from shop.markets.alternates import CHOOSER, address, alternates, listed_markets, listed_pairs
from shop.markets.calendar import day_in
from shop.markets.directory import Directory, Snapshot
from shop.markets.models import Market
from shop.markets.shelves import CATEGORIES
from shop.markets.visit import PUBLIC
from shop.policies.library import PolicyLibrary

Page = tuple[Market, str, str]  # market, language, path: one of the places of a page
PRIVATE = ("/*/*/cart", "/*/*/checkout", "/*/*/orders", "/*/*/search", "/desk", "/console")


@get("/robots.txt", sync_to_thread=False)
def robots(settings: NamedDependency[Settings]) -> Response[str]:
    """All are welcome; what belongs to one visitor or to the staff is no page to be found."""
    refused = "".join(f"Disallow: {each}\n" for each in PRIVATE)
    told = f"User-agent: *\nAllow: /\n{refused}\nSitemap: {settings.base_url}/sitemap.xml\n"
    return Response(told, media_type=MediaType.TEXT, headers=stored(dict(PUBLIC), scopes=(EVERYWHERE,), until=None))


@get("/sitemap.xml", sync_to_thread=True)
def sitemap(
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    policies: NamedDependency[PolicyLibrary],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Every page of every listed market that is the same for everybody."""
    snapshot, origin = directory.now(), settings.base_url
    markets = listed_markets(snapshot)
    with database.showing() as db:
        groups = [*_goods(db, snapshot, now), *_policies(markets, policies, now)]
        until = next_change_anywhere(db, markets, now)
    homes = [(market, language, "/") for market, language in listed_pairs(snapshot)]
    urls = [{"loc": f"{origin}{CHOOSER}", "alternates": alternates(origin, homes)}]
    urls += [url for group in (homes, *groups) for url in _urls(origin, group)]
    scopes = (EVERYWHERE, *map(market_scope, sorted(snapshot.markets)))
    drawn = pages.draw(languages.tongue(SOURCE_LANGUAGE), "catalogue/sitemap.xml", urls=urls)
    return Response(drawn, media_type=XML, headers=stored(dict(PUBLIC), scopes=scopes, until=until))


def _urls(origin: str, group: list[Page]) -> Iterator[dict[str, Any]]:
    """Each place of a page, with all its places, itself among them."""
    links = alternates(origin, group)
    for market, language, path in group:
        yield {"loc": address(origin, market, language, path), "alternates": links}


def _goods(db: Session, snapshot: Snapshot, now: datetime) -> Iterator[list[Page]]:
    for plate in CATEGORIES:
        yield [(*each, f"/categories/{plate}") for each in category_places(snapshot, plate, now=now)]
    products: dict[str, list[Page]] = defaultdict(list)
    for each in places(db, snapshot, listed_markets(snapshot), now=now):
        products[each.sku].append((each.market, each.language, each.path))
    yield from products.values()


def _policies(markets: list[Market], policies: PolicyLibrary, now: datetime) -> Iterator[list[Page]]:
    """The policies in force: each market's are its own, the same only in its other languages."""
    for market in markets:
        today = day_in(market, now)
        for kind in policies.kinds(market.id, today):
            try:
                texts = policies.in_force(market.id, kind, today).texts
            except NotFound:
                continue
            yield [(market, each, f"/policies/{kind}") for each in market.languages.split() if each in texts]


HANDLERS = [robots, sitemap]
