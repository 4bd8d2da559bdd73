"""The customer's doors to support: asking, told before and after who answers when, and the request's own page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request as HttpRequest
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base import limits
from shop.base.db import Database
from shop.base.fields import many_lines, one_line
from shop.base.holders import Holders
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.tokens import fresh_token
from shop.base.web import NO_INDEX, Form, client_address, see_other
from shop.checkout.links import link_over
from shop.checkout.models import Order
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.answering import answering
from shop.markets.arrival import SERVED
from shop.markets.frame import shop_frame, visit_panel
from shop.markets.visit import Visit
from shop.support.asking import LIMITS, check_question, check_text, options, refilled
from shop.support.hours import MOST_NAMES
from shop.support.intake import Question, open_request
from shop.support.models import Message, Request
from shop.support.replies import customer_reply
from shop.support.routing import Agent
from shop.support.team import Asked, Outlook, names, other_languages, outlook_among, team
from shop.support.words import (
    CATEGORIES,
    CUSTOMER_STATES,
    customer_state,
    expected_agents,
    promise_panel,
    request_promise,
)

KIND = "request"  # of the secret link


@dataclass(frozen=True, slots=True)
class Counter:
    """What every support page needs."""

    visit: Visit
    database: Database
    holders: Holders
    pages: Pages
    http: HttpRequest[Any, Any, Any]

    @property
    def now(self) -> datetime:
        return self.visit.now

    def own(self, db: Session, ref: str) -> Request:
        """The request, for the browser that holds it; raises LinkOver for anybody else."""
        if not self.holders.holds(self.http, KIND, ref, now=self.now):
            raise link_over(self.visit, ref)
        request = db.get(Request, ref)
        if request is None or request.market != self.visit.market.id:
            raise NotFound
        return request

    def page(self, template: str, *, title: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of this market that is nobody else's to keep."""
        frame = shop_frame(self.visit, title=title, path=path)
        answer = self.pages.page(self.visit.tongue, template, status=status, **frame, **values)
        answer.headers.update(NO_INDEX)
        return answer


def provide_counter(
    request: HttpRequest[Any, Any, Any],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    pages: NamedDependency[Pages],
) -> Counter:
    """The counter at which this visitor stands."""
    return Counter(visit, database, holders, pages, request)


AT = {**SERVED, "counter": Provide(provide_counter, sync_to_thread=False)}


@get("/{market:str}/{lang:str}/support", dependencies=AT, sync_to_thread=True)
def support_page(
    counter: NamedDependency[Counter], order: FromQuery[str] = "", category: FromQuery[str] = ""
) -> Response[str]:
    """The question form, under the promise that would be given now."""
    form = Form({"key": fresh_token(), "order": order[:40]})
    if category in CATEGORIES:
        form.values["category"] = category
    if order and counter.holders.holds(counter.http, "order", order, now=counter.now):
        with counter.database.reading() as db:
            placed = db.get(Order, order)
        if placed is not None and placed.market == counter.visit.market.id:
            form.values |= {"name": placed.name, "email": placed.email}
    return _form_page(counter, form)


