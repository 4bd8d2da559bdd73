"""The customer's first doors: the chooser of markets, the choice that is remembered, and invitations."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.pagecache import EVERYWHERE, stored
from shop.base.pages import Pages
from shop.base.web import NO_INDEX, Cookies, Form, client_address, see_other
from shop.ground.errors import NotFound
from shop.markets.admission import AdmissionCookies, fresh_visitor, open_invitation, redeem, redeemed_before
from shop.markets.arrival import PUBLIC
from shop.markets.choosing import choices, country_of
from shop.markets.directory import Directory, Snapshot
from shop.markets.gate import Visitor, seeing

PLACE = "place"
YEAR = 365 * 86_400


@get("/", sync_to_thread=True)
def chooser(
    request: Request[Any, Any, Any],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    directory: NamedDependency[Directory],
    jar: NamedDependency[Cookies],
) -> Response[str]:
    """Where may we deliver? The remembered market first, else the likely one; nobody is sent anywhere unasked."""
    snapshot = directory.now()
    market, _, language = jar.read(request, PLACE).partition("-")
    if language not in languages.tags:
        language = languages.from_header(request.headers.get("accept-language", ""))
    remembered = snapshot.markets.get(market)
    hint = remembered.country if remembered else country_of(client_address(request))
    tongue = languages.tongue(language)
    answer = pages.page(
        tongue,
        "markets/chooser.html",
        choices=choices(snapshot, languages, hint=hint, language=language),
        exporter=snapshot.exporter,
    )
    answer.headers.update(stored({**PUBLIC, "vary": "accept-language, cookie"}, scopes=(EVERYWHERE,), until=None))
    return answer


@post("/choice", sync_to_thread=True)
def choose(
    form: NamedDependency[Form], directory: NamedDependency[Directory], jar: NamedDependency[Cookies]
) -> Response[Any]:
    """Remember a choice of market and language, and go there. Only a choice ever sets this cookie."""
    snapshot, market, language = directory.now(), form.text("market"), form.text("language")
    named = seeing(snapshot.facts(snapshot.market(market)), Visitor()).chooser
    if not named or language not in _languages(snapshot, market):
        raise NotFound
    return see_other(f"/{market}/{language}/", jar.make(PLACE, f"{market}-{language}", seconds=YEAR))


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
        mine = redeemed_before(db, token, admissions.held(request, "").visitor)
        if mine is not None:
            return see_other(f"/{mine.market}/{_languages(snapshot, mine.market)[0]}/")
        invited = open_invitation(db, token, now=now)
    market = snapshot.market(invited.market)
    offered = market.languages.split()
    wanted = languages.from_header(request.headers.get("accept-language", ""))
    tongue = languages.tongue(wanted if wanted in offered else offered[0], market.country)
    request.scope["state"]["tongue"] = tongue
    doors = [(each, languages.tongue(each, market.country)) for each in offered]
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
    held = admissions.held(request, "").visitor or fresh_visitor()
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
