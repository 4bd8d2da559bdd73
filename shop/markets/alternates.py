"""The other addresses of a page, for search engines: only where everybody is answered 200 and the market is listed."""

from collections.abc import Iterable
from urllib.parse import quote

from shop.base.i18n import tag_of
from shop.markets.directory import Snapshot
from shop.markets.gate import Visitor, seeing
from shop.markets.models import Market

CHOOSER = "/"  # where whoever reads none of the named languages is sent: there one chooses


def listed_markets(snapshot: Snapshot) -> list[Market]:
    """The markets that sitemap, feeds and alternates may name: those that show their goods to everybody and are listed."""
    seen = ((market, seeing(snapshot.facts(market), Visitor())) for market in snapshot.markets.values())
    return [market for market, sight in seen if sight.listed and sight.what == "page"]


def listed_pairs(snapshot: Snapshot) -> list[tuple[Market, str]]:
    """Every listed market in each of its languages."""
    return [(market, language) for market in listed_markets(snapshot) for language in market.languages.split()]


def address(origin: str, market: Market, language: str, path: str) -> str:
    """The whole address of a page, written in ASCII."""
    return f"{origin}{quote(f'/{market.id}/{language}{path}')}"


def alternates(origin: str, pages: Iterable[tuple[Market, str, str]]) -> list[dict[str, str]]:
    """The alternates of a page that is to be found at these (market, language, path); none where it stands alone."""
    links = {
        tag_of(language, market.country): address(origin, market, language, path) for market, language, path in pages
    }
    if not links:
        return []
    named = [{"hreflang": tag, "url": url} for tag, url in links.items()]
    return [*named, {"hreflang": "x-default", "url": f"{origin}{CHOOSER}"}]
