"""The one place that wires: from the parts of the house to an application a server can run."""

import gc
from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Router
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ExceptionHandlersMap

from shop.aftersales import document_pages, exchange_pages, parts_pages, return_pages, withdrawal_pages
from shop.aftersales.cases import desk as cases_desk
from shop.aftersales.cases import forms_desk, reimbursements_desk
from shop.aftersales.cases import pages as case_pages
from shop.aftersales.claims import pages as claim_pages
from shop.aftersales.claims import photo_pages
from shop.aftersales.recalls import console as recall_console
from shop.aftersales.recalls import opening_console
from shop.aftersales.recalls import pages as recall_pages
from shop.api import describing as api
from shop.api import tokens_console, webhooks_console
from shop.base import health
from shop.base.assets import static_file
from shop.base.guard import Guard
from shop.base.logs import set_up_logs
from shop.base.pagecache import PageCache
from shop.base.settings import from_environment
from shop.base.unsafe_settings import refuse_unsafe
from shop.base.web import BODY_LIMIT, ErrorAnswers, refuse_cross_site, refuse_unreadable
from shop.catalogue import feeds, paper_pages, search_pages, sitemap, waitlist_pages
from shop.catalogue import pages as catalogue
from shop.checkout import (
    cart_pages,
    link_pages,
    order_pages,
    parcel_desk,
    review_pages,
    switch_pages,
    till_pages,
    webhook,
)
from shop.checkout import desk as orders_desk
from shop.checkout import pages as checkout
from shop.documents import console as documents_console
from shop.documents import desk as documents_desk
from shop.documents import field_console
from shop.ground.errors import Refusal
from shop.handing import handed_out
from shop.house import House, assemble
from shop.launches import console as launches
from shop.launches import exposure_console
from shop.launches.auditing import console as audit_console
from shop.launches.changing import letting_console, second_console, stop_console, winding_console
from shop.launches.judging import console as scorecard_console
from shop.launches.judging import learning_console as lessons_console
from shop.launches.readying import readiness_console, research_console
from shop.launches.rehearsing import console as rehearsing_console
from shop.launches.rehearsing import pages as rehearsing_pages
from shop.launches.rehearsing.front import DryRuns, Rehearsing, refuse_in_dry_run
from shop.launches.rehearsing.run import COOKIE as DRY_RUN_COOKIE
from shop.launches.rehearsing.strip import Strips
from shop.launches.schedules import console as schedules_console
from shop.launches.stop_lines import console as lines_console
from shop.life import life_of
from shop.markets import pages as markets
from shop.markets.choosing import PLACE, country_of
from shop.policies import console as policy_console
from shop.policies import ending_console, form_pages
from shop.policies import pages as policies
from shop.policies.drafts import beginning_console, publishing_console, writing_console
from shop.policies.drafts import console as draft_console
from shop.staff import account_desk, people_console
from shop.staff import desk as staff
from shop.staff import pages as staff_pages
from shop.staff.arrival import COOKIE as STAFF_COOKIE
from shop.staff.arrival import SecondFactorFirst, SignInFirst, keep_for_question, to_second_factor, to_sign_in
from shop.support.crisis import console as crisis_console
from shop.support.crisis import handbook_console, incident_desk, oncall_pages
from shop.support.known import console as knowledge_console
from shop.support.known import learning_console, referral_desk, sops_desk, training_desk
from shop.support.known import pages as knowledge_pages
from shop.support.requests import download_pages, request_pages
from shop.support.requests import pages as support
from shop.support.shifts import calendar_console
from shop.support.shifts import console as roster_console
from shop.support.shifts import desk as week_desk
from shop.support.shifts import sheet_console as roster_sheet_console
from shop.support.staffed import console as coverage_console
from shop.support.staffed import record_console
from shop.support.workplace import desk as support_desk
from shop.support.workplace import owner_desk, request_desk, shift_desk
from shop.upkeep import doors as upkeep
from shop.upkeep.workshop import doors as workshop

DOORS = (
    health,
    markets,
    policies,
    form_pages,
    policy_console,
    beginning_console,
    draft_console,
    writing_console,
    ending_console,
    publishing_console,
    catalogue,
    paper_pages,
    waitlist_pages,
    search_pages,
    feeds,
    sitemap,
    cart_pages,
    switch_pages,
    checkout,
    review_pages,
    order_pages,
    link_pages,
    till_pages,
    webhook,
    withdrawal_pages,
    claim_pages,
    photo_pages,
    return_pages,
    exchange_pages,
    case_pages,
    parts_pages,
    document_pages,
    recall_pages,
    support,
    request_pages,
    download_pages,
    staff,
    staff_pages,
    account_desk,
    people_console,
    orders_desk,
    parcel_desk,
    cases_desk,
    forms_desk,
    reimbursements_desk,
    opening_console,
    recall_console,
    support_desk,
    incident_desk,
    oncall_pages,
    crisis_console,
    handbook_console,
    knowledge_pages,
    knowledge_console,
    learning_console,
    referral_desk,
    training_desk,
    roster_console,
    roster_sheet_console,
    calendar_console,
    week_desk,
    sops_desk,
    request_desk,
    owner_desk,
    shift_desk,
    coverage_console,
    record_console,
    launches,
    exposure_console,
    letting_console,
    readiness_console,
    research_console,
    scorecard_console,
    lessons_console,
    second_console,
    stop_console,
    winding_console,
    lines_console,
    rehearsing_console,
    rehearsing_pages,
    schedules_console,
    audit_console,
    documents_console,
    field_console,
    documents_desk,
    upkeep,
    workshop,
    api,
    tokens_console,
    webhooks_console,
)


