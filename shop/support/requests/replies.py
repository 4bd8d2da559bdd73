"""Answering: what agents write to a customer and what the customer writes back, and what each does to the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.announcing import announce
from shop.base.i18n import N_
from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.base.tokens import token_hash
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.assignment import (
    DESK,
    TAKEN,
    AnotherHasIt,
    note_assignment,
    place,
    reasons_json,
    still_owned,
)
from shop.support.answering.board import Board
from shop.support.answering.people import back_at, standings
from shop.support.answering.promises import MAIL, judge, promise
from shop.support.answering.sla import pause, resume
from shop.support.answering.team import answer_language, what_is_asked
from shop.support.crisis.incidents import heed
from shop.support.requests.ending import closed_now, freed
from shop.support.requests.models import Message, Request
from shop.support.shifts.models import Agent
from shop.support.shifts.speakers import display_name, first_name


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: a person, with their place in the roster if they have one.

    `for_all` is the exporter, who may answer a colleague's request and leaves it theirs.
    """

    person: Person
    agent: Agent | None
    for_all: bool = False

    def shown(self, language: str) -> str:
        """How customers who read the language are told of them."""
        return display_name(self.person, self.agent, language) if self.agent else first_name(self.person)


class SomethingNew(Refusal):
    """A message has come that the answer's writer had not seen; `seen` is the last one they had.

    `own` says that it is nothing but answers of their own, sent from another page.
    """


NEWS = N_("Something new was written meanwhile; it is set apart above. Nothing has been sent, and your text is kept.")
OWN_NEWS = N_(
    "You have sent an answer meanwhile; it is set apart above. This one is kept: send it if it is still right."
)


class CustomerErased(Refusal):
    """Whose request it was is erased: there is nobody to write to, and nothing is kept about them any more."""


class StillUnfilled(Refusal):
    """A placeholder of a macro still stands in the answer; `names` are those that do."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message before it is kept; `key` is the form it came from."""

    kind: str
    text: str
    author: str
    person: str
    language: str
    key: str


def answer(
    db: Session, request: Request, answerer: Answerer, text: str, *, key: str, seen: int | None = None, now: datetime
) -> int | None:
    """Send the customer an answer and judge the promise; the message's id. The same form twice is one answer, and None.

    `seen` is the last message that whoever writes has seen. Raises AnotherHasIt, or SomethingNew when another has come.
    """
    language = answer_language(request, db.get_one(Market, request.market))
    said = Said("ours", text, answerer.shown(request.language), answerer.person.id, language, key)
    message = _say(db, request, said, now=now)
    if message is None:
        return None
    if seen is not None:
        no_news(db, request, seen, person=answerer.person.id, but=message)
    _to_answered(db, request, answerer, now=now)
    judge(db, request.ref, now=now)
    freed(db, request.agent or (answerer.agent.id if answerer.agent else None), now=now)
    mail = {"mail": "answered", "ref": request.ref, "message": message}
    enqueue(db, MAIL, f"request:{request.ref}:answered:{message}", mail, now=now)
    raise_revision(db, DESK)
    return message


def no_news(db: Session, request: Request, seen: int, *, person: str, but: int = 0) -> None:
    """Raises SomethingNew where something but that message has come after the last one that the person has seen."""
    if writers := news_since(db, request, seen, person=person, but=but):
        own = set(writers) == {person}
        raise SomethingNew(url=f"/desk/requests/{request.ref}", seen=seen, own=own)


def news_since(db: Session, request: Request, seen: int, *, person: str, but: int = 0) -> Sequence[str]:
    """Who wrote the messages that are news to the person who has seen those up to `seen`."""
    later = (col(Message.request) == request.ref, col(Message.id) > seen, col(Message.id) != but)
    messages = db.exec(select(Message).where(*later).order_by(col(Message.id))).all()
    return [each.person for each in messages if is_news(each, seen, person=person)]


def is_news(message: Message, seen: int, *, person: str) -> bool:
    """Whether the message is news to the person who has seen those up to the one numbered `seen`.

    Whatever others wrote, and answers of the person's own that another page of theirs has sent; their notes they know.
    """
    return (message.id or 0) > seen and (message.person != person or message.kind == "ours")


def note(db: Session, request: Request, answerer: Answerer, text: str, *, key: str, now: datetime) -> None:
    """Keep an internal note, which the customer never sees. The same form twice is one note."""
    person = answerer.person
    _say(db, request, Said("note", text, person.name, person.id, person.language, key), now=now)


