"""What the exporter does with a referral: send the draft as it stands, send other words, or answer in their own language.

Who is late is told once again.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.ground.errors import Refusal
from shop.staff.models import Person
from shop.support.answering.assignment import DESK
from shop.support.answering.sla import resume
from shop.support.known.referring import MAIL
from shop.support.requests.models import Referral, Request
from shop.support.requests.replies import Answerer, answer, note
from shop.support.shifts.speakers import agent_of

How = Literal["as_drafted", "changed", "to_agent"]


class ReferralAnswered(Refusal):
    """Somebody has answered this referral meanwhile; `url` leads to the request."""


def answer_referral(
    db: Session, referral: Referral, exporter: Answerer, how: How, *, text: str = "", now: datetime
) -> None:
    """Answer the referral, once; the very same answer again is no other. Raises ReferralAnswered.

    As drafted it goes to the customer in the name of who drafted it, changed in the exporter's. To the agent it is a
    note, and the request is theirs again.
    """
    said = referral.draft if how == "as_drafted" else text
    if not _settle(db, referral, exporter.person, said, sent=how != "to_agent", now=now):
        return
    request = db.get_one(Request, referral.request)
    going = update(Request).where(col(Request.ref) == request.ref).values(**resume(request, now))
    db.connection().execute(going)
    db.refresh(request)
    key = f"referral:{referral.id}"
    if how == "to_agent":
        note(db, request, exporter, said, key=key, now=now)
        _back_to_agent(db, request, now=now)
        told = {"mail": "answered", "referral": referral.id}
        enqueue(db, MAIL, f"referral:{referral.id}:answered", told, now=now)
    else:
        author = _drafter(db, referral) if how == "as_drafted" else exporter
        answer(db, request, author, said, key=key, now=now)
    raise_revision(db, DESK)


def tell_late(database: Database, *, now: datetime) -> int:
    """Tell the exporter once of each referral whose answer is late; says of how many."""
    late = (col(Referral.due_at) <= now, col(Referral.answered_at).is_(None), col(Referral.told_late_at).is_(None))
    waits = col(Referral.request).in_(select(Request.ref).where(Request.state == "referred"))
    with database.writing() as db:
        told = update(Referral).where(*late, waits).values(told_late_at=now).returning(col(Referral.id))
        numbers = list(db.connection().execute(told).scalars())
        for number in numbers:
            enqueue(db, MAIL, f"referral:{number}:late", {"mail": "late", "referral": number}, now=now)
    return len(numbers)


def _settle(db: Session, referral: Referral, person: Person, said: str, *, sent: bool, now: datetime) -> bool:
    values = {"answered_at": now, "answered_by": person.id, "answer": said, "sent": sent}
    still_open = (col(Referral.id) == referral.id, col(Referral.answered_at).is_(None))
    done = update(Referral).where(*still_open).values(values).returning(col(Referral.id))
    if db.connection().execute(done).scalar() is not None:
        return True
    db.refresh(referral)
    if (referral.answered_by, referral.answer, referral.sent) != (person.id, said, sent):
        raise ReferralAnswered(url=f"/desk/requests/{referral.request}")
    return False


def _back_to_agent(db: Session, request: Request, *, now: datetime) -> None:
    """The owner goes on, or it waits for somebody; what is to be done about it is looked at at once."""
    state = "assigned" if request.agent else "waiting"
    back = (col(Request.ref) == request.ref, col(Request.state) == "referred")
    db.connection().execute(update(Request).where(*back).values(state=state, look_at=now, updated_at=now))


def _drafter(db: Session, referral: Referral) -> Answerer:
    person = db.get_one(Person, referral.person)
    return Answerer(person, agent_of(db, person.id), for_all=True)
