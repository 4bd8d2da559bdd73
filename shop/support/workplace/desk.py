"""The agent's door: the queue, live without being loaded anew, and being there."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import anyio
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import ServerSentEvent

from shop.base.db import Database
from shop.base.fields import whole
from shop.base.i18n import N_, NP_, Tongue
from shop.base.pages import Pages
from shop.base.revisions import Revisions
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.markets.answering import moment
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.support.answering.assignment import DESK
from shop.support.answering.waiting import route_again
from shop.support.shifts.presence import note_presence, shift_of
from shop.support.workplace.finding import MOST as MOST_SOUGHT
from shop.support.workplace.finding import find
from shop.support.workplace.queue import MOST, TABS, counts, queue, scope_of
from shop.support.workplace.sight import clock, rows

TAB_WORDS = {
    "mine": NP_("tab", "Mine"),
    "waiting": NP_("tab", "Waiting"),
    "overdue": NP_("tab", "Overdue"),
    "referred": NP_("tab", "Referred"),
    "answered": NP_("tab", "Answered"),
    "all": NP_("tab", "All"),
}
EMPTY = {
    "mine": N_("No request is assigned to you."),
    "waiting": N_("Nobody waits in your languages."),
    "overdue": N_("No request is overdue."),
    "referred": N_("No request waits for the exporter."),
    "answered": N_("No answered request waits for its customer."),
    "all": N_("No request is open."),
}
NOT_FOUND = N_("Nothing was found. Search by the whole number, e-mail address or name.")
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
    q: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """What is to be answered, the gravest first; or what was searched for."""
    say, revision = staff.tongue.say, _revision(revisions)  # taken first: what changes from here on is news
    with database.reading() as db:
        scope = scope_of(db, staff)
        numbers = counts(db, scope, now=now)
        shown = tab if tab in TABS else "all" if scope.everything else "mine"
        requests, following = (find(db, scope, q), "") if q else queue(db, scope, shown, now=now, after=after)
        shown_rows = rows(db, requests, staff.tongue, now=now)
        shift = shift_of(db, scope.agent, now=now) if scope.agent else None
    return staff_page(
        pages,
        staff,
        "desk/queue",
        current="/desk",
        done=done,
        staff_clock=clock(staff, now),
        title=say(N_("Queue")),
        tabs=[_tab(each, numbers[each], staff.tongue, current=each == shown and not q) for each in TABS],
        rows=shown_rows,
        agent=scope.agent,
        on_duty=shift is not None and shift.starts_at <= now,
        next_shift=moment(staff.tongue, shift.starts_at, staff.person.zone, now=now) if shift else "",
        live=_found(len(requests), staff.tongue) if q else _here(numbers[shown], staff.tongue),
        revision=revision,
        next_url=f"/desk?tab={shown}&after={following}" if following else "",
        sought=q[:MOST_SOUGHT],
        empty=say(NOT_FOUND if q else EMPTY[shown]),
    )


@get("/desk/queue/stream", opt={"act": "queue.see"})
async def queue_stream(
    staff: NamedDependency[Staff], revisions: NamedDependency[Revisions], since: FromQuery[str] = ""
) -> ServerSentEvent:
    """Says whenever the queue may read differently than at the revision `since`, with which the page was drawn.

    Looks at this process's counters only; holds no session.
    """
    drawn = whole(since, digits=11)
    return ServerSentEvent(_changes(revisions, _revision(revisions) if drawn is None else drawn))


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


def _tab(name: str, number: int, tongue: Tongue, *, current: bool) -> dict[str, Any]:
    """A tab with its number: none for an empty one, and no more than can be counted at once."""
    count = {"count": min(number, MOST) or None, "more": number > MOST}
    return {"label": tongue.say(TAB_WORDS[name]), "url": f"/desk?tab={name}", "current": current, **count}


def _here(number: int, tongue: Tongue) -> str:
    if number > MOST:
        return tongue.count("More than %(num)s request here", "More than %(num)s requests here", MOST)
    return tongue.count("%(num)s request here", "%(num)s requests here", number)


def _found(number: int, tongue: Tongue) -> str:
    return tongue.count("%(num)s request found", "%(num)s requests found", number)


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
    presence_form,
]
