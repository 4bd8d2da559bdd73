"""The customer's doors to the waiting lists: a product's, an announced market's, and the page that a mail leads to.

Who joins is answered the same whether or not the address is known. Looking at a mail's link changes nothing: mail
scanners look at every link.
"""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue, own_name
from shop.base.pages import Pages
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, Cookies, Form, client_address, read_email, see_other
from shop.catalogue.browsing import Offer, offer_by_slug
from shop.catalogue.goods import known
from shop.catalogue.waitlist import confirm, entry_of, join, leave, path_of, text_of
from shop.ground.errors import NotFound
from shop.markets.arrival import AWAITED, VISIT
from shop.markets.choosing import remembered
from shop.markets.coming import is_waited_for
from shop.markets.directory import Directory
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit

WAITED_FOR = ("sold_out", "not_yet")


@get("/{market:str}/{lang:str}/products/{slug:str}/waitlist", dependencies=VISIT, sync_to_thread=True)
def product_list(
    slug: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    sent: FromQuery[str] = "",
) -> Response[Any]:
    """Ask to be told when the product can be bought; who can buy it now, or not for safety, is led to its page."""
    offer, paths = _offered(database, visit, slug)
    if offer.standing not in WAITED_FOR:
        return see_other(visit.url(f"/products/{slug}"))
    return _product_page(visit, pages, offer, paths, Form(), sent=sent == "1")


@post("/{market:str}/{lang:str}/products/{slug:str}/waitlist", dependencies=VISIT, sync_to_thread=True)
def join_product_list(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    signer: NamedDependency[Signer],
) -> Response[Any]:
    """Put an address on the product's list."""
    offer, paths = _offered(database, visit, slug)
    if offer.standing not in WAITED_FOR:
        return see_other(visit.url(f"/products/{slug}"))
    if not _joined(request, visit, form, database, signer, sku=offer.sku):
        return _product_page(visit, pages, offer, paths, form, status=422)
    return see_other(visit.url(f"/products/{slug}/waitlist?sent=1"))


@get("/{market:str}/{lang:str}/waitlist", dependencies=AWAITED, sync_to_thread=True)
def market_list(
    visit: NamedDependency[Visit],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    sent: FromQuery[str] = "",
) -> Response[Any]:
    """Ask to be told when the announced or paused market sells; once it does, this leads to it."""
    if not is_waited_for(visit.snapshot, visit.market):
        return see_other(visit.url())
    return _market_page(visit, languages, pages, Form(), sent=sent == "1")


@post("/{market:str}/{lang:str}/waitlist", dependencies=AWAITED, sync_to_thread=True)
def join_market_list(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    signer: NamedDependency[Signer],
) -> Response[Any]:
    """Put an address on the market's list."""
    if not is_waited_for(visit.snapshot, visit.market):
        return see_other(visit.url())
    if not _joined(request, visit, form, database, signer, sku=""):
        return _market_page(visit, languages, pages, form, status=422)
    return see_other(visit.url("/waitlist?sent=1"))


@get("/waitlist/{token:str}", sync_to_thread=True)
def entry_page(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    jar: NamedDependency[Cookies],
) -> Response[str]:
    """How the entry stands, with the buttons to confirm it and to take it off the list."""
    snapshot = directory.now()
    _outside(request, jar, languages)
    with database.reading() as db:
        entry = entry_of(db, token)
        text = text_of(db, entry)
    country = snapshot.market(entry.market).country
    tongue = languages.tongue(entry.language, country)
    answer = pages.page(
        tongue,
        "catalogue/waiting.html",
        title=tongue.say(N_("Waiting list")),
        exporter=snapshot.exporter,
        entry=entry,
        token=token,
        awaited=text.name if text else tongue.territory(country),
        shop_url=path_of(entry, text),
    )
    answer.headers.update(NO_INDEX)
    return answer


