"""Referring: what a partner or an agent may not answer alone goes to the exporter first, and comes back by a deadline.

While the exporter has it the clocks stand, and the customer knows when an answer comes. The exporter sends the draft as
it stands, sends other words, or answers in their own language, which the agent then says in the customer's.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.base.tokens import token_hash
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.staff.may import EXPORTER, role_at
from shop.staff.models import Person
from shop.support import severity
from shop.support.answering.assignment import DESK, TAKEN, AnotherHasIt, note_assignment, still_owned
from shop.support.answering.promises import judge
from shop.support.answering.sla import pause
from shop.support.crisis.models import Incident
from shop.support.known.knowledge import asked_text, known_questions, roles_of
from shop.support.known.models import Question
from shop.support.known.questions import classify
from shop.support.requests.models import Referral, Request, RequestPromise
from shop.support.requests.replies import Answerer

MAIL = "referral mail"
CRISIS = "crisis"  # the class of a crisis request that asks no known question


class WaitsForExporter(Refusal):
    """The exporter answers this first; `url` leads to the request."""


def must_refer(db: Session, person: Person, request: Request) -> Question | None:
    """The question for whose sake this person's reply goes to the exporter first; None where they may send it.

    A crisis always does. What the exporter has answered is settled until the customer writes again.
    """
    role = role_at(person, request.market)
    asked = "" if role == EXPORTER else asked_text(db, request, since=_settled_at(db, request.ref))
    if not asked:
        return None
    key = classify(request.category, asked, known_questions(db, request.language))
    referred = bool(key) and role not in roles_of(db, request.market)[key]
    if referred:
        return db.get_one(Question, key)
    return _crisis(db, request) if request.severity == severity.CRISIS or request.incident is not None else None


def refer(
    db: Session,
    request: Request,
    answerer: Answerer,
    question: Question,
    *,
    draft: str,
    key: str,
    why: str = "",
    now: datetime,
) -> Referral:
    """Hand the draft to the exporter and tell the customer when an answer comes. The same form twice is one referral.

    The promise that stood is judged, for somebody has looked; what stands now is the exporter's answer. Raises
    AnotherHasIt.
    """
    due = now + timedelta(minutes=db.get_one(Market, request.market).referral_minutes)
    form = _form(request, answerer.person, key, draft)
    row: dict[str, Any] = {"request": request.ref, "question": question.key, "person": answerer.person.id, "why": why}
    row |= {"draft": draft, "key": form, "asked_at": now, "due_at": due}
    row |= {"answered_by": "", "answer": "", "sent": False}
    keep = insert(Referral).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(col(Referral.id))
    number = db.connection().execute(keep).scalar()
    if number is not None:
        _to_exporter(db, request, answerer, due=due, now=now)
        for mail in ("asked", "told"):
            told = {"mail": mail, "referral": number}
            enqueue(db, MAIL, f"referral:{number}:{mail}", told, now=now)
        raise_revision(db, DESK)
    return db.exec(select(Referral).where(Referral.key == form)).one()


def was_referred(db: Session, request: Request, person: Person, draft: str, *, key: str) -> bool:
    """Whether this very form was referred before."""
    return db.exec(select(Referral.id).where(Referral.key == _form(request, person, key, draft))).first() is not None


def _form(request: Request, person: Person, key: str, draft: str) -> str:
    return token_hash("\n".join((request.ref, person.id, key, draft)))


def _to_exporter(db: Session, request: Request, answerer: Answerer, *, due: datetime, now: datetime) -> None:
    owner, agent = request.agent, answerer.agent
    if not answerer.for_all and owner not in (None, agent.id if agent else None):
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")
    judge(db, request.ref, now=now)
    span = {"on_duty_at": now, "promised_at": due}
    values: dict[str, Any] = {
        "state": "referred",
        "updated_at": now,
        "due_at": due,
        "look_at": due,
        "overdue_told_at": None,
        **span,
        **pause(request, "exporter", now),
    }
    if owner is None and agent is not None:
        values |= {"agent": agent.id, "reasons": TAKEN}
    done = (
        update(Request)
        .where(still_owned(request, owner), col(Request.state) != "closed")
        .values(values)
        .returning(col(Request.ref))
    )
    if db.connection().execute(done).scalar() is None:
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")
    if owner is None and agent is not None:
        note_assignment(db, request.ref, agent.id, by=agent.person, reasons=TAKEN, now=now)
    given = {"request": request.ref, "market": request.market, "given_at": now, **span}
    db.connection().execute(insert(RequestPromise).values(given))
    db.refresh(request)


def open_referral(db: Session, ref: str) -> Referral | None:
    """The referral of the request that waits for the exporter, if one does."""
    waits = select(Referral).where(Referral.request == ref, col(Referral.answered_at).is_(None))
    return db.exec(waits.order_by(col(Referral.id).desc())).first()


def last_referral(db: Session, ref: str) -> Referral | None:
    """The newest referral of the request, answered or not."""
    return db.exec(select(Referral).where(Referral.request == ref).order_by(col(Referral.id).desc())).first()


def _settled_at(db: Session, ref: str) -> datetime | None:
    answered = select(Referral.answered_at).where(Referral.request == ref, col(Referral.answered_at).is_not(None))
    return db.exec(answered.order_by(col(Referral.answered_at).desc())).first()


def _crisis(db: Session, request: Request) -> Question:
    """The question that leads to the card of the request's incident, or the nameless class of every crisis."""
    incident = db.get(Incident, request.incident) if request.incident is not None else None
    known = select(Question).where(Question.card == incident.card) if incident is not None else None
    found = db.exec(known.order_by(col(Question.number))).first() if known is not None else None
    return found or Question(key=CRISIS, number=0)
