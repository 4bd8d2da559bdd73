"""The agent's door: the queue, one request with everything beside it, answering, taking, closing, and being there."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import anyio
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.i18n import N_, NP_
from shop.base.pagecache import Revisions
from shop.base.pages import Pages
from shop.base.web import NO_INDEX, Form, see_other
from shop.ground.errors import NotFound, found
from shop.markets.answering import moment
from shop.staff.arrival import Staff
from shop.staff.frame import DESK_MENU, staff_frame
from shop.support.asking import check_text
from shop.support.assignment import DESK, take
from shop.support.presence import note_presence, shift_of
from shop.support.queue import counts, queue, request_of, scope_of
from shop.support.replies import answer, close, note
from shop.support.sight import clock, request_sight, rows
from shop.support.waiting import route_again

TAB_WORDS = {
    "mine": NP_("tab", "Mine"),
    "waiting": NP_("tab", "Waiting"),
    "answered": NP_("tab", "Answered"),
    "all": NP_("tab", "All"),
}
EMPTY = {
    "mine": N_("No request is assigned to you."),
    "waiting": N_("Nobody waits in your languages."),
    "answered": N_("No answered request waits for its customer."),
    "all": N_("No request is open."),
}
STREAM_SECONDS = 600  # then the browser asks again, and the sign-in is looked at again
LOOK_SECONDS = 0.5


@get("/desk", opt={"act": "queue.see"}, sync_to_thread=True)
def queue_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    revisions: NamedDependency[Revisions],
    now: NamedDependency[datetime],
    tab: FromQuery[str] = "",
    after: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """What is to be answered, the gravest first."""
    say, revision = staff.tongue.say, _revision(revisions)  # taken first: what changes from here on is news
    with database.reading() as db:
        scope = scope_of(db, staff)
        numbers = counts(db, scope)
        shown = tab if tab in scope.tabs else "all" if scope.everything else "mine"
        requests, following = queue(db, scope, shown, after=after)
        shown_rows = rows(db, requests, staff.tongue, now=now)
        shift = shift_of(db, scope.agent, now=now) if scope.agent else None
    tabs = [
        {"label": say(TAB_WORDS[each]), "url": f"/desk?tab={each}", "current": each == shown, "count": numbers[each]}
        for each in scope.tabs
    ]
    live = staff.tongue.count("%(num)s request here", "%(num)s requests here", numbers[shown])
    answer_page = pages.page(
        staff.tongue,
        "desk/queue.html",
        title=say(N_("Queue")),
        tabs=tabs,
        rows=shown_rows,
        agent=scope.agent,
        on_duty=shift is not None and shift.starts_at <= now,
        next_shift=moment(staff.tongue, shift.starts_at, staff.person.zone, now=now) if shift else "",
        live=live,
        revision=revision,
        next_url=f"/desk?tab={shown}&after={following}" if following else "",
        empty=say(EMPTY[shown]),
        **staff_frame(staff, DESK_MENU, current="/desk", done=done, clock=clock(staff, now)),
    )
    answer_page.headers.update(NO_INDEX)
    return answer_page


@get("/desk/queue/stream", opt={"act": "queue.see"})
async def queue_stream(
    staff: NamedDependency[Staff], revisions: NamedDependency[Revisions], since: FromQuery[str] = ""
) -> ServerSentEvent:
    """Says whenever the queue may read differently than at the revision `since`, with which the page was drawn.

    Looks at this process's counters only; holds no session.
    """
    drawn = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else _revision(revisions)
    return ServerSentEvent(_changes(revisions, drawn))


@get("/desk/requests/{ref:str}", opt={"act": "queue.see"}, sync_to_thread=True)
def desk_request_page(
    ref: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One request: the thread, and beside it the customer's time, the order and what was accepted with it."""
    return _request_page(ref, staff, database, pages, assets=assets, form=Form(), now=now, done=done)


@post("/desk/requests/{ref:str}/assignment", opt={"act": "request.answer"}, sync_to_thread=True)
def take_form(
    ref: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take the request from nobody, or from the colleague whom the form showed."""
    with database.writing() as db:
        scope = scope_of(db, staff)
        request = request_of(db, scope, ref)
        take(db, request, found(scope.agent), seen_owner=form.text("owner"), now=now)
    return see_other(f"/desk/requests/{ref}?done=taken")


@post("/desk/requests/{ref:str}/messages", opt={"act": "request.answer"}, sync_to_thread=True)
def message_form(
    ref: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Answer the customer, or keep an internal note."""
    text, kind = check_text(form, "text", staff.tongue), form.text("kind")
    if kind not in ("ours", "note"):
        raise NotFound
    if form.errors:
        return _request_page(ref, staff, database, pages, assets=assets, form=form, now=now, status=422)
    with database.writing() as db:
        scope = scope_of(db, staff)
        act = answer if kind == "ours" else note
        act(db, request_of(db, scope, ref), scope.answerer, text, key=form.text("key"), now=now)
    return see_other(f"/desk/requests/{ref}?done={'answered' if kind == 'ours' else 'noted'}")


@post("/desk/requests/{ref:str}/closing", opt={"act": "request.answer"}, sync_to_thread=True)
def close_form(
    ref: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Close the request."""
    with database.writing() as db:
        scope = scope_of(db, staff)
        close(db, request_of(db, scope, ref), scope.answerer, now=now)
    return see_other(f"/desk/requests/{ref}?done=closed")


@post("/desk/presence", opt={"act": "request.answer"}, sync_to_thread=True)
def presence_form(
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """There or away. Whoever comes back is given a few of those that wait for them at once."""
    there = form.text("presence") == "available"
    with database.writing() as db:
        note_presence(db, found(scope_of(db, staff).agent), there=there, now=now)
    if there:
        route_again(database, now=now)
    return see_other("/desk?done=presence")


def _request_page(
    ref: str,
    staff: Staff,
    database: Database,
    pages: Pages,
    *,
    assets: Assets,
    form: Form,
    now: datetime,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    with database.reading() as db:
        scope = scope_of(db, staff)
        sight = request_sight(db, scope, request_of(db, scope, ref), f"/static/{assets.version}", now=now)
    frame = staff_frame(staff, DESK_MENU, current="/desk", done=done, clock=clock(staff, now))
    answer_page = pages.page(staff.tongue, "desk/request.html", status=status, form=form, **sight, **frame)
    answer_page.headers.update(NO_INDEX)
    return answer_page


def _revision(revisions: Revisions) -> int:
    return revisions.numbers.get(DESK, 0)


async def _changes(revisions: Revisions, seen: int) -> AsyncIterator[str]:
    for _look in range(int(STREAM_SECONDS / LOOK_SECONDS)):
        await anyio.sleep(LOOK_SECONDS)
        number = _revision(revisions)
        if number != seen:
            seen = number
            yield str(number)


HANDLERS = [
    queue_page,
    queue_stream,
    desk_request_page,
    take_form,
    message_form,
    close_form,
    presence_form,
]
