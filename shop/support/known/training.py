"""What a partner must know before they answer a market's customers: the must-know answers, read and signed one by one.

Who has signed is known by the answer's hash: an answer that changes is to be signed anew.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as columns
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.i18n import FALLBACK
from shop.ground.errors import NotFound, Refusal
from shop.policies.signing import TextChanged
from shop.staff.may import PARTNER, role_at, works_for
from shop.staff.models import Person
from shop.support.answering.languages import variant_rank
from shop.support.known.models import Answer, MustKnow, Question, Training
from shop.support.shifts.models import Agent


@dataclass(frozen=True, slots=True)
class Text:
    """An answer as it is read and signed."""

    number: int
    language: str
    title: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 over what is read and signed."""
        return hashlib.sha256(f"{self.language}\n{self.title}\n{self.text}".encode()).hexdigest()


class NotTrained(Refusal):
    """A partner has not signed all that they must know to answer this market's customers; `url` leads to it."""


def trained(db: Session, market: str) -> set[str]:
    """The ids of the market's agents who are partners and may answer."""
    return _trained(db, market, _of(_partners(db), market))


def untrained(db: Session, market: str) -> set[str]:
    """The ids of the market's agents who are partners and may not answer yet."""
    return untrained_by(db, [market])[market]


def untrained_by(db: Session, markets: Iterable[str]) -> dict[str, set[str]]:
    """The same of each of these markets; asked further only of those that have partners."""
    partners, found = _partners(db), {}
    for market in markets:
        theirs = _of(partners, market)
        found[market] = {agent for agent, _person in theirs} - _trained(db, market, theirs)
    return found


def is_trained(db: Session, person: Person, market: str) -> bool:
    """Whether this person may answer the market's customers as far as training goes; only partners need any."""
    return role_at(person, market) != PARTNER or not to_sign(db, person, market)


def need(db: Session, person: Person, market: str) -> None:
    """Raises NotTrained where the person has something left to sign for the market."""
    if not is_trained(db, person, market):
        raise NotTrained(url="/desk/training")


def to_sign(db: Session, person: Person, market: str) -> list[str]:
    """The questions that the person has left to sign for the market, in their order."""
    signed = _signed(db, market, person.id)[person.id]
    return [key for key, text in hashes(db, market, person.language).items() if (key, text) not in signed]


def must_know(db: Session, market: str, language: str) -> dict[str, Text]:
    """The market's must-know answers in their order: in the reader's language, else in English, else in any."""
    wanted: tuple[Any, ...] = (
        Question.number,
        Answer.question,
        Answer.market,
        Answer.language,
        Answer.title,
        Answer.text,
    )
    query = (
        columns(*wanted)
        .join(Question, col(Question.key) == col(Answer.question))
        .join(MustKnow, col(MustKnow.question) == col(Answer.question))
        .where(col(MustKnow.market) == market, col(Answer.market).in_(("", market)))
    )
    best: dict[str, tuple[tuple[int, bool, str], Text]] = {}
    for number, question, place, spoken, title, text in db.connection().execute(query.order_by(col(Question.number))):
        rank = variant_rank(spoken, language)
        nearness = (rank if rank is not None else 2 if spoken == FALLBACK else 3, not place, spoken)
        if question not in best or nearness < best[question][0]:
            best[question] = nearness, Text(number, spoken, title, text)
    return {question: text for question, (_nearness, text) in best.items()}


def hashes(db: Session, market: str, language: str) -> dict[str, str]:
    """What has to be signed for the market by a reader of the language: the hash of each must-know answer."""
    return {key: each.hash for key, each in must_know(db, market, language).items()}


def sign_off(
    db: Session, person: Person, market: str, question: str, *, seen: str, signature: str, now: datetime
) -> None:
    """Sign the answer that has the hash `seen`, once. Raises NotFound where nothing is to know, TextChanged."""
    texts = hashes(db, market, person.language)
    if question not in texts or not works_for(person, market):
        raise NotFound
    if seen != texts[question]:
        raise TextChanged
    row = {"person": person.id, "market": market, "question": question, "hash": seen, "signature": signature, "at": now}
    db.connection().execute(insert(Training).values(row).on_conflict_do_nothing())


def _partners(db: Session) -> Sequence[tuple[Agent, Person]]:
    query = select(Agent, Person).join(Person, col(Person.id) == col(Agent.person)).where(Person.role == PARTNER)
    return db.exec(query).all()


def _of(partners: Iterable[tuple[Agent, Person]], market: str) -> list[tuple[str, Person]]:
    return [
        (agent.id, person)
        for agent, person in partners
        if market in (agent.markets.split() or [market]) and works_for(person, market)
    ]


def _trained(db: Session, market: str, partners: Sequence[tuple[str, Person]]) -> set[str]:
    """Those of the market's partners who have signed all that they must know."""
    if not partners:
        return set()
    told = {each: hashes(db, market, each) for each in {person.language for _agent, person in partners}}
    signed = _signed(db, market)
    return {agent for agent, person in partners if set(told[person.language].items()) <= signed[person.id]}


def _signed(db: Session, market: str, person: str = "") -> defaultdict[str, set[tuple[str, str]]]:
    """What each person has signed for the market: questions with the hash of the text."""
    query = select(Training).where(Training.market == market)
    if person:
        query = query.where(Training.person == person)
    signed: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in db.exec(query).all():
        signed[each.person].add((each.question, each.hash))
    return signed
