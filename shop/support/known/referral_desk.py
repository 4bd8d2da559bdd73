"""The door for referrals: what waits for the exporter, and answering it. Who referred something sees how it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.fields import whole
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.markets.answering import moment
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import EXPORTER
from shop.staff.models import Person
from shop.support.known.knowledge import titles_of
from shop.support.known.referral_answers import How, answer_referral
from shop.support.requests.asking import LIMITS, check_text, refilled
from shop.support.requests.models import Referral, Request
from shop.support.requests.replies import NEWS, Answerer, SomethingNew, no_news
from shop.support.shifts.speakers import agent_of
from shop.support.workplace.queue import request_of, scope_of
from shop.support.workplace.sight import news_in, thread_of

URL = "/desk/referrals"
SHOWN = 200
WAYS: dict[str, How] = {"as_drafted": "as_drafted", "changed": "changed", "to_agent": "to_agent"}
FIELDS = {"changed": "text", "to_agent": "answer"}  # where each way's words stand in the form


@get(URL, opt={"act": "queue.see"}, sync_to_thread=True)
def referrals_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What waits for the exporter, the most urgent first; others see what they have referred."""
    with database.reading() as db:
        waiting = _waiting(db, staff)
        places = {request.market for _referral, request in waiting}
        titles = {each: titles_of(db, each, staff.tongue.language) for each in places}
        rows = [_row(db, staff, each, titles[each[1].market], now=now) for each in waiting]
    return _page(pages, staff, "referrals", done=done, title=staff.tongue.say(N_("Referrals")), rows=rows)


@get(f"{URL}/{{number:str}}", opt={"act": "queue.see"}, sync_to_thread=True)
def referral_page(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One referral: what the customer wrote, what the agent would answer, and what the exporter makes of it."""
    return _referral_page(number, staff, database, pages, form=Form(), now=now, done=done)


@post(f"{URL}/{{number:str}}/answer", opt={"act": "referral.answer"}, sync_to_thread=True)
def answer_form(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Send the draft as it stands, send other words, or answer in one's own language for the agent to say.

    Not before the exporter has seen what was written since the page was drawn.
    """
    how = WAYS.get(form.text("how"))
    field = FIELDS.get(form.text("how"), "")
    text, seen = check_text(form, field, staff.tongue) if field else "", whole(form.text("seen"), digits=15)
    if how is None or form.errors:
        return _referral_page(number, staff, database, pages, form=form, now=now, status=422)
    try:
        with database.writing() as db:
            referral = _referral(db, staff, number)
            request = db.get_one(Request, referral.request, with_for_update=True)
            if referral.answered_at is None and seen is not None:
                no_news(db, request, seen, person=staff.person.id)
            exporter = Answerer(staff.person, agent_of(db, staff.person.id), for_all=True)
            answer_referral(db, referral, exporter, how, text=text, now=now)
    except SomethingNew:
        form.fail(field, staff.tongue.say(NEWS))
        return _referral_page(number, staff, database, pages, form=form, seen=seen, now=now, status=409)
    return see_other(f"{URL}?done={'noted' if how == 'to_agent' else 'answered'}")


def _waiting(db: Session, staff: Staff) -> Sequence[tuple[Referral, Request]]:
    query = (
        select(Referral, Request)
        .join(Request, col(Request.ref) == col(Referral.request))
        .where(col(Referral.answered_at).is_(None), col(Request.state) != "closed")
    )
    if staff.person.role != EXPORTER:
        query = query.where(Referral.person == staff.person.id)
    if staff.markets:
        query = query.where(col(Request.market).in_(staff.markets))
    return db.exec(query.order_by(col(Referral.due_at), col(Referral.id)).limit(SHOWN)).all()


def _referral(db: Session, staff: Staff, number: str) -> Referral:
    """The referral, for whoever may see its request; raises NotFound."""
    referral = found(db.get(Referral, found(whole(number, digits=9))))
    request_of(db, scope_of(db, staff), referral.request)
    return referral


def _row(
    db: Session, staff: Staff, waiting: tuple[Referral, Request], titles: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    referral, request = waiting
    market = db.get_one(Market, request.market)
    return {
        "url": f"{URL}/{referral.id}",
        "ref": request.ref,
        "subject": request.subject,
        "question": titles.get(referral.question, ""),
        "drafter": db.get_one(Person, referral.person).name,
        "market": staff.tongue.territory(market.country),
        "language_name": staff.tongue.language_name(request.language),
        "late": referral.due_at < now,
        "due": moment(staff.tongue, referral.due_at, staff.person.zone, now=now),
        "their_due": moment(staff.tongue, referral.due_at, market.zone, now=now),
    }


def _referral_page(
    number: str,
    staff: Staff,
    database: Database,
    pages: Pages,
    *,
    form: Form,
    seen: int | None = None,
    now: datetime,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    with database.reading() as db:
        referral = _referral(db, staff, number)
        request = db.get_one(Request, referral.request)
        thread = thread_of(db, request)
        titles = titles_of(db, request.market, staff.tongue.language)
        row = _row(db, staff, (referral, request), titles, now=now)
    form.values = refilled(form)
    form.values.setdefault("text", referral.draft)
    return _page(
        pages,
        staff,
        "referral",
        done=done,
        status=status,
        title=request.subject,
        referral=referral,
        request=request,
        thread=thread,
        last=thread[-1].id if thread else 0,
        news=news_in(thread, seen, person=staff.person.id),
        row=row,
        form=form,
        limits=LIMITS,
        zone=staff.person.zone,
        may_answer=staff.may("referral.answer") and referral.answered_at is None,
    )


def _page(pages: Pages, staff: Staff, name: str, *, done: str, status: int = 200, **values: Any) -> Response[str]:
    return staff_page(pages, staff, f"desk/{name}", current=URL, done=done, status=status, **values)


HANDLERS = [referrals_page, referral_page, answer_form]