def build(house: House, *, jobs_inside: bool = True) -> ASGIApp:
    """The application: guard, page cache and router over one house. `jobs_inside` also does the periodic work here."""
    set_up_logs(house.settings.log_format)
    application = fronted(house, doors(house, jobs_inside=jobs_inside))
    return house.traces.requests(application) if house.traces else application


def doors(house: House, *, jobs_inside: bool) -> ASGIApp:
    """The router with every door. What a door asks for it is handed from the house as that stands at the time."""
    answers = ErrorAnswers(house.pages, house.languages)
    handlers = [static_file, *(handler for door in DOORS for handler in door.HANDLERS)]
    return Litestar(
        # One router, not a bare list: Litestar 2.25 wraps a sync handler twice when another joins its path later.
        route_handlers=[Router("/", route_handlers=handlers)],
        dependencies=handed_out(house, recalls=_recalls()),
        exception_handlers=_exception_handlers(answers),
        before_request=_before(house),
        lifespan=[lambda _app: life_of(house, jobs_inside=jobs_inside)],
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
    )


def fronted(house: House, router: ASGIApp) -> ASGIApp:
    """The router behind the page cache, and both behind the guard."""
    cached = PageCache(
        router,
        revisions=house.revisions,
        clock=house.clock,
        passes=frozenset({house.cookies.name(STAFF_COOKIE)}),
        may_see=lambda market, cookies: house.admissions.invited(cookies, market, house.directory.now()),
        variant=_variant(house),
        apart=frozenset({house.cookies.name(DRY_RUN_COOKIE)}),
    )
    return Guard(
        DryRuns(cached, router, _rehearsing(house)),
        secure=house.settings.secure,
        pay_hosts=("https://checkout.stripe.com",),
        log=house.settings.log_format != "off",
        metrics=house.metrics,
        saw=house.front.saw,
        at_once=cached.at_once,
    )


def served() -> ASGIApp:
    """The application for a serving process, from the environment."""
    settings = from_environment()
    refuse_unsafe(settings)
    application = build(assemble(settings))
    gc.freeze()  # what is loaded by now stays: looking through all of it again takes the collector 0.1 s each time
    return application


def _rehearsing(house: House) -> Rehearsing:
    strips = Strips(house.database, house.directory, house.policies, house.languages, house.pages)
    return Rehearsing(house.clock, house.signer, house.cookies, house.admissions, strips)


def _recalls() -> str:
    """The path of the page of recalls within a market; empty while no door is one."""
    paths = (path for door in DOORS for handler in door.HANDLERS for path in handler.paths)
    return "/recalls" if any(path.endswith("/recalls") for path in paths) else ""


def _exception_handlers(answers: ErrorAnswers) -> ExceptionHandlersMap:
    # Litestar answers these with 500 by itself, though it is the client who sent what cannot be read.
    unreadable = (UnicodeDecodeError, UnicodeEncodeError, RecursionError, OverflowError)
    return {
        SignInFirst: to_sign_in,
        SecondFactorFirst: to_second_factor,
        Refusal: answers.refusal,
        HTTPException: answers.http,
        Exception: answers.fault,
        **dict.fromkeys(unreadable, answers.unreadable),
    }


def _before(house: House) -> Callable[[Request[Any, Any, Any]], Any]:
    async def before(request: Request[Any, Any, Any]) -> None:
        refuse_unreadable(request)
        refuse_cross_site(house.settings, request)
        refuse_in_dry_run(request)
        await keep_for_question(request)

    return before


def _variant(house: House) -> Callable[[Any, dict[str, str]], str]:
    """What one address may look different for: only the chooser, by the remembered place, the language and the country."""
    place = house.cookies.name(PLACE)

    def variant(scope: Any, cookies: dict[str, str]) -> str:
        if scope["path"] != "/":
            return ""
        told = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        language = house.languages.from_header(told.decode("latin-1"))
        return f"{cookies.get(place, '')}|{language}|{country_of(scope['client'][0] if scope['client'] else '')}"

    return variant
