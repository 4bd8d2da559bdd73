"""Customers of the demo ask, and the agent whom the router chooses answers: mostly in time, now and then too late."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from shop.base.tokens import fresh_token
from shop.demo.history.people import FOLDER, Customer
from shop.demo.history.stage import Stage
from shop.markets.models import AnswerHours, Market
from shop.staff.models import Person
from shop.support.answering.passing import NotThere, pass_on
from shop.support.answering.waiting import route_due
from shop.support.known.training import hashes, sign_off, untrained
from shop.support.requests.ending import customer_close
from shop.support.requests.intake import Question, open_request
from shop.support.requests.models import Request
from shop.support.requests.rating import rate
from shop.support.shifts.models import Agent, AgentLanguage
from shop.support.shifts.roster import look_anew
from shop.support.workplace.queue import Scope, scope_of
from shop.support.workplace.sending import send

ACT = "request.answer"
SOON = timedelta(minutes=23)  # after somebody is there
TOO_LATE = timedelta(minutes=50)  # after the promised time
EARLIEST = timedelta(minutes=12)  # after a shift's start
STAYS = timedelta(hours=2)  # that must be left of the shift when somebody is asked
CLOSED_AFTER = timedelta(hours=22)


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer writes, and what is answered."""

    category: str
    subject: str
    text: str
    answer: str


@dataclass
class Questions:
    """The questions of the demo's customers, in their own languages: each language's are asked in turn."""

    stage: Stage
    _asked: dict[str, Iterator[int]] = field(default_factory=dict)
    _later: Iterator[int] = field(default_factory=count)

    def next_words(self, language: str) -> Words:
        """What is asked next in this language."""
        known = words()[language]
        return known[next(self._asked.setdefault(language, count())) % len(known)]

    def ask(self, customer: Customer, said: Words, *, order: str = "") -> str:
        """Ask now; gives the request's ref."""
        with self.stage.database.writing() as db:
            question = Question(
                market=db.get_one(Market, customer.market),
                language=customer.language,
                category=said.category,
                subject=said.subject,
                text=said.text.strip(),
                name=customer.name,
                email=customer.email,
                order_number=order,
                key=fresh_token(),
            )
            return open_request(db, question, now=self.stage.now).ref

    def ask_and_have_answered(
        self, customer: Customer, *, order: str = "", late: bool = False, score: int | None = None
    ) -> None:
        """Ask now. It is answered soon after an agent is there (or, if `late`, after the promised time), closed a day later.

        With a `score` the customer rates the answer.
        """
        said = self.next_words(customer.language)
        ref = self.ask(customer, said, order=order)
        with self.stage.database.reading() as db:
            request = db.get_one(Request, ref)
        there, promised = request.on_duty_at or self.stage.now, request.promised_at or self.stage.now
        if late:
            self.stage.at(promised + timedelta(minutes=1), self._route)
        at = promised + TOO_LATE if late else max(there, self.stage.now) + SOON
        self.stage.at(at, partial(self._answer_and_close, ref, said.answer, score))

    def answer(self, ref: str, text: str, *, person: str = "") -> str:
        """Answer as whoever has the request, or as `person`; gives `answered`, or `referred` to the exporter."""
        self._route()
        with self.stage.database.writing() as db:
            request = db.get_one(Request, ref)
            scope = self._scope(db, person or self._owner(db, request))
            return send(db, request, scope, text.strip(), key=fresh_token(), now=self.stage.now)

    def hand_to(self, ref: str, to: str, *, person: str, note: str) -> None:
        """Pass the request from `person` to somebody else, a colleague or a distributor's; nothing while they are not there."""
        with suppress(NotThere), self.stage.database.writing() as db:
            request, answerer = db.get_one(Request, ref), self._scope(db, person).answerer
            pass_on(db, request, answerer, to, note=note, seen_owner=request.agent or "", now=self.stage.now)

    def learn(self, person: str, market: str) -> None:
        """A distributor's person signs the answers they must know; from then on they may answer the market's customers."""
        with self.stage.database.writing() as db:
            row = db.get_one(Person, person)
            for question, seen in hashes(db, market, row.language).items():
                sign_off(db, row, market, question, seen=seen, signature=row.name, now=self.stage.now)
            look_anew(db, person, now=self.stage.now)

    def when_native(self, market: str, language: str, after: datetime) -> datetime:
        """A later instant at which a native speaker is there and stays for a while; a different minute of the day each time."""
        hours = select(AnswerHours).where(
            AnswerHours.market == market, AnswerHours.language == language, AnswerHours.level == "native"
        )
        with self.stage.database.reading() as db:
            coming = db.exec(hours.where(col(AnswerHours.ends_at) > after).order_by(col(AnswerHours.starts_at))).all()
        later = EARLIEST + timedelta(minutes=next(self._later) * 47 % 290)
        return next(at for each in coming if (at := max(after, each.starts_at + later)) < each.ends_at - STAYS)

    def _answer_and_close(self, ref: str, text: str, score: int | None) -> None:
        if (done := self.answer(ref, text)) != "answered":
            raise ValueError(f"{ref} was {done}: {text}")
        self.stage.at(self.stage.now + CLOSED_AFTER, partial(self._close, ref, score))

    def _close(self, ref: str, score: int | None) -> None:
        """The customer closes the request and, with a score, rates the answer."""
        with self.stage.database.writing() as db:
            request = db.get_one(Request, ref)
            customer_close(db, request, now=self.stage.now)
            db.refresh(request)
            if score is not None:
                rate(db, request, score, "", market=db.get_one(Market, request.market), now=self.stage.now)

    def _route(self) -> None:
        route_due(self.stage.database, now=self.stage.now)

    def _owner(self, db: Session, request: Request) -> str:
        """Who has the request; if nobody has, a native speaker who may answer it."""
        if request.agent is None:
            native = select(AgentLanguage.agent).where(
                AgentLanguage.language == request.language,
                AgentLanguage.level == "native",
                col(AgentLanguage.agent).not_in(untrained(db, request.market)),
            )
            return db.get_one(Agent, db.exec(native.order_by(col(AgentLanguage.agent))).first()).person
        return db.get_one(Agent, request.agent).person

    def _scope(self, db: Session, person: str) -> Scope:
        return scope_of(db, self.stage.staff(db, person, ACT))


@cache
def words() -> dict[str, list[Words]]:
    """The questions and answers of `questions.toml`, by language."""
    written: dict[str, list[dict[str, Any]]] = tomllib.loads((FOLDER / "questions.toml").read_text("utf-8"))
    return {language: [Words(**each) for each in asked] for language, asked in written.items()}
