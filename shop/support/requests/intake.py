"""Taking a customer's question in: one action that keeps it, routes it, promises an answer and confirms by mail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.announcing import announce
from shop.base.outbox import enqueue
from shop.base.tokens import fresh_name, token_hash
from shop.markets.models import AnswerHours, Market
from shop.support.answering.assignment import place
from shop.support.answering.promises import MAIL, promise
from shop.support.crisis.incidents import heed
from shop.support.known.knowledge import note_gap, severity_of
from shop.support.requests.about_order import about, skills_for
from shop.support.requests.attachments import Shelved, keep, keep_new
from shop.support.requests.models import Message, Request
from shop.support.severity import URGENT

SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A customer's question, its values clean.

    `key` is the form it came from; `others` the consent to an answer in another language. `details` are the answers of
    the category's short form by their keys; `files` lie on the shelf already. The other names are the request's own.
    """

    market: Market
    language: str
    category: str
    subject: str
    text: str
    name: str
    email: str
    order_number: str = ""
    order_line: int | None = None
    serial: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Shelved] = ()
    others: bool = False
    language_from: str = "page"
    via: str = "web"
    key: str

    @property
    def title(self) -> str:
        """The subject, or the first line of the text, whichever has anything to be seen."""
        lines = (self.subject, *self.text.split("\n"))
        seen = (each for each in lines if any(sign.isprintable() and not sign.isspace() for sign in each))
        return next(seen, "")[:SUBJECT_LENGTH]

    @property
    def said(self) -> str:
        """Everything the customer said, for whatever must be noticed in it."""
        return "\n".join((self.subject, self.text, *self.details.values()))


def open_request(db: Session, question: Question, *, now: datetime) -> Request:
    """Keep the question, route it, store the promise and enqueue the receipt; what is grave is raised at once.

    The same form sent again is the same request, and is not routed, promised or confirmed again; files are added.
    """
    key = _fingerprint(question)
    ref = _keep(db, question, key, now=now)
    request = db.exec(select(Request).where(Request.key == key)).one()
    if ref is None:
        keep_new(db, request.ref, question.text, question.files, now=now)
        return request
    first = {
        "request": ref,
        "kind": "customer",
        "author": question.name,
        "person": "",
        "text": question.text,
        "language": question.language,
        "at": now,
    }
    message = db.connection().execute(insert(Message).values(first).returning(col(Message.id))).scalar_one()
    keep(db, ref, message, question.files, now=now)
    promise(db, ref, place(db, request, question.market, now=now), now=now)
    db.refresh(request)
    grave = heed(db, request, question.said, now=now)
    note_gap(db, request, now=now)
    if grave is None:  # a crisis is acknowledged in words of its own
        enqueue(db, MAIL, f"request:{ref}:received", {"mail": "received", "ref": ref}, now=now)
    announce(db, "request.opened", market=request.market, subject=ref, data={"category": request.category}, now=now)
    db.refresh(request)
    return request


def fresh_ref() -> str:
    """A new request's public name: `R-7KQ2M9`."""
    return f"R-{fresh_name(6)}"


def _keep(db: Session, question: Question, key: str, *, now: datetime) -> str | None:
    """Insert the request under a ref that nobody has; None when this very form was kept before."""
    row = {
        "market": question.market.id,
        "language": question.language,
        "category": question.category,
        "subject": question.title,
        "name": question.name,
        "email": question.email,
        "order_number": question.order_number,
        "order_line": question.order_line,
        "serial": question.serial,
        "details": json.dumps(dict(question.details), ensure_ascii=False),
        "skills": _skills(db, question),
        "severity": _severity(db, question),
        "language_from": question.language_from,
        "via": question.via,
        "other_languages": question.others,
        "key": key,
        "state": "waiting",
        "reasons": "[]",
        "exporter_told": False,
        "due_at": now,
        "look_at": now,
        "waiting_since": now,
        "native_there": _native_there(db, question, now=now),
        "created_at": now,
        "updated_at": now,
    }
    kept = None
    while kept is None:
        fresh = insert(Request).values({**row, "ref": fresh_ref()})
        kept = db.connection().execute(fresh.on_conflict_do_nothing().returning(col(Request.ref))).scalar()
        if kept is None and db.exec(select(Request.ref).where(Request.key == key)).first() is not None:
            return None
    return str(kept)


def _native_there(db: Session, question: Question, *, now: datetime) -> bool:
    """Whether a native speaker of the customer's language is on shift for the market just now."""
    there = select(AnswerHours.language).where(
        AnswerHours.market == question.market.id,
        AnswerHours.language == question.language,
        AnswerHours.level == "native",
        col(AnswerHours.starts_at) <= now,
        col(AnswerHours.ends_at) > now,
    )
    return db.exec(there.limit(1)).first() is not None


def _severity(db: Session, question: Question) -> int:
    """Urgent by its kind or its words, or normal; only a card of the handbook makes it a crisis."""
    urgent = question.category == "safety"
    return URGENT if urgent else max(URGENT, severity_of(db, question.category, question.said, question.language))


def _skills(db: Session, question: Question) -> str:
    known = about(db, question.order_number)
    return skills_for(db, known.line(question.order_line) if known else None, question.category)


def _fingerprint(question: Question) -> str:
    """The form and what it said: sent twice it is one request, sent back with other words it is another.

    The words are part of it also so that nobody is shown a stranger's request for having come by the form's key.
    """
    said = (question.key, question.market.id, question.email, question.category, question.subject, question.text)
    return token_hash("\n".join(said))
