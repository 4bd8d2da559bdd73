"""The exporter's door to the second person: what waits for one, agreeing, calling off, asking for one, and undoing."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found, row_id
from shop.launches.arrival import AT, Console
from shop.launches.changing.change_words import change_lines, exposed_words
from shop.launches.changing.proposals import (
    APPROVE,
    FOUR_EYES,
    OUTCOMES,
    TWO_EYES,
    UNDO,
    act,
    approve,
    asked_of,
    call_off,
    proposals,
    seconds,
)
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import Asked
from shop.launches.changing.undoing import LASTS, undo_of
from shop.launches.fields import read_number, read_reason, read_version
from shop.launches.models import Proposal
from shop.launches.words import ACTIONS, clock
from shop.markets.models import Market
from shop.staff.names import names_of

SEE, CHANGE, AGREE = ({"act": each} for each in ("board.see", "market.change", APPROVE))
PROPOSALS = "/console/markets/{market:str}/proposals"


@get(PROPOSALS, dependencies=AT, opt=SEE, sync_to_thread=True)
def proposals_page(
    market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = ""
) -> Response[str]:
    """What waits for a second person, what became of earlier proposals, and whether a second one is asked at all."""
    return _page(console, market, Form(), done=done)


@post(f"{PROPOSALS}/{{number:int}}/approval", dependencies=AT, opt=AGREE, sync_to_thread=True)
def agreed(
    market: FromPath[str],
    number: FromPath[int],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Agree to a proposal, and so take its step."""
    console.check(market)
    with console.changing() as db:
        event = approve(
            db, market, row_id(number), person=console.staff.person.id, sources=console.sources, now=console.now
        )
    follow_up(console.database, payments, event, now=console.now)
    return see_other(f"/console/markets/{market}?done=changed")


@post(f"{PROPOSALS}/{{number:int}}/withdrawal", dependencies=AT, opt=AGREE, sync_to_thread=True)
def called_off(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Call a proposal off; nothing changes."""
    console.check(market)
    with console.changing() as db:
        call_off(db, market, row_id(number), person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}/proposals?done=called_off")


@post("/console/markets/{market:str}/second-person", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def eyes_taken(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Ask a second person for whatever widens, or no more; to ask none is itself agreed to by a second one."""
    console.check(market)
    tongue = console.staff.tongue
    version = read_version(form, tongue)
    reason = read_reason(form, tongue, needed=True)
    if form.errors or version is None:
        return _page(console, market, form)
    action = FOUR_EYES if form.text("wanted") == "yes" else TWO_EYES
    return taken(console, payments, market=market, action=action, asked=Asked(), reason=reason, version=version)


@get("/console/markets/{market:str}/undo", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def undo_page(market: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """What taking the last change back would bring; or why it cannot be taken back, and what leads the other way."""
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        undo = undo_of(db, here, now=console.now)
    if undo is None:
        none = tongue.say(N_("The last change was none of a person's, or has been undone already."))
        return console.page(
            "undo", title=tongue.say(N_("Undo")), undo=None, because=none, last="", **console.head(here)
        )
    return console.page(
        "undo",
        title=tongue.say(N_("Undo")),
        form=Form({"version": str(here.version), "event": str(undo.event.id)}),
        undo=undo,
        because=tongue.say(BECAUSE[undo.because]) if undo.because else "",
        last=tongue.say(ACTIONS.get(undo.event.action, undo.event.action)),
        changes=change_lines(undo.event, here, tongue),
        until=clock(undo.until, console.exporter.zone, tongue),
        minutes=tongue.number(int(LASTS.total_seconds() // 60)),
        **console.head(here),
    )


@post("/console/markets/{market:str}/undo", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def undo_taken(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Take the last change back."""
    console.check(market)
    tongue = console.staff.tongue
    version = read_version(form, tongue)
    event = read_number(form, "event", at_most=2**31 - 1, tongue=tongue)
    if version is None or event is None:
        return see_other(f"/console/markets/{market}/undo")
    reason = read_reason(form, tongue, needed=False)
    return taken(
        console, payments, market=market, action=UNDO, asked=Asked(undoes=event), reason=reason, version=version
    )


def taken(
    console: Console, payments: Any, *, market: str, action: str, asked: Asked, reason: str, version: int
) -> Response[Any]:
    """Take a step in this person's name, or propose it; and what follows once it is committed."""
    with console.changing() as db:
        done = act(
            db,
            market,
            action,
            asked,
            person=console.staff.person.id,
            reason=reason,
            version=version,
            sources=console.sources,
            now=console.now,
        )
    if isinstance(done, Proposal):
        return see_other(f"/console/markets/{market}/proposals?done=proposed")
    follow_up(console.database, payments, done, now=console.now)
    return see_other(f"/console/markets/{market}?done=changed")


BECAUSE = {
    "late": N_("More than ten minutes have gone by."),
    "orders": N_("A customer has ordered since."),
    "payments": N_("Payments under way have been ended since."),
    "mails": N_("Customers have been told by mail since."),
}


def _page(console: Console, market: str, form: Form, *, done: str = "") -> Response[str]:
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        names = names_of(db)
        rows = [_row(each, here, names, console) for each in proposals(db, market)]
        second = [each.name for each in seconds(db, market, console.staff.person.id)]
    return console.page(
        "proposals",
        title=tongue.say(N_("Second person")),
        done=done,
        status=422 if form.errors else 200,
        form=Form({"version": str(here.version)} | form.values, form.errors),
        rows=rows,
        seconds=tongue.list(second) if second else "",
        may={name: console.staff.may(name) for name in ("market.change", APPROVE)},
        **console.head(here),
    )


def _row(proposal: Proposal, market: Market, names: dict[str, str], console: Console) -> dict[str, Any]:
    tongue, asked = console.staff.tongue, asked_of(proposal)
    return {
        "id": proposal.id,
        "what": tongue.say(ACTIONS.get(proposal.action, proposal.action)),
        "asked": exposed_words(asked.exposed, market, tongue) if asked.exposed else [],
        "override": asked.override,
        "reason": proposal.reason,
        "person": names.get(proposal.person, proposal.person),
        "when": clock(proposal.at, console.exporter.zone, tongue),
        "outcome": tongue.say(OUTCOMES[proposal.outcome]),
        "ended_by": names.get(proposal.ended_by, proposal.ended_by),
        "waits": not proposal.outcome,
        "mine": proposal.person == console.staff.person.id,
    }


HANDLERS = [proposals_page, agreed, called_off, eyes_taken, undo_page, undo_taken]
