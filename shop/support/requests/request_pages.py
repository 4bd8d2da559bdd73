"""A request's own page, open to who holds it: what was written, what is promised, and all its holder may do about it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base import limits
from shop.base.i18n import N_
from shop.base.tokens import fresh_token
from shop.base.web import Form, client_address, see_other
from shop.markets.answering import answering
from shop.markets.frame import visit_panel
from shop.markets.visit import Visit
from shop.support.answering.team import names
from shop.support.requests import asking, attachments, rating
from shop.support.requests.about_order import about
from shop.support.requests.asking import LIMITS, check_text, refilled
from shop.support.requests.counter import AT, KIND, WITH_FILES, Counter, Sent
from shop.support.requests.ending import customer_close
from shop.support.requests.files import ACCEPT, BODY_LIMIT
from shop.support.requests.form_files import FormFiles, received
from shop.support.requests.models import OPEN, Attachment, Message, Request
from shop.support.requests.replies import customer_reply
from shop.support.requests.short_forms import detail_lines
from shop.support.requests.words import CATEGORIES, CUSTOMER_STATES, customer_state, expected_agents, request_promise

TOLD = {
    "sent": N_("Your message has been sent."),
    "ended": N_("Thank you. This request is closed; write again whenever you like."),
    "rated": N_("Thank you for telling us."),
}


@get("/{market:str}/{lang:str}/support/{ref:str}", dependencies=AT, sync_to_thread=True)
def request_page(counter: NamedDependency[Counter], ref: FromPath[str], secret: FromQuery[str] = "") -> Response[Any]:
    """The request as it stands. The link's secret is exchanged for a cookie."""
    if secret:
        return counter.let_in(KIND, ref, secret, path=f"/support/{ref}")
    return _page(counter, ref, Form({"key": fresh_token()}))


@post(
    "/{market:str}/{lang:str}/support/{ref:str}/messages",
    dependencies=WITH_FILES,
    request_max_body_size=BODY_LIMIT,
    sync_to_thread=True,
)
def write_again(counter: NamedDependency[Counter], ref: FromPath[str], sent: NamedDependency[Sent]) -> Response[Any]:
    """The customer writes again; what was answered or closed is open anew."""
    form, uploads = sent
    with counter.database.reading() as db:
        counter.own(db, ref)
    limits.spend(counter.database, limits.SUPPORT, client_address(counter.http), now=counter.now)
    files = received(counter, form, uploads)
    text = check_text(form, "text", counter.visit.tongue)
    if form.errors:
        return _page(counter, ref, form, status=422, files=files.held(counter))
    _keep(counter, ref, text, key=form.text("key"), files=files)
    return see_other(counter.visit.url(f"/support/{ref}?told=sent"))


@post("/{market:str}/{lang:str}/support/{ref:str}/ending", dependencies=AT, sync_to_thread=True)
def end(counter: NamedDependency[Counter], ref: FromPath[str]) -> Response[Any]:
    """The customer says that their question is answered."""
    with counter.database.writing() as db:
        customer_close(db, counter.own(db, ref), now=counter.now)
    return see_other(counter.visit.url(f"/support/{ref}?told=ended#rating"))


@post("/{market:str}/{lang:str}/support/{ref:str}/rating", dependencies=AT, sync_to_thread=True)
def rate(counter: NamedDependency[Counter], ref: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """The customer says how it was, once."""
    with counter.database.reading() as db:
        counter.own(db, ref)
    limits.spend(counter.database, limits.SUPPORT, client_address(counter.http), now=counter.now)
    score, words = rating.read(form, counter.visit.tongue)
    if form.errors:
        return _page(counter, ref, Form({"key": fresh_token()}), rated=form, status=422)
    with counter.database.writing() as db:
        rating.rate(db, counter.own(db, ref), score, words, market=counter.visit.market, now=counter.now)
    return see_other(counter.visit.url(f"/support/{ref}?told=rated"))


def _keep(counter: Counter, ref: str, text: str, *, key: str, files: FormFiles) -> None:
    shelved = files.shelved(counter)
    with counter.database.writing() as db:
        request, market = counter.own(db, ref), counter.visit.market
        message = customer_reply(db, request, text, market=market, key=key, now=counter.now)
        if message is not None:
            attachments.keep(db, ref, message, shelved, now=counter.now)
        else:
            attachments.keep_new(db, ref, text, shelved, now=counter.now)
        files.forget(db)


def _page(
    counter: Counter,
    ref: str,
    form: Form,
    *,
    rated: Form | None = None,
    status: int = 200,
    files: tuple[str, ...] = (),
) -> Response[str]:
    visit, tongue = counter.visit, counter.visit.tongue
    with counter.database.reading() as db:
        request = counter.own(db, ref)
        query = select(Message).where(Message.request == ref, Message.kind != "note").order_by(col(Message.id))
        thread = db.exec(query).all()
        kept = attachments.of(db, ref)
        promise = _standing_promise(db, visit, request)
        known = about(db, request.order_number)
    state = customer_state(request)
    # Who only named the order is not told what is in it; who held it has a line, or asked about the whole.
    line = known.line(request.order_line) if known and request.order_line is not None else None
    form.values = refilled(form)
    return counter.page(
        "support/request.html",
        title=request.subject,
        path=f"/support/{ref}",
        status=status,
        request=request,
        form=form,
        thread=thread,
        files_of={each.id: _links(visit, kept, each.id) for each in thread},
        state=state,
        state_word=tongue.say(CUSTOMER_STATES[state]),
        limits=LIMITS,
        category=tongue.say(CATEGORIES.get(request.category, request.category)),
        product=line.name if line else "",
        details=detail_lines(tongue, request.category, request.details),
        toast=_toast(counter),
        promise=promise,
        needle=counter.minute,
        files=files,
        file_hint=asking.file_hint(tongue),
        accept=ACCEPT,
        may_end=request.state != "closed",
        rating=rating.question(request, tongue, rated),
    )


def _links(visit: Visit, kept: list[Attachment], message: int | None) -> list[dict[str, str]]:
    return [
        {"name": each.name, "url": visit.url(f"/support/{each.request}/files/{each.id}")}
        for each in kept
        if each.message == message
    ]


def _standing_promise(db: Session, visit: Visit, request: Request) -> dict[str, Any] | None:
    """The promise as long as it is open; once answered there is nothing left to promise."""
    if request.state not in OPEN:
        return None
    who = names(db, [request.agent] if request.agent else expected_agents(request), visit.tongue.language)
    panel: dict[str, Any] = request_promise(visit.tongue, request, who, visit.market, now=visit.now)
    hours = answering(db, visit.market, request.language, now=visit.now)
    return panel | {"day": visit_panel(hours, visit)["day"] if request.promised_at else None, "ask_url": ""}


def _toast(counter: Counter) -> dict[str, str] | None:
    told = TOLD.get(counter.http.query_params.get("told", ""))
    return {"tone": "good", "text": counter.visit.tongue.say(told)} if told else None


HANDLERS = [request_page, write_again, end, rate]
