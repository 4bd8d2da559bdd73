"""The customer's first doors: the chooser of markets, the choice that is remembered, and invitations."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import Languages, own_name
from shop.base.pagecache import stored
from shop.base.pages import Pages
from shop.base.revisions import EVERYWHERE, market_scope
from shop.base.settings import Settings
from shop.base.web import NO_INDEX, Cookies, Form, client_address, see_other
from shop.markets.admission import AdmissionCookies, fresh_visitor, open_invitation, redeem, redeemed_before
from shop.markets.alternates import CHOOSER, alternates, listed_pairs
from shop.markets.arrival import provide_served, provide_visit
from shop.markets.choosing import PLACE, answered, choices, country_of, remembered
from shop.markets.coming import coming
from shop.markets.directory import Directory, Snapshot
from shop.markets.links import is_path
from shop.markets.visit import PUBLIC

YEAR = 365 * 86_400


@get("/", sync_to_thread=True)
def chooser(
    request: Request[Any, Any, Any],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    directory: NamedDependency[Directory],
    database: NamedDependency[Database],
    jar: NamedDependency[Cookies],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Where may we deliver? The remembered market first, else the likely one; nobody is sent anywhere unasked."""
    snapshot = directory.now()
    market, language = remembered(request, jar, languages)
    chosen = snapshot.markets.get(market)
    hint = chosen.country if chosen else country_of(client_address(request))
    with database.reading() as db:
        spoken = answered(db, now=now)
    answer = pages.page(
        languages.tongue(language),
        "markets/chooser.html",
        choices=choices(snapshot, languages, spoken.languages, hint=hint, language=language),
        coming=coming(snapshot, languages, language),
        exporter=snapshot.exporter,
        canonical=f"{settings.base_url}{CHOOSER}",
        alternates=alternates(settings.base_url, [(*each, "/") for each in listed_pairs(snapshot)]),
    )
    scopes = (EVERYWHERE, *map(market_scope, snapshot.markets))  # a roster is a market's own
    answer.headers.update(stored({**PUBLIC, "vary": "accept-language, cookie"}, scopes=scopes, until=spoken.until))
    return answer


@post("/choice", sync_to_thread=True)
def choose(
    request: Request[Any, Any, Any],
    form: NamedDependency[Form],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    admissions: NamedDependency[AdmissionCookies],
    database: NamedDependency[Database],
    jar: NamedDependency[Cookies],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Remember a choice of market and language, and go there: to the page `next`, if it is one of theirs.

    Only a choice ever sets this cookie, and only for a market that answers this visitor: a page of it for those who
    are on one already, its catalogue for everybody else.
    """
    market, language = form.text("market"), form.text("language")
    arrive = provide_served if form.text("next") else provide_visit
    visit = arrive(
        request=request,
        market=market,
        lang=language,
        directory=directory,
        languages=languages,
        admissions=admissions,
        database=database,
        jar=jar,
        settings=settings,
        now=now,
    )
    cookie = jar.make(PLACE, f"{market}-{language}", seconds=YEAR)
    carries = not form.text("next") and _carries_elsewhere(request, jar, directory.now(), market)
    # What the change of market does to a filled cart is told before it is done.
    return see_other(visit.url("/cart/switch") if carries else _within(form.text("next"), visit.url()), cookie)


def _carries_elsewhere(request: Request[Any, Any, Any], jar: Cookies, snapshot: Snapshot, market: str) -> bool:
    """Whether the visitor comes with a cart, and with none of this market."""
    carts = {each for each in snapshot.markets if jar.read(request, f"cart-{each}")}
    return bool(carts) and market not in carts


def _within(path: str, home: str) -> str:
    """The path, when it is one below `home` whichever way it is written; else `home`."""
    parts = unquote(path).split("/")
    inside = is_path(path) and path.startswith(home) and "." not in parts and ".." not in parts
    return path if inside and not any(each in path for each in "?#") else home


@get("/invite/{token:str}", sync_to_thread=True)
def invitation(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    admissions: NamedDependency[AdmissionCookies],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Show what the invitation is for, with a button. Looking uses nothing up: mail scanners look at every link."""
    snapshot = directory.now()
    with database.reading() as db:
        mine = redeemed_before(db, token, admissions.keeps(request, "").visitor)
        if mine is not None:
            return see_other(f"/{mine.market}/{_languages(snapshot, mine.market)[0]}/")
        invited = open_invitation(db, token, now=now)
    market = snapshot.market(invited.market)
    offered = market.languages.split()
    wanted = languages.from_header(request.headers.get("accept-language", ""))
    tongue = languages.tongue(wanted if wanted in offered else offered[0], market.country)
    request.scope["state"]["tongue"] = tongue
    doors = [(each, own_name(each)) for each in offered]
    answer = pages.page(
        tongue,
        "markets/invitation.html",
        market=market,
        token=token,
        doors=doors,
        exporter=snapshot.exporter,
        until=invited.expires_at,
    )
    answer.headers.update(NO_INDEX)
    return answer


@post("/invite/{token:str}", sync_to_thread=True)
def redeem_invitation(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    admissions: NamedDependency[AdmissionCookies],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Use the invitation for this browser, and enter the market."""
    limits.spend(database, limits.INVITE, client_address(request), now=now)
    held = admissions.keeps(request, "").visitor or fresh_visitor()
    with database.writing() as db:
        invited = redeem(db, token, held, now=now)
    offered = _languages(directory.now(), invited.market)
    language = form.text("language") if form.text("language") in offered else offered[0]
    assert invited.id is not None
    return see_other(
        f"/{invited.market}/{language}/",
        admissions.visitor(held),
        admissions.admission(invited.market, invited.id, held),
    )


def _languages(snapshot: Snapshot, market: str) -> list[str]:
    return snapshot.market(market).languages.split()


HANDLERS = [chooser, choose, invitation, redeem_invitation]
