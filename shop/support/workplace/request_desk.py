"""The agent's door to one request: its page, answering with drafts and macros, notes, and the files that came with it."""

from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.fields import whole
from shop.base.i18n import N_, NN_
from shop.base.web import NO_STORE, Form, see_other
from shop.ground.errors import NotFound, Refusal, found, row_id
from shop.support.answering.assignment import AnotherHasIt
from shop.support.known.referring import WaitsForExporter
from shop.support.known.training import NotTrained
from shop.support.requests.asking import check_text
from shop.support.requests.attachments import Shelf
from shop.support.requests.download_pages import download
from shop.support.requests.models import Attachment
from shop.support.requests.replies import NEWS, OWN_NEWS, SomethingNew, StillUnfilled, news_since, note
from shop.support.workplace.at_request import AT_REQUEST, RequestDesk, request_answer
from shop.support.workplace.drafts import drop_draft, keep_draft
from shop.support.workplace.queue import request_of, scope_of
from shop.support.workplace.sending import send
from shop.support.workplace.sight import writing_words

KINDS = ("ours", "note", "draft", "macro")


NOT_SENT = {
    SomethingNew: NEWS,
    WaitsForExporter: N_("The exporter answers this first. Nothing has been sent, and your text is kept."),
    AnotherHasIt: N_("A colleague has this request now. Nothing has been sent, and your text is kept."),
}


@get("/desk/requests/{ref:str}", opt={"act": "queue.see"}, dependencies=AT_REQUEST, sync_to_thread=True)
def desk_request_page(
    desk: NamedDependency[RequestDesk],
    ref: FromPath[str],
    done: FromQuery[str] = "",
    macro: FromQuery[str] = "",
    answer: FromQuery[str] = "",
) -> Response[str]:
    """One request: the thread, and beside it the customer's time, the order and what was accepted with it.

    `macro` and `answer` name a text to put behind the draft; nothing is kept of it before somebody saves or sends it.
    """
    return request_answer(desk, ref, Form(), done=done, macro=macro, approved=answer)


@post("/desk/requests/{ref:str}/messages", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def message_form(desk: NamedDependency[RequestDesk], ref: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Answer the customer, keep an internal note, or keep what is written for later."""
    kind = form.text("kind")
    if kind not in KINDS:
        raise NotFound
    if kind == "draft":
        _keep(desk, ref, form.text("text"))
        return see_other(f"/desk/requests/{ref}?done=draft")
    if kind == "macro":
        _keep(desk, ref, form.text("text"))
        return see_other(f"/desk/requests/{ref}?macro={quote(form.text('macro'))}#answer")
    text = check_text(form, "text", desk.tongue)
    if form.errors:
        _keep(desk, ref, form.text("text"))
        return request_answer(desk, ref, form, status=422)
    try:
        done = _noted(desk, ref, text, form) if kind == "note" else _answered(desk, ref, text, form)
    except (SomethingNew, AnotherHasIt, WaitsForExporter, StillUnfilled) as refusal:
        return _not_sent(desk, ref, form, refusal)
    except NotTrained:
        _keep(desk, ref, text)
        raise
    return see_other(f"/desk/requests/{ref}?done={done}")


@post("/desk/requests/{ref:str}/draft", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def draft_form(desk: NamedDependency[RequestDesk], ref: FromPath[str], form: NamedDependency[Form]) -> Response[str]:
    """Keep what is being written, and say who else writes and whether something new has come: a sentence a line."""
    with desk.changing(ref) as (db, _scope, request):
        keep_draft(db, request, desk.staff.person, form.text("text"), now=desk.now)
        told = writing_words(db, request, desk.staff, now=desk.now)
        seen = _seen(form)
        new = len(news_since(db, request, seen, person=desk.staff.person.id)) if seen is not None else 0
    if new:
        said = NN_("%(num)s new message since you opened this page", "%(num)s new messages since you opened this page")
        told.append(desk.tongue.count(*said, new))
    return Response("\n".join(told), media_type=MediaType.TEXT, headers=NO_STORE, status_code=200)


@get(
    "/desk/requests/{ref:str}/files/{number:int}",
    opt={"act": "queue.see"},
    dependencies=AT_REQUEST,
    sync_to_thread=True,
)
def file_of_request(desk: NamedDependency[RequestDesk], ref: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A file that came with the request, to be saved."""
    with desk.database.reading() as db:
        request = request_of(db, scope_of(db, desk.staff), ref)
        attachment = found(db.get(Attachment, row_id(number)))
        if attachment.request != request.ref:
            raise NotFound
    return download(Shelf.of(desk.settings.data_dir), attachment)


def _answered(desk: RequestDesk, ref: str, text: str, form: Form) -> str:
    """Send the answer, or hand it to the exporter where this person may not send it; says which."""
    with desk.changing(ref) as (db, scope, request):
        return send(db, request, scope, text, key=form.text("key"), seen=_seen(form), now=desk.now)


def _noted(desk: RequestDesk, ref: str, text: str, form: Form) -> str:
    with desk.changing(ref) as (db, scope, request):
        note(db, request, scope.answerer, text, key=form.text("key"), now=desk.now)
        drop_draft(db, request, desk.staff.person)
    return "noted"


def _not_sent(desk: RequestDesk, ref: str, form: Form, refusal: Refusal) -> Response[str]:
    """The page again with the reason; what was written is kept besides, should the page be left now."""
    _keep(desk, ref, form.text("text"))
    if isinstance(refusal, StillUnfilled):
        said = N_("Please fill in what still stands in braces: %(names)s. Nothing has been sent.")
        form.fail("text", desk.tongue.say(said, names=desk.tongue.list(refusal.values["names"])))
        return request_answer(desk, ref, form, status=422)
    form.fail("text", desk.tongue.say(OWN_NEWS if refusal.values.get("own") else NOT_SENT[type(refusal)]))
    return request_answer(desk, ref, form, seen=refusal.values.get("seen"), status=409)


def _keep(desk: RequestDesk, ref: str, text: str) -> None:
    with desk.changing(ref) as (db, _scope, request):
        keep_draft(db, request, desk.staff.person, text, now=desk.now)


def _seen(form: Form) -> int | None:
    """The last message that stood on the page when the form was drawn."""
    return whole(form.text("seen"), digits=15)


HANDLERS = [desk_request_page, message_form, draft_form, file_of_request]
