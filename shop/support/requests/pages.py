"""The customer's door to asking: told who answers when, the short form of each category, files, and answers to read first."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlmodel import Session

from shop.base import limits
from shop.base.fields import many_lines, one_line
from shop.base.i18n import N_
from shop.base.mail import same_mailbox
from shop.base.tokens import fresh_token
from shop.base.web import Form, client_address, see_other
from shop.checkout.models import Order
from shop.markets.answering import answering
from shop.markets.frame import visit_panel
from shop.markets.visit import Visit
from shop.policies.acceptance import accepted
from shop.policies.library import PolicyLibrary, title
from shop.support.answering.board import Board
from shop.support.answering.team import Asked, Outlook, names, other_languages
from shop.support.crisis.contacts import emergency_number
from shop.support.known.knowledge import Reader, offer
from shop.support.requests import asking
from shop.support.requests.about_order import OrderAbout, about, line_number, skills_for
from shop.support.requests.asking import LIMITS, check_question, read_details, read_serial, refilled
from shop.support.requests.counter import AT, KIND, WITH_FILES, Counter, Sent
from shop.support.requests.files import ACCEPT, BODY_LIMIT
from shop.support.requests.form_files import FormFiles, received
from shop.support.requests.intake import Question, open_request
from shop.support.requests.models import Request
from shop.support.requests.speaking import Spoken, of_form
from shop.support.requests.words import CATEGORIES, promise_panel
from shop.support.shifts.speakers import MOST_NAMES

LONGEST_ORDER = 40


@get("/{market:str}/{lang:str}/support", dependencies=AT, sync_to_thread=True)
def support_page(
    counter: NamedDependency[Counter],
    policies: NamedDependency[PolicyLibrary],
    order: FromQuery[str] = "",
    line: FromQuery[str] = "",
    category: FromQuery[str] = "",
) -> Response[str]:
    """The question form, under the promise that would be given now."""
    form = Form({"key": fresh_token(), "order": order[:LONGEST_ORDER], "line": line[:4]})
    if category in CATEGORIES:
        form.values["category"] = category
    if (known := _held_order(counter, form)) is not None:
        chosen = known.line(line_number(line, known))
        form.values |= {"name": known.order.name, "email": known.order.email}
        product = chosen.name if chosen else ""
        asking.fill_in(form, serial=known.serial_of(chosen), lot=known.lot_of(chosen), product=product)
    return _page(counter, form, policies)


@post(
    "/{market:str}/{lang:str}/support",
    dependencies=WITH_FILES,
    request_max_body_size=BODY_LIMIT,
    sync_to_thread=True,
)
def ask(
    counter: NamedDependency[Counter], policies: NamedDependency[PolicyLibrary], sent: NamedDependency[Sent]
) -> Response[Any]:
    """Take the question in and lead to its page; or draw the form again, with answers that may be read before sending."""
    form, uploads = sent
    form.values.update(refilled(form))
    only_looks = bool(form.text("look")) and not uploads
    limit = limits.SUPPORT_FORM if only_looks else limits.SUPPORT
    limits.spend(counter.database, limit, client_address(counter.http), now=counter.now)
    files = received(counter, form, uploads)
    if form.text("look"):
        form.errors = {name: said for name, said in form.errors.items() if name == asking.FILES}
        return _page(counter, form, policies, files=files.held(counter))
    check_question(form, counter.visit.tongue)
    details = read_details(form, counter.visit.tongue)
    _check_order(counter, form)
    if form.errors:
        return _page(counter, form, policies, status=422, files=files.held(counter))
    request = _taken(counter, form, details, files)
    return see_other(
        counter.visit.url(f"/support/{request.ref}"),
        *counter.holders.kept(counter.http, KIND, request.ref, now=counter.now),
    )


def _taken(counter: Counter, form: Form, details: dict[str, str], files: FormFiles) -> Request:
    question = _question(counter, form, details)
    shelved = files.shelved(counter)
    with counter.database.writing() as db:
        request = open_request(db, replace(question, files=shelved), now=counter.now)
        files.forget(db)
    return request


def _page(
    counter: Counter, form: Form, policies: PolicyLibrary, *, status: int = 200, files: tuple[str, ...] = ()
) -> Response[str]:
    """The form. `files` are the names of those that came with it before and are kept."""
    visit, tongue = counter.visit, counter.visit.tongue
    category, known = form.text("category"), _held_order(counter, form)
    spoken = _spoken(visit, form)
    others = [tongue.language_name(each) for each in other_languages(visit.market, spoken.language)]
    with counter.database.reading() as db:
        line = known.line(line_number(form.text("line"), known)) if known else None
        skills = frozenset(skills_for(db, line, category).split())
        asked = Asked(market=visit.market, language=spoken.language, skills=skills)
        panel, sooner = _promised(db, visit, asked, others=bool(others))
        reader = Reader(visit.market, tongue, policies, visit.now)
        offered = offer(db, reader, category, form.text("question")) if category in CATEGORIES else []
        emergency = emergency_number(db, visit.market.id)
        texts = accepted(db, known.order.number) if known else []
    form.values = refilled(form)
    return counter.page(
        "support/ask.html",
        title=tongue.say(N_("Ask a question")),
        path="/support",
        status=status,
        form=form,
        promise=panel,
        needle=counter.minute,
        categories=asking.options(tongue),
        emergency=emergency,
        short_forms=asking.short_forms(tongue, known.serials() if known else ()),
        languages=asking.languages(tongue, visit.market.languages.split()),
        others=tongue.list(others),
        sooner=sooner,
        offered=offered,
        order_lines=known.choices(tongue) if known and len(known.lines) > 1 else [],
        texts=[_policy_link(visit, each.acceptance.kind, each.acceptance.version, each.text) for each in texts],
        files=files,
        file_hint=asking.file_hint(tongue),
        accept=ACCEPT,
        limits=LIMITS,
    )


def _policy_link(visit: Visit, kind: str, version: str, text: str) -> dict[str, str]:
    """A policy that was accepted with the order, and where that version can be read; empty for a single sentence."""
    return {"name": title(text), "url": visit.url(f"/policies/{kind}/{version}")} if version else {}


def _promised(db: Session, visit: Visit, asked: Asked, *, others: bool) -> tuple[dict[str, Any], str]:
    """The promise that would be given now, and in words what agreeing to another language would make of it."""
    board = Board(db, now=visit.now)
    own, own_names = _outlook(db, visit, asked, board)
    agreed, agreed_names = _outlook(db, visit, replace(asked, others=others), board)
    day = visit_panel(answering(db, visit.market, asked.language, now=visit.now), visit)["day"]
    panel = promise_panel(visit.tongue, own, own_names, visit.market, now=visit.now)
    shown = {**panel, "day": day if own.promised_at else None, "ask_url": ""}
    return shown, _sooner(visit, own, agreed, agreed_names)


def _outlook(db: Session, visit: Visit, asked: Asked, board: Board) -> tuple[Outlook, list[str]]:
    seen = board.outlook(asked)
    routed = seen.routed
    who = [routed.assign_to] if routed.assign_to else [*routed.promise_agents, *routed.on_duty_full]
    return seen, names(db, who, visit.tongue.language)[:MOST_NAMES]


def _sooner(visit: Visit, own: Outlook, agreed: Outlook, who: list[str]) -> str:
    """What agreeing to another language would change, where it would."""
    if agreed.promised_at is None or (own.promised_at is not None and agreed.promised_at >= own.promised_at):
        return ""
    panel = promise_panel(visit.tongue, agreed, who, visit.market, now=visit.now)
    return visit.tongue.say(N_("Then: %(who)s %(when)s"), who=panel["headline"], when=panel["detail"])


def _held_order(counter: Counter, form: Form) -> OrderAbout | None:
    """The order the question is about, if this browser holds it; to anybody else nothing of it is shown."""
    number = one_line(form, "order")
    if not counter.holds("order", number):
        return None
    with counter.database.reading() as db:
        known = about(db, number)
    return known if known and known.order.market == counter.visit.market.id else None


def _check_order(counter: Counter, form: Form) -> None:
    """An order is attached only for who may see it: the browser that holds it, or the address it was placed with."""
    number = one_line(form, "order")
    if not number:
        return
    with counter.database.reading() as db:
        order = db.get(Order, number)
    known = (
        order is not None
        and order.market == counter.visit.market.id
        and (same_mailbox(order.email, form.text("email")) or counter.holds("order", number))
    )
    if not known:
        said = N_("No order with this number was placed with this e-mail address. Please check both, or leave it out.")
        form.fail("order", counter.visit.tongue.say(said))


def _spoken(visit: Visit, form: Form) -> Spoken:
    offered = visit.market.languages.split()
    return of_form(offered, visit.tongue.language, chosen=form.text("language"), text=form.text("question"))


def _question(counter: Counter, form: Form, details: dict[str, str]) -> Question:
    visit, spoken, known = counter.visit, _spoken(counter.visit, form), _held_order(counter, form)
    number = line_number(form.text("line"), known) if known else None
    serial = read_serial(details)
    return Question(
        market=visit.market,
        language=spoken.language,
        language_from=spoken.known_by,
        category=form.text("category"),
        subject=one_line(form, "subject"),
        text=many_lines(form, "question"),
        name=one_line(form, "name"),
        email=form.text("email"),
        order_number=one_line(form, "order"),
        order_line=number,
        serial=serial or (known.serial_of(known.line(number)) if known else ""),
        details=details,
        others=form.text("others") == "yes" and bool(other_languages(visit.market, spoken.language)),
        key=form.text("key")[:100] or fresh_token(),
    )


HANDLERS = [support_page, ask]
