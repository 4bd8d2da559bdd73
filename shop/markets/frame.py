"""What the shop's layout shows around every page of a market: names, ways, languages, the gravest banner."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response

from shop.base.i18n import N_, own_name
from shop.base.pages import Pages
from shop.base.web import NO_INDEX
from shop.markets.alternates import address, alternates
from shop.markets.answering import Answering
from shop.markets.models import Market
from shop.markets.shelves import CATEGORIES, categories_shown, is_searched, stock_of_shelves
from shop.markets.visit import Visit

BANNERS = {
    "sell_stop": N_("We are not taking orders here at the moment. Orders already placed are delivered as promised."),
    "safety": N_(
        "For safety reasons we are not taking orders here at the moment. Orders already placed are looked after."
    ),
    "hidden": N_("We are not taking orders here at the moment. Orders already placed are delivered as promised."),
    "winding_down": N_("We no longer take orders here. Deliveries, returns and guarantees go on as promised."),
    "closed": N_("We no longer sell here. For earlier orders we are still there for you."),
    "preview": N_(
        "Preview: this market is not open. Only signed-in staff see this page, and an order placed here is a test order."
    ),
}


def own_page(
    pages: Pages, visit: Visit, template: str, *, title: str, path: str, status: int = 200, **values: Any
) -> Response[str]:
    """A page of this visit that is nobody else's to keep: a cart, an order, a request."""
    frame = shop_frame(visit, title=title, path=path)
    answer = pages.page(visit.tongue, template, status=status, **frame, **values)
    answer.headers.update(NO_INDEX)
    return answer


def shop_frame(
    visit: Visit,
    *,
    title: str,
    path: str = "/",
    paths: Mapping[str, str] | None = None,
    places: Iterable[tuple[Market, str, str]] | None = None,
) -> dict[str, Any]:
    """The layout's values for a page of this visit; `path` is the page's own path within the market.

    `paths` are the page's paths by language, for one that has another in each of them or is not there in all of them.
    `places` are all that search engines are told of, as (market, language, path) of listed markets, where the page is
    to be found in other markets too; without them it is this market's own languages.
    """
    market, tongue = visit.market, visit.tongue
    paths = dict.fromkeys(market.languages.split(), path) if paths is None else paths
    return {
        "title": title,
        "visit": visit,
        "shop": {
            "name": visit.snapshot.exporter.name,
            "home_url": visit.url(),
            "cart_url": visit.url("/cart"),
            "switch_url": "/",
            "market_name": tongue.territory(market.country),
            "market_code": market.country,
            "language_name": own_name(tongue.language),
            "languages": _languages(visit, paths),
            "footer": _footer(visit),
            "banner": banner(visit),
            "robots": "" if visit.seeing.listed else "noindex",
            "canonical": address(visit.origin, market, tongue.language, path) if visit.seeing.listed else "",
            "alternates": _alternates(visit, path, _own(visit, paths) if places is None else places),
            **_finding(visit, path),
        },
    }


def visit_panel(answers: Answering, visit: Visit) -> dict[str, Any]:
    """The promise panel of a page of this visit."""
    key, panels = (visit.market.id, visit.tongue.language), visit.snapshot.panels
    if key not in panels or panels[key][0] is not answers:
        panels[key] = (answers, answers.panel(visit.tongue, visit.market.zone, ask_url=visit.url("/support")))
    return panels[key][1]


def _languages(visit: Visit, paths: Mapping[str, str]) -> list[dict[str, Any]]:
    """The market's languages for the switch, each with where it leads: this page, or where it has none the home page."""
    offered = visit.market.languages.split()
    return [
        {
            "tag": language,
            "name": own_name(language),
            "url": f"/{visit.market.id}/{language}{paths.get(language, '/')}",
            "current": language == visit.tongue.language,
        }
        for language in offered
    ]


def _alternates(visit: Visit, path: str, places: Iterable[tuple[Market, str, str]]) -> list[dict[str, str]]:
    """All places of the page, if this is one of them: what does not name itself must name no other."""
    named = list(places)
    here = (visit.market.id, visit.tongue.language, path)
    mutual = visit.seeing.listed and here in [(market.id, *rest) for market, *rest in named]
    return alternates(visit.origin, named) if mutual else []


def _own(visit: Visit, paths: Mapping[str, str]) -> list[tuple[Market, str, str]]:
    return [(visit.market, each, paths[each]) for each in visit.market.languages.split() if each in paths]


def _finding(visit: Visit, path: str) -> dict[str, Any]:
    """The ways to find one among many goods: the search, and the categories; neither where there are few."""
    seen = visit.snapshot.goods.shelved if visit.seeing.what == "page" else ()
    shelves = stock_of_shelves(seen, visit.market.id, visit.tongue.language, now=visit.now, unfit=visit.unfit)
    return {
        "search_url": visit.url("/search") if is_searched(shelves) and path != "/search" else "",
        "categories": [
            {
                "label": visit.tongue.say(CATEGORIES[each]),
                "url": visit.url(f"/categories/{each}"),
                "current": path == f"/categories/{each}",
            }
            for each in categories_shown(shelves)
        ],
    }


def _footer(visit: Visit) -> list[dict[str, str]]:
    say, withdraw = visit.tongue.say, visit.snapshot.withdrawal(visit.market, visit.tongue, visit.now)
    recalled = visit.snapshot.recalled
    return [
        *([{"label": withdraw, "url": visit.url("/withdraw")}] if withdraw else []),
        *([{"label": say(N_("Recalls")), "url": visit.url("/recalls")}] if visit.market.id in recalled else []),
        {"label": say(N_("Returns")), "url": visit.url("/policies/returns")},
        {"label": say(N_("Guarantee")), "url": visit.url("/policies/warranty")},
        {"label": say(N_("Terms")), "url": visit.url("/policies/terms")},
        {"label": say(N_("Privacy")), "url": visit.url("/policies/privacy")},
        {"label": say(N_("Shipping")), "url": visit.url("/policies/shipping")},
        {"label": say(N_("Legal notice")), "url": visit.url("/policies/imprint")},
        {"label": say(N_("Ask a question")), "url": visit.url("/support")},
    ]


def banner(visit: Visit) -> dict[str, str] | None:
    """The one banner a page may have: the preview's, or what the market's state means for a customer."""
    market = visit.market
    key = "preview" if visit.seeing.preview else market.pause_mode if market.state == "paused" else market.state
    if key not in BANNERS:
        return None
    link = {"url": visit.url("/support"), "label": visit.tongue.say(N_("Ask a question"))}
    return {"text": visit.tongue.say(BANNERS[key]), **(link if key != "preview" else {"url": "", "label": ""})}
