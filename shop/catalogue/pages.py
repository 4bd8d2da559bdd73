"""The customer's doors to the goods: a market's catalogue, one product, and the pictures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from shop.base.assets import FOR_EVER, Assets
from shop.base.db import Database
from shop.base.pagecache import stored
from shop.base.pages import Pages, safe
from shop.catalogue.about import (
    fits,
    in_the_box,
    ingredients,
    papers,
    parts,
    parts_promise,
    related,
    safety,
    shelf_life,
)
from shop.catalogue.browsing import Offer, next_change, offers
from shop.catalogue.forwarding import onward, present_slug
from shop.catalogue.goods import known
from shop.catalogue.measures import facts
from shop.catalogue.models import Picture, Product
from shop.catalogue.notice import Placed, is_recalled, notices, placed
from shop.catalogue.places import next_change_anywhere, places
from shop.catalogue.price_words import reduced_words, tax_words, unit_words
from shop.catalogue.structured import block
from shop.catalogue.suitability import SERVICE
from shop.catalogue.telling import told
from shop.catalogue.words import allergens, card, drawing, image, left_chip, standing_chip, stop_chip
from shop.ground.errors import found
from shop.ground.money import Money
from shop.markets.alternates import listed_markets, listed_pairs
from shop.markets.answering import answering
from shop.markets.arrival import VISIT
from shop.markets.calendar import day_in, expected
from shop.markets.frame import shop_frame, visit_panel
from shop.markets.gate import SELLING
from shop.markets.taxes import delivery
from shop.markets.visit import Visit
from shop.policies.duties import duties_words
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.notices import notices as guarantee_notices
from shop.policies.sentences import line, parts_line


@get("/{market:str}/{lang:str}/", dependencies=VISIT, sync_to_thread=True)
def catalogue(
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
) -> Response[str]:
    """What this market offers."""
    if visit.seeing.what != "page":
        return closed(visit, pages)
    with database.showing() as db:
        offered = offers(db, visit)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now, kept=visit.snapshot.answers)
        until = _until(next_change(db, visit.market, visit.now), answers.next_change)
    static = f"/static/{assets.version}"
    answer = pages.page(
        visit.tongue,
        "catalogue/catalogue.html",
        **shop_frame(
            visit,
            title=visit.tongue.territory(visit.market.country),
            places=[(*each, "/") for each in listed_pairs(visit.snapshot)],
        ),
        cards=[card(each, visit, static) for each in offered],
        delivery=_delivery(visit, 0),
        promise=visit_panel(answers, visit),
    )
    answer.headers.update(visit.page_headers(until=until))
    return answer


@get("/{market:str}/{lang:str}/products/{slug:str}", dependencies=VISIT, sync_to_thread=True)
def product(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    policies: NamedDependency[PolicyLibrary],
    assets: NamedDependency[Assets],
    recalls: NamedDependency[str],
) -> Response[Any]:
    """One product as this market offers it, with everything promised about it; or the notice why it is not sold now.

    An address it has no longer, or has in another language, leads to the present one. `recalls` is the path of the page
    of recalls within a market, empty where the house has none.
    """
    if visit.seeing.what != "page":
        return closed(visit, pages)
    listed = listed_markets(visit.snapshot)
    with database.showing() as db:
        shown = placed(db, visit, slug)
        if shown is None:
            return _moved(request, visit, f"/products/{found(present_slug(db, visit, slug) or None)}")
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now, kept=visit.snapshot.answers)
        around = offers(db, visit, [shown.product.sku, *related(shown.product, known(visit))])
        elsewhere = next_change_anywhere(db, listed, visit.now, sku=shown.product.sku)
        until = _until(next_change(db, visit.market, visit.now), elsewhere, answers.next_change)
        alike = places(db, visit.snapshot, listed, now=visit.now, sku=shown.product.sku)
    offer = found(_own(around, shown)) if shown.standing == "offered" else None
    paths = {language: f"/products/{each}" for language, each in known(visit).slugs_of(shown.product.sku).items()}
    static, in_force = f"/static/{assets.version}", _in_force(policies, visit)
    warranty = in_force["warranty"].rules if "warranty" in in_force else {}
    values = {
        **shop_frame(
            visit,
            title=shown.text.name,
            path=f"/products/{slug}",
            paths=paths,
            places=[(each.market, each.language, each.path) for each in alike],
        ),
        **_told_before(shown.product, visit, in_force, warranty),
        "structured": safe(block(told(offer, visit, in_force.get("returns")))) if offer and visit.seeing.listed else "",
        "promise": visit_panel(answers, visit),
        "duties": duties_words(policies, visit),
        **_besides(shown.product, around, visit, static, warranty),
        **(_offered(offer, visit, static) if offer else _notice(shown, visit, static, recalls=recalls)),
    }
    answer = pages.page(visit.tongue, f"catalogue/{_PAGES.get(shown.standing, 'withdrawn')}.html", **values)
    answer.headers.update(visit.page_headers(until=until, besides=listed))
    if shown.standing in ("withdrawn", "unfit"):
        answer.headers["x-robots-tag"] = "noindex"
    return answer


_PAGES = {"offered": "product", "stopped": "stopped"}


def _in_force(policies: PolicyLibrary, visit: Visit) -> dict[str, PolicyVersion]:
    """The policies beside a product that apply today, by kind."""
    market, today = visit.market.id, day_in(visit.market, visit.now)
    kinds = (kind for kind in ("returns", "warranty") if policies.ended_on(market, kind, today) is None)
    return {kind: policies.in_force(market, kind, today) for kind in kinds}


def _own(around: list[Offer], shown: Placed) -> Offer | None:
    return next((each for each in around if each.sku == shown.product.sku), None)


def _moved(request: Request[Any, Any, Any], visit: Visit, path: str) -> Response[Any]:
    there = onward(visit.url(path), request.scope)
    return Redirect(there, status_code=308, headers=visit.page_headers())


def _offered(offer: Offer, visit: Visit, static: str) -> dict[str, Any]:
    return {
        "offer": offer,
        "image_url": image(offer, static),
        "price": visit.tongue.money(offer.price),
        "tax_words": tax_words(offer, visit),
        "reduced": reduced_words(offer, visit),
        "unit": unit_words(offer, visit),
        "chip": standing_chip(offer, visit),
        "delivery": _delivery(visit, offer.price.minor) if offer.product.kind != SERVICE else None,
        "may_order": visit.seeing.preview or visit.market.state in SELLING,
        "unfit": visit.seeing.preview and offer.sku in visit.snapshot.unfit(visit.market, visit.now),
        "pictures": [f"/pictures/{each}" for each in known(visit).pictures.get(offer.product.family, ())],
        "facts": facts(offer.product, visit),
        "box": in_the_box(offer.product, visit),
        "contains": allergens(offer.product.contains, visit.tongue),
        "may_contain": allergens(offer.product.may_contain, visit.tongue),
        "ingredients": ingredients(offer),
        "shelf_life": shelf_life(offer.product, visit.tongue),
        "safety": safety(offer.product, visit),
    }


def _told_before(
    product: Product, visit: Visit, in_force: Mapping[str, PolicyVersion], warranty: Mapping[str, Any]
) -> dict[str, Any]:
    """What is told of a product before it is ordered: a line of each policy, and what the market's rules want of a good."""
    is_good, can_break = product.kind != SERVICE, product.return_class == "electrical"
    return {
        "policy_lines": {kind: line(version, visit.tongue, product.return_class) for kind, version in in_force.items()},
        "guarantees": guarantee_notices(warranty, visit.tongue) if is_good else [],
        "parts_line": parts_line(warranty, visit.tongue) if is_good and can_break else "",
    }


