"""The agent's door to whose a request is: taking it, handing it back or on, closing it and opening it anew."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.fields import many_lines, too_long
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.support.answering.assignment import take
from shop.support.answering.handover import decline
from shop.support.answering.passing import NotThere, pass_on, reopen
from shop.support.known.training import need
from shop.support.workplace.at_request import AT_REQUEST, RequestDesk, request_answer
from shop.support.workplace.sending import end
from shop.support.workplace.sight import not_there

MOST_NOTE = 1000


@post(
    "/desk/requests/{ref:str}/assignment", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True
)
def take_form(desk: NamedDependency[RequestDesk], ref: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Take the request from nobody, or from the colleague whom the form showed."""
    with desk.changing(ref) as (db, scope, request):
        need(db, desk.staff.person, request.market)
        take(db, request, found(scope.agent), seen_owner=form.text("owner"), now=desk.now)
    return see_other(f"/desk/requests/{ref}?done=taken")


@post("/desk/requests/{ref:str}/handover", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def handover_form(desk: NamedDependency[RequestDesk], ref: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Hand the request back to the queue, or on to a colleague, with a note for who goes on."""
    note = many_lines(form, "note")
    if not note:
        form.fail("note", desk.tongue.say(N_("Please say in a sentence how it stands. Nothing has been changed yet.")))
    elif len(note) > MOST_NOTE:
        form.fail("note", too_long(desk.tongue, MOST_NOTE))
    if form.errors:
        return request_answer(desk, ref, form, status=422)
    try:
        done = _handed(desk, ref, form, note=note)
    except NotThere as refusal:
        form.fail("to", not_there(desk.tongue, refusal.values["colleague"], desk.staff.person.zone, now=desk.now))
        return request_answer(desk, ref, form, status=409)
    return see_other(f"/desk?done={done}") if done else request_answer(desk, ref, form, status=422)


def _handed(desk: RequestDesk, ref: str, form: Form, *, note: str) -> str:
    """Hand the request on or back; says what came of it, and nothing where it was not said to whom."""
    to = form.text("to")
    with desk.changing(ref) as (db, scope, request):
        if to:
            given = pass_on(db, request, scope.answerer, to, note=note, seen_owner=form.text("owner"), now=desk.now)
            return "passed" if given.there else "passed_ahead"
        agent = scope.agent
        if request.agent is None or (scope.everything and (agent is None or request.agent != agent.id)):
            form.fail("to", desk.tongue.say(N_("Please choose to whom.")))
            return ""
        decline(db, request, found(agent), note, now=desk.now)
        return "handed_on" if request.agent else "handed_back"


@post("/desk/requests/{ref:str}/closing", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def close_form(desk: NamedDependency[RequestDesk], ref: FromPath[str]) -> Response[Any]:
    """Close the request, but for what the exporter answers first: who may not answer does not end it either."""
    with desk.changing(ref) as (db, scope, request):
        end(db, request, scope, now=desk.now)
    return see_other(f"/desk/requests/{ref}?done=closed")


@post("/desk/requests/{ref:str}/reopening", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def reopen_form(desk: NamedDependency[RequestDesk], ref: FromPath[str]) -> Response[Any]:
    """Open a closed request anew."""
    with desk.changing(ref) as (db, scope, request):
        need(db, desk.staff.person, request.market)
        reopen(db, request, scope.answerer, now=desk.now)
    return see_other(f"/desk/requests/{ref}?done=reopened")


HANDLERS = [take_form, handover_form, close_form, reopen_form]
