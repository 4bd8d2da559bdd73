"""The customer's doors to recalls: the public list and notice of a market, and the answer for an order that is concerned.

They answer in every state of a market that has ever sold.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.aftersales.counter import AT, Counter
from shop.aftersales.models import Recall, RecallNotice
from shop.aftersales.recalls.mails import pictures
from shop.aftersales.recalls.progress import RecallDone, answer, answers
from shop.aftersales.recalls.sight import recalls_in, recalls_of, text_in
from shop.aftersales.recalls.words import DONE, HEADLINE, choices, recognised, remedies_offered, where_it_stands
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.checkout.following import Warned
from shop.checkout.orders import order_view
from shop.ground.errors import NotFound
from shop.markets.arrival import SERVED
from shop.markets.calendar import day_in
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit

TOLD = {
    "answered": N_("Thank you. We have your choice and see to it. You can change it here until it is done."),
}


@get("/{market:str}/{lang:str}/recalls", dependencies=SERVED, sync_to_thread=True)
def recalls_page(
    visit: NamedDependency[Visit], database: NamedDependency[Database], pages: NamedDependency[Pages]
) -> Response[str]:
    """Every recall of what this market sells or has sold."""
    with database.reading() as db:
        shown = [_parts(db, each, visit) for each in recalls_in(db, visit.market.id)]
    return _public(visit, pages, "recalls", title=visit.tongue.say(N_("Recalls")), path="/recalls", recalls=shown)


@get("/{market:str}/{lang:str}/recalls/{number:str}", dependencies=SERVED, sync_to_thread=True)
def recall_page(
    number: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """One recall, with every part that law asks of its notice."""
    with database.reading() as db:
        recall = next((each for each in recalls_in(db, visit.market.id) if each.number == number), None)
        if recall is None:
            raise NotFound
        shown = _parts(db, recall, visit)
    return _public(visit, pages, "recall", title=shown["headline"], path=f"/recalls/{number}", shown=shown)


@get("/{market:str}/{lang:str}/orders/{number:str}/recalls/{recall:str}", dependencies=AT, sync_to_thread=True)
def answer_page(
    number: FromPath[str],
    recall: FromPath[str],
    counter: NamedDependency[Counter],
    secret: FromQuery[str] = "",
    told: FromQuery[str] = "",
) -> Response[Any]:
    """The recall for whoever holds the order: which pieces, and what may be chosen. A secret is exchanged for a cookie."""
    if secret:
        return counter.let_in("order", number, secret, path=f"/orders/{number}/recalls/{recall}")
    return _answer_page(counter, number, recall, Form(), told=told)


@post("/{market:str}/{lang:str}/orders/{number:str}/recalls/{recall:str}", dependencies=AT, sync_to_thread=True)
def answer_form(
    number: FromPath[str], recall: FromPath[str], counter: NamedDependency[Counter], form: NamedDependency[Form]
) -> Response[Any]:
    """Keep what the customer chose. Sent again it is the same answer; another one takes its place until it is done."""
    with counter.database.reading() as db:
        _notice, found = _held(db, counter, number, recall)
    counter.spend()
    chosen = form.text("answer")
    if chosen not in answers(found):
        form.fail(
            "answer", counter.visit.tongue.say(N_("Please choose what we may do for you. Nothing has been sent."))
        )
        return _answer_page(counter, number, recall, form, status=422)
    try:
        with counter.database.writing() as db:
            answer(db, found, number, chosen, now=counter.now)
    except RecallDone as done:
        raise RecallDone(order=number, url=counter.visit.url(f"/orders/{number}")) from done
    return see_other(counter.visit.url(f"/orders/{number}/recalls/{recall}?told=answered"))


def warnings_on(db: Session, number: str, visit: Visit) -> tuple[Warned, ...]:
    """What the order's page says on top of itself, one for each recall that concerns it."""
    found = []
    for notice, recall in recalls_of(db, number):
        text = text_in(db, recall.number, visit.tongue.language)
        found.append(
            Warned(
                headline=visit.tongue.say(HEADLINE),
                product=text.product if text else "",
                action=text.action if text else "",
                language=text.language if text else "",
                url=visit.url(f"/orders/{number}/recalls/{recall.number}"),
                answered=bool(notice.answer),
                done=notice.done_at is not None,
            )
        )
    return tuple(found)


def _answer_page(
    counter: Counter, number: str, recall: str, form: Form, *, told: str = "", status: int = 200
) -> Response[str]:
    tongue = counter.visit.tongue
    with counter.database.reading() as db:
        notice, found = _held(db, counter, number, recall)
        shown, view = _parts(db, found, counter.visit), order_view(db, number)
    if not form.values:
        form.values["answer"] = notice.answer
    names = {line.sku: line.name for line in view.lines}
    return counter.page(
        "aftersales/recall_answer.html",
        title=shown["headline"],
        path=f"/orders/{number}/recalls/{recall}",
        status=status,
        form=form,
        notice=notice,
        shown=shown,
        items=[(each, names.get(each, "")) for each in notice.items.split()],
        options=choices(answers(found), tongue),
        done=tongue.say(DONE[notice.remedy]) if notice.done_at else "",
        order_url=counter.visit.url(f"/orders/{number}"),
        toast={"tone": "good", "text": tongue.say(TOLD[told])} if told in TOLD and notice.answer else None,
    )


def _held(db: Session, counter: Counter, number: str, recall: str) -> tuple[RecallNotice, Recall]:
    """The notice, for the browser that holds its order. A drill is nobody's to see."""
    counter.order(db, number)
    for notice, found in recalls_of(db, number):
        if found.number == recall:
            return notice, found
    raise NotFound


def _parts(db: Session, recall: Recall, visit: Visit) -> dict[str, Any]:
    tongue = visit.tongue
    return {
        "recall": recall,
        "headline": tongue.say(HEADLINE),
        "since": tongue.date(day_in(visit.market, recall.opened_at)),
        "text": text_in(db, recall.number, tongue.language),
        "pictures": [f"/pictures/{each}" for each in pictures(db, recall)],
        "recognised": recognised(recall, tongue),
        "where": where_it_stands(recall, tongue),
        "remedies": remedies_offered(recall, tongue),
    }


def _public(visit: Visit, pages: Pages, name: str, *, title: str, path: str, **values: Any) -> Response[str]:
    frame = shop_frame(visit, title=title, path=path)
    values["exporter"] = visit.snapshot.exporter
    answer = pages.page(visit.tongue, f"aftersales/{name}.html", **frame, **values)
    answer.headers.update(visit.page_headers())
    return answer


HANDLERS = [recalls_page, recall_page, answer_page, answer_form]
