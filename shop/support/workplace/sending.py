"""Sending an answer and ending a request, as every door for those who answer does it: what must be referred is referred."""

from datetime import datetime

from sqlmodel import Session, select

from shop.staff.may import PARTNER
from shop.support.known.referral_answers import answer_referral
from shop.support.known.referring import WaitsForExporter, must_refer, open_referral, refer, was_referred
from shop.support.known.training import need
from shop.support.requests import replies
from shop.support.requests.models import Request
from shop.support.requests.replies import StillUnfilled, no_news
from shop.support.workplace.drafts import drop_draft
from shop.support.workplace.macros import unfilled
from shop.support.workplace.queue import Scope, request_of


def held(db: Session, scope: Scope, ref: str) -> Request:
    """The request, read once nobody else changes it; raises NotFound for one that this person may not see."""
    db.exec(select(Request.ref).where(Request.ref == ref).with_for_update())
    return request_of(db, scope, ref)


def send(
    db: Session, request: Request, scope: Scope, text: str, *, key: str, seen: int | None = None, now: datetime
) -> str:
    """Send the answer ("answered"), or hand it to the exporter where this person may not send it ("referred").

    Raises StillUnfilled, NotTrained, WaitsForExporter, AnotherHasIt, or SomethingNew after the message `seen`.
    """
    if names := unfilled(text):
        raise StillUnfilled(names=names)
    person = scope.staff.person
    need(db, person, request.market)
    referral = open_referral(db, request.ref)
    question = must_refer(db, person, request)
    if was_referred(db, request, person, text, key=key):
        return "referred"
    if referral is not None and not scope.everything and request.state == "referred":
        raise WaitsForExporter(url=f"/desk/requests/{request.ref}")
    if (referral or question) and seen is not None:
        no_news(db, request, seen, person=person.id)
    if referral is not None and scope.everything:
        answer_referral(db, referral, scope.answerer, "changed", text=text, now=now)
    elif question is not None:
        refer(db, request, scope.answerer, question, draft=text, key=key, now=now)
    else:
        replies.answer(db, request, scope.answerer, text, key=key, seen=seen, now=now)
    drop_draft(db, request, person)
    return "answered" if question is None else "referred"


def end(db: Session, request: Request, scope: Scope, *, now: datetime) -> None:
    """Close the request, but for what the exporter answers first: who may not answer does not end it either."""
    person = scope.staff.person
    need(db, person, request.market)
    waits = request.state == "referred" and not scope.everything
    if waits or (person.role == PARTNER and request.state != "closed" and must_refer(db, person, request)):
        raise WaitsForExporter(url=f"/desk/requests/{request.ref}")
    replies.close(db, request, scope.answerer, now=now)