@post("/{market:str}/{lang:str}/support", dependencies=AT, sync_to_thread=True)
def ask(counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[Any]:
    """Take the question in and lead to its page."""
    limits.spend(counter.database, limits.SUPPORT, client_address(counter.http), now=counter.now)
    check_question(form, counter.visit.tongue)
    _check_order(counter, form)
    if form.errors:
        return _form_page(counter, form, status=422)
    with counter.database.writing() as db:
        request = open_request(db, _question(counter.visit, form), now=counter.now)
    return see_other(
        counter.visit.url(f"/support/{request.ref}"),
        *counter.holders.kept(counter.http, KIND, request.ref, now=counter.now),
    )


@get("/{market:str}/{lang:str}/support/{ref:str}", dependencies=AT, sync_to_thread=True)
def request_page(counter: NamedDependency[Counter], ref: FromPath[str], secret: FromQuery[str] = "") -> Response[Any]:
    """The request as it stands. The link's secret is exchanged for a cookie."""
    if secret:
        cookies = counter.holders.opened(counter.http, KIND, ref, secret, now=counter.now)
        if not cookies:
            raise link_over(counter.visit, ref)
        return see_other(counter.visit.url(f"/support/{ref}"), *cookies)
    return _request_page(counter, ref, Form({"key": fresh_token()}))


@post("/{market:str}/{lang:str}/support/{ref:str}/messages", dependencies=AT, sync_to_thread=True)
def write_again(counter: NamedDependency[Counter], ref: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """The customer writes again."""
    with counter.database.reading() as db:
        counter.own(db, ref)
    limits.spend(counter.database, limits.SUPPORT, client_address(counter.http), now=counter.now)
    text = check_text(form, "text", counter.visit.tongue)
    if form.errors:
        return _request_page(counter, ref, form, status=422)
    with counter.database.writing() as db:
        request = counter.own(db, ref)
        customer_reply(db, request, text, market=counter.visit.market, key=form.text("key"), now=counter.now)
    return see_other(counter.visit.url(f"/support/{ref}?sent=1"))


def _form_page(counter: Counter, form: Form, *, status: int = 200) -> Response[str]:
    visit, tongue = counter.visit, counter.visit.tongue
    others = [tongue.language_name(each) for each in other_languages(visit.market, tongue.language)]
    with counter.database.reading() as db:
        people = team(db, visit.market.id, now=visit.now)
        own, own_names = _outlook(db, visit, people, others=False)
        agreed, agreed_names = _outlook(db, visit, people, others=True) if others else (own, own_names)
        day = _day(db, visit)
    panel: dict[str, Any] = promise_panel(tongue, own, own_names, visit.market, now=visit.now)
    panel |= {"day": day if own.promised_at else None, "ask_url": ""}
    form.values = refilled(form)
    return counter.page(
        "support/ask.html",
        title=tongue.say(N_("Ask a question")),
        path="/support",
        status=status,
        form=form,
        promise=panel,
        needle=_minute(visit),
        categories=options(tongue),
        others=tongue.list(others),
        sooner=_sooner(visit, own, agreed, agreed_names),
        limits=LIMITS,
    )


def _request_page(counter: Counter, ref: str, form: Form, *, status: int = 200) -> Response[str]:
    tongue = counter.visit.tongue
    with counter.database.reading() as db:
        request = counter.own(db, ref)
        query = select(Message).where(Message.request == ref, Message.kind != "note").order_by(col(Message.id))
        thread = db.exec(query).all()
        promise = _standing_promise(db, counter.visit, request)
    state = customer_state(request)
    form.values = refilled(form)
    return counter.page(
        "support/request.html",
        title=request.subject,
        path=f"/support/{ref}",
        status=status,
        request=request,
        form=form,
        thread=thread,
        state=state,
        state_word=tongue.say(CUSTOMER_STATES[state]),
        limits=LIMITS,
        category=tongue.say(CATEGORIES.get(request.category, request.category)),
        toast=_toast(counter, request),
        promise=promise,
        needle=_minute(counter.visit),
    )


def _standing_promise(db: Session, visit: Visit, request: Request) -> dict[str, Any] | None:
    """The promise as long as it is open; once answered there is nothing left to promise."""
    if request.state not in ("waiting", "assigned"):
        return None
    who = names(db, [request.agent] if request.agent else expected_agents(request), visit.tongue.language)
    panel: dict[str, Any] = request_promise(visit.tongue, request, who, visit.market, now=visit.now)
    return panel | {"day": _day(db, visit) if request.promised_at else None, "ask_url": ""}


def _day(db: Session, visit: Visit) -> dict[str, Any] | None:
    """The day line of the market and language, in the customer's time."""
    hours = answering(db, visit.market, visit.tongue.language, now=visit.now)
    day: dict[str, Any] | None = visit_panel(hours, visit)["day"]
    return day


def _toast(counter: Counter, request: Request) -> dict[str, str] | None:
    if not counter.http.query_params.get("sent"):
        return None
    return {"tone": "good", "text": counter.visit.tongue.say(N_("Your message has been sent."))}


def _outlook(db: Session, visit: Visit, people: list[Agent], *, others: bool) -> tuple[Outlook, list[str]]:
    asked = Asked(market=visit.market, language=visit.tongue.language, others=others)
    seen = outlook_among(asked, people, people, now=visit.now)
    routed = seen.routed
    who = [routed.assign_to] if routed.assign_to else [*routed.promise_agents, *routed.on_duty_full]
    return seen, names(db, who, visit.tongue.language)[:MOST_NAMES]


def _sooner(visit: Visit, own: Outlook, agreed: Outlook, who: list[str]) -> str:
    """What agreeing to another language would change, where it would."""
    if agreed.promised_at is None or (own.promised_at is not None and agreed.promised_at >= own.promised_at):
        return ""
    panel = promise_panel(visit.tongue, agreed, who, visit.market, now=visit.now)
    return visit.tongue.say(N_("Then: %(who)s %(when)s"), who=panel["headline"], when=panel["detail"])


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
        and (
            order.email.casefold() == form.text("email").casefold()
            or counter.holders.holds(counter.http, "order", number, now=counter.now)
        )
    )
    if not known:
        said = N_("No order with this number was placed with this e-mail address. Please check both, or leave it out.")
        form.fail("order", counter.visit.tongue.say(said))


def _question(visit: Visit, form: Form) -> Question:
    others = form.text("others") == "yes" and bool(other_languages(visit.market, visit.tongue.language))
    return Question(
        market=visit.market,
        language=visit.tongue.language,
        category=form.text("category"),
        subject=one_line(form, "subject"),
        text=many_lines(form, "question"),
        name=one_line(form, "name"),
        email=form.text("email"),
        order_number=one_line(form, "order"),
        others=others,
        key=form.text("key")[:100] or fresh_token(),
    )


def _minute(visit: Visit) -> int:
    here = local(visit.now, visit.market.zone)
    return here.hour * 60 + here.minute


HANDLERS = [support_page, ask, request_page, write_again]
