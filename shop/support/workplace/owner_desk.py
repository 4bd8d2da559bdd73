"""The agent's door to whose a request is: taking it, handing it back or on, closing it and opening it anew."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.fields import many_lines, too_long
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.support.answering.assignment import AnotherHasIt, take
from shop.support.answering.handover import decline
from shop.support.answering.passing import NotThere, handed_back, pass_on, reopen, waits_for_others
from shop.support.known.training import need
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent
from shop.support.workplace.at_request import AT_REQUEST, RequestDesk, request_answer
from shop.support.workplace.sending import end
from shop.support.workplace.sight import not_there

MOST_NOTE = 1000
MOVED_ON = N_(
    "The request has moved on meanwhile. Nothing has been changed. Your note stands in this field: you can keep it as an "
    "internal note."
)


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
    except AnotherHasIt:
        form.fail("text", desk.tongue.say(MOVED_ON))
        return request_answer(desk, ref, form, begun=note, status=409)
    return see_other(f"/desk?done={done}") if done else request_answer(desk, ref, form, status=422)


def _handed(desk: RequestDesk, ref: str, form: Form, *, note: str) -> str:
    """Hand the request on or back; says what came of it, and nothing where it was not said to whom."""
    to, seen_owner = form.text("to"), form.text("owner")
    with desk.changing(ref) as (db, scope, request):
        if to:
            given = pass_on(db, request, scope.answerer, to, note=note, seen_owner=seen_owner, now=desk.now)
            return "passed" if given.there else "passed_ahead" if given.back_at else "passed_absent"
        agent = scope.agent
        if agent is None or not _may_go_back(request, agent, seen_owner):
            form.fail("to", desk.tongue.say(N_("Please choose to whom.")))
            return ""
        if not handed_back(db, request, agent, note=note):  # sent twice it is done once
            decline(db, request, agent, note, now=desk.now)
        return "handed_on" if request.agent else "handed_back"


def _may_go_back(request: Request, agent: Agent, seen_owner: str) -> bool:
    """Whether the form offered the queue: it showed the request as the agent's own, and it waits for us, if still theirs."""
    return agent.id == (seen_owner or request.agent) and not (request.agent == agent.id and waits_for_others(request))


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
