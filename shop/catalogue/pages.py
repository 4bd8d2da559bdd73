"""The customer's doors to the goods: a market's catalogue, one product, and the pictures."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from shop.base.assets import FOR_EVER, Assets
from shop.base.db import Database
from shop.base.pagecache import stored
from shop.base.pages import Pages
from shop.catalogue.browsing import next_change, offer_by_slug, offers
from shop.catalogue.models import Picture
from shop.catalogue.words import allergens, card, facts, image, standing_chip, tax_words
from shop.ground.errors import found
from shop.ground.instants import local
from shop.ground.money import Money
from shop.markets.answering import Answering, answering
from shop.markets.arrival import Visit, provide_visit
from shop.markets.frame import shop_frame, visit_panel
from shop.markets.gate import SELLING
from shop.markets.taxes import delivery
from shop.policies.library import PolicyLibrary
from shop.policies.sentences import line

VISIT = {"visit": Provide(provide_visit, sync_to_thread=True)}


@get("/{market:str}/{lang:str}/", dependencies=VISIT, sync_to_thread=True)
def catalogue(
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
) -> Response[str]:
    """What this market offers."""
    if visit.seeing.what != "page":
        return _closed(visit, pages)
    with database.reading() as db:
        offered = offers(db, visit)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now)
        until = _until(next_change(db, visit.market, visit.now), answers)
    static = f"/static/{assets.version}"
    answer = pages.page(
        visit.tongue,
        "catalogue/catalogue.html",
        **shop_frame(visit, title=visit.tongue.territory(visit.market.country)),
        cards=[card(each, visit, static) for each in offered],
        delivery=_delivery(visit, 0),
        promise=visit_panel(answers, visit),
    )
    answer.headers.update(visit.page_headers(until=until))
    return answer


@get("/{market:str}/{lang:str}/products/{slug:str}", dependencies=VISIT, sync_to_thread=True)
def product(
    slug: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    policies: NamedDependency[PolicyLibrary],
    assets: NamedDependency[Assets],
) -> Response[str]:
    """One product as this market offers it, with everything promised about it beside the button."""
    if visit.seeing.what != "page":
        return _closed(visit, pages)
    with database.reading() as db:
        offer = offer_by_slug(db, visit, slug)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now)
        until = _until(next_change(db, visit.market, visit.now), answers)
    today = local(visit.now, visit.market.zone).date()
    promised = {
        kind: line(policies.in_force(visit.market.id, kind, today), visit.tongue) for kind in ("returns", "warranty")
    }
    answer = pages.page(
        visit.tongue,
        "catalogue/product.html",
        **shop_frame(visit, title=offer.text.name, path=f"/products/{slug}"),
        offer=offer,
        image_url=image(offer, f"/static/{assets.version}"),
        price=visit.tongue.money(offer.price),
        tax_words=tax_words(offer, visit),
        chip=standing_chip(offer, visit),
        delivery=_delivery(visit, offer.price.minor),
        policy_lines=promised,
        may_order=visit.seeing.preview or visit.market.state in SELLING,
        promise=visit_panel(answers, visit),
        facts=facts(offer, visit.tongue),
        contains=allergens(offer.product.contains, visit.tongue),
        may_contain=allergens(offer.product.may_contain, visit.tongue),
    )
    answer.headers.update(visit.page_headers(until=until))
    return answer


@get("/pictures/{hash:str}", sync_to_thread=True)
def picture(hash: FromPath[str], database: NamedDependency[Database]) -> Response[bytes]:
    """A picture under the name of its content."""
    with database.reading() as db:
        shown = found(db.get(Picture, hash))
    return Response(shown.data, media_type=shown.media_type, headers=stored(dict(FOR_EVER), scopes=(), until=None))


def _closed(visit: Visit, pages: Pages) -> Response[str]:
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
        "free_from": money(free) if free is not None else "",
        "carrier": now.carrier,
    }


def _until(change: datetime | None, answers: Answering) -> datetime | None:
    return min((each for each in (change, answers.next_change) if each is not None), default=None)


HANDLERS = [catalogue, product, picture]
