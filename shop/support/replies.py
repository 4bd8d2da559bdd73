"""Answering: what agents write to a customer and what the customer writes back, and what each does to the request."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from shop.base.outbox import enqueue
from shop.base.pagecache import raise_revision
from shop.base.tokens import token_hash
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.assignment import DESK, TAKEN, AnotherHasIt, note_assignment, place
from shop.support.hours import display_name, first_name
from shop.support.models import Message, Request
from shop.support.promises import MAIL, judge, promise
from shop.support.roster_models import Agent
from shop.support.team import answer_language, outlook_among, team, what_is_asked


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


@dataclass(frozen=True, slots=True)
class Said:
    """A message before it is kept; `key` is the form it came from."""

    kind: str
    text: str
    author: str
    person: str
    language: str
    key: str


def answer(db: Session, request: Request, answerer: Answerer, text: str, *, key: str, now: datetime) -> None:
    """Send the customer an answer and judge the promise. The same form twice is one answer. Raises AnotherHasIt."""
    language = answer_language(request, db.get_one(Market, request.market))
    said = Said("ours", text, answerer.shown(request.language), answerer.person.id, language, key)
    message = _say(db, request, said, now=now)
    if message is None:
        return
    _to_answered(db, request, answerer, now=now)
    judge(db, request.ref, now=now)
    _freed(db, request.agent or (answerer.agent.id if answerer.agent else None), now=now)
    mail = {"mail": "answered", "ref": request.ref, "message": message}
    enqueue(db, MAIL, f"request:{request.ref}:answered:{message}", mail, now=now)
    raise_revision(db, DESK)


def note(db: Session, request: Request, answerer: Answerer, text: str, *, key: str, now: datetime) -> None:
    """Keep an internal note, which the customer never sees. The same form twice is one note."""
    person = answerer.person
    _say(db, request, Said("note", text, person.name, person.id, person.language, key), now=now)


def close(db: Session, request: Request, answerer: Answerer, *, now: datetime) -> None:
    """Close the request and judge the promise; the customer may open it anew. Twice is once. Raises AnotherHasIt."""
    if request.state == "closed":
        return
    _change(db, request, answerer, {"state": "closed", "updated_at": now})
    judge(db, request.ref, now=now)
    _freed(db, request.agent, now=now)
    raise_revision(db, DESK)


def customer_reply(db: Session, request: Request, text: str, *, market: Market, key: str, now: datetime) -> None:
    """Keep what the customer wrote. What was answered or closed is open again, with a new promise."""
    if _say(db, request, Said("customer", text, request.name, "", request.language, key), now=now) is None:
        return
    raise_revision(db, DESK)
    over = and_(col(Request.ref) == request.ref, col(Request.state).in_(("answered", "closed")))
    if _back_to_owner(db, request, market, over, now=now):
        return
    waits = {"state": "waiting", "agent": None, "updated_at": now}
    reopened = update(Request).where(over).values(waits).returning(col(Request.ref))
    if db.connection().execute(reopened).scalar() is not None:
        db.refresh(request)
        promise(db, request.ref, place(db, request, market, now=now), now=now)


def _back_to_owner(db: Session, request: Request, market: Market, over: Any, *, now: datetime) -> bool:
    """Give a reopened request to the one who answered it, full or not, if they are there."""
    people = team(db, market.id, now=now)
    owner = [replace(each, load=0) for each in people if each.id == request.agent]
    seen = outlook_among(what_is_asked(request, market), owner, people, now=now)
    if seen.routed.state != "assigned":
        return False
    again = update(Request).where(over).values(state="assigned", updated_at=now).returning(col(Request.ref))
    if db.connection().execute(again).scalar() is not None:
        promise(db, request.ref, seen, now=now)
    return True


def _to_answered(db: Session, request: Request, answerer: Answerer, *, now: datetime) -> None:
    owner, agent = request.agent, answerer.agent
    first = request.first_answered_at or now
    values: dict[str, Any] = {"state": "answered", "updated_at": now, "first_answered_at": first}
    if agent is not None and owner is None:
        values |= {"agent": agent.id, "reasons": TAKEN}
    _change(db, request, answerer, values)
    if agent is not None and owner is None:
        note_assignment(db, request.ref, agent.id, by=agent.person, reasons=TAKEN, now=now)


def _change(db: Session, request: Request, answerer: Answerer, values: dict[str, Any]) -> None:
    """Change the request if it is nobody's or the answerer's own; the exporter may for all. Raises AnotherHasIt."""
    owner, agent = request.agent, answerer.agent
    # The owner is compared in the statement itself: somebody may take the request while this answer is being written.
    theirs = and_(col(Request.ref) == request.ref, col(Request.agent).is_not_distinct_from(owner))
    done = update(Request).where(theirs).values(values).returning(col(Request.ref))
    not_mine = not answerer.for_all and owner not in (None, agent.id if agent else None)
    if not_mine or db.connection().execute(done).scalar() is None:
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")


def _say(db: Session, request: Request, said: Said, *, now: datetime) -> int | None:
    """Keep a message; its id, or None when this very form was kept before."""
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


def _freed(db: Session, agent: str | None, *, now: datetime) -> None:
    if agent is not None:
        db.connection().execute(update(Agent).where(col(Agent.id) == agent).values(idle_since=now))
