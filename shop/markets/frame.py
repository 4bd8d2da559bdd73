"""What the shop's layout shows around every page of a market: names, ways, languages, the gravest banner."""

from typing import Any

from shop.base.i18n import N_
from shop.markets.answering import Answering
from shop.markets.arrival import Visit

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


def shop_frame(visit: Visit, *, title: str, path: str = "/") -> dict[str, Any]:
    """The layout's values for a page of this visit; `path` is the page's own path within the market."""
    market, tongue = visit.market, visit.tongue
    return {
        "title": title,
        "visit": visit,
        "shop": {
            "name": visit.snapshot.exporter.name,
            "home_url": visit.url(),
            "search_url": "",
            "cart_url": visit.url("/cart"),
            "switch_url": "/",
            "market_name": tongue.territory(market.country),
            "market_code": market.country,
            "language_name": tongue.locale.get_language_name(tongue.locale) or tongue.language,
            "languages": _languages(visit, path),
            "categories": [],
            "footer": _footer(visit),
            "banner": banner(visit),
            "accent_url": "",
            "robots": "" if visit.seeing.public else "noindex",
            "canonical": f"{visit.origin}{visit.url(path)}" if visit.seeing.public else "",
            "alternates": _alternates(visit, path) if visit.seeing.public else [],
        },
    }


def visit_panel(answers: Answering, visit: Visit) -> dict[str, Any]:
    """The promise panel of a page of this visit."""
    return answers.panel(visit.tongue, visit.market.zone, ask_url=visit.url("/support"))


def _languages(visit: Visit, path: str) -> list[dict[str, Any]]:
    offered = visit.market.languages.split()
    names = {language: visit.tongue.locale.parse(language, sep="-").get_language_name() for language in offered}
    return [
        {
            "tag": language,
            "name": names[language],
            "url": f"/{visit.market.id}/{language}{path}",
            "current": language == visit.tongue.language,
        }
        for language in offered
    ]


def _alternates(visit: Visit, path: str) -> list[dict[str, str]]:
    return [
        {"hreflang": tag, "url": f"{visit.origin}/{visit.market.id}/{language}{path}"}
        for language, tag in visit.listed_elsewhere
    ]


def _footer(visit: Visit) -> list[dict[str, str]]:
    say = visit.tongue.say
    return [
        {"label": say(N_("Returns")), "url": visit.url("/policies/returns")},
        {"label": say(N_("Guarantee")), "url": visit.url("/policies/warranty")},
        {"label": say(N_("Legal and privacy")), "url": visit.url("/policies/legal")},
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
