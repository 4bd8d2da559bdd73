"""The exporter's door to launching: the board, one market, its steps, and everything that may be changed there."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found, row_id
from shop.ground.instants import local
from shop.launches import board as boards
from shop.launches.arrival import AT, Console
from shop.launches.changing.invitations import make_invitation, revoke_invitation
from shop.launches.changing.second_console import taken
from shop.launches.changing.table import MODES, STEPS
from shop.launches.changing.transitions import Asked
from shop.launches.confirming import confirmation
from shop.launches.fields import (
    LONGEST_TEXT,
    read_exposed,
    read_invitation,
    read_reason,
    read_version,
    read_waiver,
)
from shop.launches.looks import looks
from shop.launches.market_page import draw_market
from shop.launches.readying.waiving import waive
from shop.launches.sheet import ACTION_OF, exposure_form, line_of

SEE, CHANGE, INVITE = ({"act": act} for act in ("board.see", "market.change", "invitation.make"))


@get("/console", dependencies=AT, opt=SEE, sync_to_thread=True)
def board(console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """Every market at a glance, the gravest first."""
    with console.database.reading() as db:
        found_lines = boards.lines(db, console)
        needed = looks(db, found_lines, console)
    return console.page(
        "board",
        title=console.staff.tongue.say(N_("Markets")),
        done=done,
        rows=boards.rows(found_lines, console),
        looks=needed,
    )


@get("/console/markets/{market:str}", dependencies=AT, opt=SEE, sync_to_thread=True)
def market_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """One market: state, clocks, gates, steps, invitations, stops, history."""
    return draw_market(console, market, done=done)


@get("/console/markets/{market:str}/{path:str}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def confirm_page(market: FromPath[str], path: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """What a step would change, before it is taken."""
    return _confirm_page(console, market, path, None)


@post("/console/markets/{market:str}/{path:str}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def take_step(
    market: FromPath[str],
    path: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Take a step: launch, open, pause, resume, wind down, close. The shop follows at once."""
    console.check(market)
    action, tongue = found(ACTION_OF.get(path)), console.staff.tongue
    version = read_version(form, tongue)
    reason = read_reason(form, tongue, needed=STEPS[action].reasoned)
    exposed = None
    if action in ("launch", "open"):
        exposed = read_exposed(form, tongue, everybody=action == "open", currency=console.market(market).currency)
    mode = form.text("mode") if action == "pause" else ""
    if action == "pause" and mode not in MODES:
        form.fail("mode", tongue.say(N_("Please choose what customers shall see.")))
    if form.errors or version is None:
        return _confirm_page(console, market, path, form)
    asked = Asked(
        mode=mode, exposed=exposed, override=form.text("override")[:LONGEST_TEXT], seen=form.text("seen")[:10]
    )
    return taken(console, payments, market=market, action=action, asked=asked, reason=reason, version=version)


@post("/console/markets/{market:str}/waivers", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def waiver_form_taken(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Waive a gate until a day, under one's own name."""
    console.check(market)
    gate, reason, until = read_waiver(
        form, console.staff.tongue, today=local(console.now, console.exporter.zone).date()
    )
    if form.errors or until is None:
        return draw_market(console, market, waiver=form)
    with console.changing() as db:
        waive(db, market, gate, person=console.staff.person.id, reason=reason, until=until, now=console.now)
    return see_other(f"/console/markets/{market}?done=changed")


@post("/console/markets/{market:str}/invitations", dependencies=AT, opt=INVITE, sync_to_thread=True)
def invite(market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[Any]:
    """Make an invitation and show its link, once."""
    console.check(market)
    uses, days, note = read_invitation(form, console.staff.tongue)
    if uses is None or days is None:
        return draw_market(console, market, invitation=form)
    with console.changing() as db:
        made = make_invitation(
            db, market, person=console.staff.person.id, uses=uses, days=days, note=note, now=console.now
        )
    tongue = console.staff.tongue
    until = tongue.moment(made.invitation.expires_at, console.exporter.zone)
    return console.page(
        "invitation",
        title=tongue.say(N_("Invitation")),
        status=201,
        link=made.link(console.base_url),
        until=until,
        uses=tongue.number(uses),
        url=f"/console/markets/{market}",
    )


@post(
    "/console/markets/{market:str}/invitations/{number:int}/revocation",
    dependencies=AT,
    opt=INVITE,
    sync_to_thread=True,
)
def revoke(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """End an invitation, and the buying of those who came by it."""
    console.check(market)
    with console.changing() as db:
        revoke_invitation(db, market, row_id(number), person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}?done=revoked")


def _confirm_page(console: Console, market: str, path: str, form: Form | None) -> Response[str]:
    action = found(ACTION_OF.get(path))
    with console.database.reading() as db:
        line = line_of(db, console, market)
        shown = confirmation(db, console, line, action)
    fresh = Form(
        {
            **exposure_form(line.market).values,
            "mode": shown["modes"][0][0] if shown["modes"] else "",
            "reason": shown["suggested"],
        }
    )
    return console.page(
        "confirm",
        title=shown["label"],
        status=422 if form else 200,
        form=form or fresh,
        path=boards.PATHS[action],
        **shown,
    )


HANDLERS = [
    board,
    market_page,
    confirm_page,
    take_step,
    waiver_form_taken,
    invite,
    revoke,
]