def close(db: Session, request: Request, answerer: Answerer, *, now: datetime) -> None:
    """Close the request and judge the promise; the customer may open it anew. Twice is once. Raises AnotherHasIt."""
    if request.state == "closed":
        return
    _change(db, request, answerer, closed_now(request, now))
    judge(db, request.ref, now=now)
    freed(db, request.agent, now=now)
    # Asked how it was once: a request that was opened anew and closed again sends no second such mail.
    enqueue(db, MAIL, f"request:{request.ref}:closed", {"mail": "closed", "ref": request.ref}, now=now)
    announce(db, "request.closed", market=request.market, subject=request.ref, now=now)
    raise_revision(db, DESK)


def customer_reply(db: Session, request: Request, text: str, *, market: Market, key: str, now: datetime) -> int | None:
    """Keep what the customer wrote. What was answered or closed is open again, with a new promise.

    Gives the message's id, or None when this very form was kept before. What is grave in it is raised at once.
    """
    # Held first: whether it is to be opened again is read only once nobody is just closing or answering it.
    db.exec(select(Request.ref).where(Request.ref == request.ref).with_for_update())
    message = _say(db, request, Said("customer", text, request.name, "", request.language, key), now=now)
    if message is None:
        return None
    raise_revision(db, DESK)
    _reopen(db, request, market, now=now)
    waits = (col(Request.ref) == request.ref) & col(Request.waiting_since).is_(None)
    db.connection().execute(update(Request).where(waits).values(waiting_since=now))
    db.refresh(request)
    heed(db, request, text, now=now)
    return message


def _reopen(db: Session, request: Request, market: Market, *, now: datetime) -> None:
    """What was answered or closed goes back to its owner if they are there, else is routed anew."""
    over = and_(col(Request.ref) == request.ref, col(Request.state).in_(("answered", "closed")))
    if _back_to_owner(db, request, market, over, now=now):
        return
    waits = {"state": "waiting", "agent": None, "closed_at": None, "updated_at": now, **resume(request, now)}
    reopened = update(Request).where(over).values(waits).returning(col(Request.ref))
    if db.connection().execute(reopened).scalar() is not None:
        db.refresh(request)
        promise(db, request.ref, place(db, request, market, now=now), now=now)


def _back_to_owner(db: Session, request: Request, market: Market, over: Any, *, now: datetime) -> bool:
    """Give a reopened request to the one who answered it, full or not, if they are there or back within half an hour."""
    standing = standings(db, [request.agent], now=now).get(request.agent) if request.agent else None
    start = back_at(standing, now=now) if standing else None
    if standing is None or request.agent is None or start is None:
        return False
    asked = what_is_asked(request, market)
    seen = Board(db, now=now).with_owner(asked, request.agent, start, standing.until if standing.there else None)
    if seen is None:
        return False
    values = {
        "state": "assigned",
        "closed_at": None,
        "updated_at": now,
        "look_at": seen.look_at,
        "tier": seen.routed.tier,
    }
    values |= {"reasons": reasons_json(seen.routed.reasons), **resume(request, now)}
    if db.connection().execute(update(Request).where(over).values(values).returning(col(Request.ref))).scalar():
        promise(db, request.ref, seen, now=now)
    return True


def _to_answered(db: Session, request: Request, answerer: Answerer, *, now: datetime) -> None:
    owner, agent = request.agent, answerer.agent
    first = request.first_answered_at or now
    values: dict[str, Any] = {"state": "answered", "updated_at": now, "first_answered_at": first}
    values |= {"waiting_since": None, "closed_at": None, "look_at": None, **pause(request, "customer", now)}
    if agent is not None and owner is None:
        values |= {"agent": agent.id, "reasons": TAKEN}
    _change(db, request, answerer, values)
    if agent is not None and owner is None:
        note_assignment(db, request.ref, agent.id, by=agent.person, reasons=TAKEN, now=now)


def _change(db: Session, request: Request, answerer: Answerer, values: dict[str, Any]) -> None:
    """Change the request if it is nobody's or the answerer's own; the exporter may for all. Raises AnotherHasIt."""
    owner, agent = request.agent, answerer.agent
    done = update(Request).where(still_owned(request, owner)).values(values).returning(col(Request.ref))
    not_mine = not answerer.for_all and owner not in (None, agent.id if agent else None)
    if not_mine or db.connection().execute(done).scalar() is None:
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")


def _say(db: Session, request: Request, said: Said, *, now: datetime) -> int | None:
    """Keep a message; its id, or None when this very form was kept before. Raises CustomerErased."""
    if not request.email:
        raise CustomerErased(url=f"/desk/requests/{request.ref}")
    row = {
        "request": request.ref,
        "kind": said.kind,
        "author": said.author,
        "person": said.person,
        "text": said.text,
        "language": said.language,
        "at": now,
        "key": token_hash("\n".join((request.ref, said.kind, said.key, said.text))),
    }
    keep = insert(Message).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(col(Message.id))
    return db.connection().execute(keep).scalar()