def _besides(
    product: Product, around: list[Offer], visit: Visit, static: str, warranty: Mapping[str, Any]
) -> dict[str, Any]:
    """What remains for those who own the product, whether or not it is sold now."""
    return {
        "parts": parts(product, around, visit, static),
        "fits": fits(product, around, visit),
        "parts_promise": parts_promise(product, known(visit), warranty, visit.tongue),
        "papers": papers(product, visit),
    }


def _notice(shown: Placed, visit: Visit, static: str, *, recalls: str) -> dict[str, Any]:
    recalled = is_recalled(visit, shown.product.sku)
    return {
        "stopped": shown,
        "image_url": shown.image_url or drawing(shown.product.plate, static),
        "chip": stop_chip(visit, recalled=recalled) if shown.standing == "stopped" else left_chip(visit),
        "recalled": recalled,
        "notices": notices(visit, shown.product.sku, recalls=visit.url(recalls) if recalls else ""),
    }


@get("/pictures/{hash:str}", sync_to_thread=True)
def picture(hash: FromPath[str], database: NamedDependency[Database]) -> Response[bytes]:
    """A picture under the name of its content."""
    with database.reading() as db:
        shown = found(db.get(Picture, hash))
    return Response(shown.data, media_type=shown.media_type, headers=stored(dict(FOR_EVER), scopes=(), until=None))


def closed(visit: Visit, pages: Pages) -> Response[str]:
    """The one page of a market that is hidden, winding down or closed."""
    answer = pages.page(
        visit.tongue,
        "catalogue/closed.html",
        **shop_frame(visit, title=visit.snapshot.exporter.name),
        what=visit.seeing.what,
    )
    answer.headers.update(visit.page_headers())
    return answer


def _delivery(visit: Visit, goods: int) -> dict[str, Any] | None:
    rate = visit.snapshot.shipping.get(visit.market.id)
    if rate is None:
        return None
    now, free = delivery(rate, goods), rate.free_from

    def money(minor: int) -> str:
        return visit.tongue.money(Money(minor, visit.market.currency))

    return {
        "price": money(now.price) if now.price else "",
        "days_min": now.days_min,
        "days_max": now.days_max,
        "expected": expected(visit.market, day_in(visit.market, visit.now), now.days_min, now.days_max),
        "free_from": money(free) if free is not None else "",
        "carrier": now.carrier,
    }


def _until(*changes: datetime | None) -> datetime | None:
    return min((each for each in changes if each is not None), default=None)


HANDLERS = [catalogue, product, picture]
