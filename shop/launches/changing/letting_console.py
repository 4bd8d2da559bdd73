"""The exporter's door to single customers: drawing a percentage anew, and keeping a mailbox from ordering."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.tokens import Signer
from shop.base.web import Form, read_email, see_other
from shop.checkout.allowance import customer_key
from shop.ground.errors import row_id
from shop.launches.arrival import AT, Console
from shop.launches.changing.denying import denials, deny, end_denial
from shop.launches.changing.exposure import WrongExposure
from shop.launches.changing.proposals import REDRAW
from shop.launches.changing.redrawing import drawn, may_redraw
from shop.launches.changing.second_console import taken
from shop.launches.changing.table import STATE_WORDS
from shop.launches.changing.transitions import Asked
from shop.launches.fields import read_reason, read_version
from shop.markets.exposure_models import Denial
from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of

CHANGE, DENY = {"act": "market.change"}, {"act": "customer.deny"}


@get("/console/markets/{market:str}/redraw", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def redraw_page(market: FromPath[str], console: NamedDependency[Console]) -> Response[Any]:
    """What drawing anew would do, before it is done."""
    return _redraw_page(console, console.market(market))


@post("/console/markets/{market:str}/redraw", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def redraw_form(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Draw anew. It is kept with name and reason."""
    found = console.market(market)
    version = read_version(form, console.staff.tongue)
    reason = read_reason(form, console.staff.tongue, needed=True)
    if form.errors or version is None:
        return _redraw_page(console, found, form)
    return taken(console, payments, market=market, action=REDRAW, asked=Asked(), reason=reason, version=version)


@get("/console/markets/{market:str}/denials", dependencies=AT, opt=DENY, sync_to_thread=True)
def denials_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[Any]:
    """Who may not order here, and the form to keep somebody from it."""
    return _denials_page(console, console.market(market), done=done)


@post("/console/markets/{market:str}/denials", dependencies=AT, opt=DENY, sync_to_thread=True)
def deny_form(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    signer: NamedDependency[Signer],
) -> Response[Any]:
    """Keep a mailbox from ordering here, or everywhere, which is for those who work for every market."""
    found, tongue = console.market(market), console.staff.tongue
    everywhere = form.text("everywhere") == "yes"
    console.check(ALL_MARKETS if everywhere else market)
    email, reason = read_email(form, tongue), read_reason(form, tongue, needed=True)
    if form.errors:
        return _denials_page(console, found, form=form)
    who, person = customer_key(signer, email), console.staff.person.id
    with console.changing() as db:
        deny(db, market, who, everywhere=everywhere, reason=reason, person=person, now=console.now)
    return see_other(f"/console/markets/{market}/denials?done=denied")


@post("/console/markets/{market:str}/denials/{number:int}/ending", dependencies=AT, opt=DENY, sync_to_thread=True)
def end_form(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Let them order again; who was kept from it everywhere, only by those who work for every market."""
    console.check(market)
    with console.changing() as db:
        for each in denials(db, market):
            if each.id == row_id(number):
                console.check(each.market)
        end_denial(db, market, row_id(number), person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}/denials?done=undenied")


def _redraw_page(console: Console, market: Market, form: Form | None = None) -> Response[str]:
    tongue = console.staff.tongue
    if not may_redraw(market):
        raise WrongExposure(market=market.id, state=tongue.say(STATE_WORDS[market.state]))
    with console.database.reading() as db:
        so_far = drawn(db, market)
    return console.page(
        "redraw",
        title=tongue.say(N_("Draw visitors anew")),
        status=422 if form else 200,
        form=form or Form({"version": str(market.version)}),
        place=tongue.territory(market.country),
        url=f"/console/markets/{market.id}",
        share=tongue.percent(market.percent_bp),
        let_in=so_far.let_in,
        draw=tongue.number(so_far.draw),
    )


def _denials_page(console: Console, market: Market, *, form: Form | None = None, done: str = "") -> Response[str]:
    tongue = console.staff.tongue
    with console.database.reading() as db:
        rows = denials(db, market.id)
        people = names_of(db, [each.person for each in rows])
    return console.page(
        "denials",
        title=tongue.say(N_("Who may not order")),
        status=422 if form else 200,
        done=done,
        form=form or Form({}),
        place=tongue.territory(market.country),
        url=f"/console/markets/{market.id}",
        everywhere=console.staff.works_for(ALL_MARKETS),
        rows=[_row(each, people, console) for each in rows],
    )


def _row(denial: Denial, people: dict[str, str], console: Console) -> dict[str, Any]:
    tongue = console.staff.tongue
    return {
        "id": denial.id,
        "reason": denial.reason,
        "everywhere": denial.market == ALL_MARKETS,
        "endable": console.staff.works_for(denial.market),
        "person": people.get(denial.person, denial.person),
        "since": tongue.moment(denial.at, console.exporter.zone),
    }


HANDLERS = [redraw_page, redraw_form, denials_page, deny_form, end_form]
