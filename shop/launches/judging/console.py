"""The console's door to a market's scorecard: looking at it, and a named person's word against it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.launches.arrival import AT, Console
from shop.launches.fields import read_reason
from shop.launches.judging.scorecard_sheet import sheet
from shop.launches.judging.seeing import Seen, seen
from shop.markets.history import note_deed
from shop.markets.models import Market
from shop.scorecard.overriding import override
from shop.scorecard.words import DECISION_CHIPS

SEE, DECIDE = {"act": "board.see"}, {"act": "market.change"}


@get("/console/markets/{market:str}/scorecard", dependencies=AT, opt=SEE, sync_to_thread=True)
def scorecard_page(
    market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = ""
) -> Response[str]:
    """GO, HOLD or STOP, why, and every figure with what it proves."""
    return _draw(console, market, Form({}), done=done)


@post("/console/markets/{market:str}/scorecard", dependencies=AT, opt=DECIDE, sync_to_thread=True)
def override_taken(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Say under one's own name that something else holds than what the scorecard recommends."""
    console.check(market)
    tongue = console.staff.tongue
    reason = read_reason(form, tongue, needed=True)
    decided = form.text("decided")
    if decided not in DECISION_CHIPS:
        form.fail("decided", tongue.say(N_("Please choose what shall hold instead.")))
    if form.errors:
        return _draw(console, market, form)
    with console.changing() as db:
        each = _seen(db, console, market)
        said = each.read.recommendation
        if form.text("seen") != said.decision:
            form.fail("", tongue.say(N_("Somebody has changed this meanwhile. It now reads as above.")))
            return _draw(console, market, form)
        override(
            db,
            market,
            recommended=said.decision,
            reasons=list(said.reasons),
            decided=decided,
            person=console.staff.person.id,
            reason=reason,
            now=console.now,
        )
        note_deed(
            db,
            market,
            "override",
            person=console.staff.person.id,
            reason=reason,
            changed={"recommendation": (said.decision, decided)},
            now=console.now,
        )
    return see_other(f"/console/markets/{market}/scorecard?done=override_given")


def _draw(console: Console, market: str, form: Form, *, done: str = "") -> Response[str]:
    with console.database.reading() as db:
        shown = sheet(db, console, _seen(db, console, market))
    title = console.staff.tongue.say(N_("Scorecard"))
    may = {act: console.staff.may(act) for act in ("market.change", "lesson.write")}
    return console.page(
        "scorecard", title=title, done=done, status=422 if form.errors else 200, form=form, may=may, **shown
    )


def _seen(db: Session, console: Console, market: str) -> Seen:
    console.check(market)
    return seen(db, found(db.get(Market, market)), console.sources, console.staff.tongue, now=console.now)


HANDLERS = [scorecard_page, override_taken]