@post("/waitlist/{token:str}/confirmation", sync_to_thread=True)
def confirm_entry(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The owner of the address wants to be told."""
    _outside(request, jar, languages)
    with database.writing() as db:
        confirm(db, token, now=now)
    return see_other(f"/waitlist/{token}")


@post("/waitlist/{token:str}/removal", sync_to_thread=True)
def remove_entry(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
) -> Response[Any]:
    """The owner of the address wants no mail."""
    _outside(request, jar, languages)
    with database.writing() as db:
        entry = entry_of(db, token)
        leave(db, token)
    return see_other(f"/waitlist/removed?language={entry.language}")


@get("/waitlist/removed", sync_to_thread=True)
def removed_page(
    request: Request[Any, Any, Any],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    jar: NamedDependency[Cookies],
    language: FromQuery[str] = "",
) -> Response[str]:
    """That the address is off the list, in the language of the mail that led here."""
    tongue = languages.tongue(language) if language in languages.tags else _outside(request, jar, languages)
    title, exporter = tongue.say(N_("Waiting list")), directory.now().exporter
    answer = pages.page(tongue, "catalogue/waiting_removed.html", title=title, exporter=exporter)
    answer.headers.update(NO_INDEX)
    return answer


def _outside(request: Request[Any, Any, Any], jar: Cookies, languages: Languages) -> Tongue:
    """The tongue of a visitor of whom no entry is known; a refusal is told in it."""
    _market, language = remembered(request, jar, languages)
    tongue = request.scope["state"]["tongue"] = languages.tongue(language)
    return tongue


def _offered(database: Database, visit: Visit, slug: str) -> tuple[Offer, dict[str, str]]:
    """The product and its paths by language, where the visitor sees goods; raises NotFound."""
    if visit.seeing.what != "page":
        raise NotFound
    with database.reading() as db:
        offer = offer_by_slug(db, visit, slug)
    slugs = known(visit).slugs_of(offer.sku)
    return offer, {language: f"/products/{each}/waitlist" for language, each in slugs.items()}


def _joined(
    request: Request[Any, Any, Any], visit: Visit, form: Form, database: Database, signer: Signer, *, sku: str
) -> bool:
    """Whether the address could be taken; else the form says what is wrong. Raises TooMany."""
    limits.spend(database, limits.WAITLIST, client_address(request), now=visit.now)
    email = read_email(form, visit.tongue)
    if form.errors:
        return False
    limits.spend(database, limits.WAITLIST_TO, email.lower(), now=visit.now)
    with database.writing() as db:
        join(db, visit, sku, email, signer=signer)
    return True


def _product_page(
    visit: Visit,
    pages: Pages,
    offer: Offer,
    paths: dict[str, str],
    form: Form,
    *,
    sent: bool = False,
    status: int = 200,
) -> Response[str]:
    path = f"/products/{offer.text.slug}/waitlist"
    frame = shop_frame(visit, title=offer.text.name, path=path, paths=paths)
    values = {**frame, "layout": "layouts/shop.html", "offer": offer, "action": visit.url(path), "sent": sent}
    return _form_page(visit, pages, form, values, status=status)


def _market_page(
    visit: Visit, languages: Languages, pages: Pages, form: Form, *, sent: bool = False, status: int = 200
) -> Response[str]:
    """The same outside the shop: nothing may lead into a market that is not open."""
    market, tongue = visit.market, visit.tongue
    others = [languages.tongue(each, market.country) for each in market.languages.split() if each != tongue.language]
    values = {
        "layout": "layouts/outside.html",
        "title": tongue.territory(market.country),
        "visit": visit,
        "exporter": visit.snapshot.exporter,
        "others": [
            (each.language, own_name(each.language), f"/{market.id}/{each.language}/waitlist") for each in others
        ],
        "offer": None,
        "action": visit.url("/waitlist"),
        "sent": sent,
    }
    return _form_page(visit, pages, form, values, status=status)


def _form_page(visit: Visit, pages: Pages, form: Form, values: dict[str, Any], *, status: int) -> Response[str]:
    answer = pages.page(visit.tongue, "catalogue/waitlist.html", status=status, form=form, **values)
    answer.headers.update(NO_INDEX)
    return answer


HANDLERS = [
    product_list,
    join_product_list,
    market_list,
    join_market_list,
    entry_page,
    confirm_entry,
    remove_entry,
    removed_page,
]
