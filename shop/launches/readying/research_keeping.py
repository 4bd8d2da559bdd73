"""Writing the research of a market: answers, questions, the specialist's signature.

An answer that changes takes the signature's ground away, nothing else does. Signing is for those who advise on the
country, only when every topic is answered, and only under what they have read.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.ground.errors import Refusal, found
from shop.launches.changing.table import same_state
from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.research import TOPICS, research_hash, topics_lacking
from shop.markets.history import note
from shop.markets.models import LaunchEvent, Market
from shop.markets.turns import take_turn
from shop.policies.signing import TextChanged
from shop.staff.may import SPECIALIST, roles_at
from shop.staff.models import Person


class ResearchIncomplete(Refusal):
    """Topics nobody has written about yet stand in the way of a signature; `topics` holds their titles."""


class NotYourResearch(Refusal):
    """Only a specialist of the country, or whoever is named as the market's, may sign what was found out about it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was found out about a topic, from where, and as of which day."""

    text: str
    source: str
    as_of: date


def answers_of(db: Session, market: str) -> list[ResearchAnswer]:
    """What is written of a market."""
    return list(db.exec(select(ResearchAnswer).where(ResearchAnswer.market == market)).all())


def questions_of(db: Session, market: str) -> list[ResearchQuestion]:
    """The market's questions: the open ones first, by the day on which they are due."""
    asked = select(ResearchQuestion).where(ResearchQuestion.market == market)
    rows = db.exec(asked.order_by(col(ResearchQuestion.due_on), col(ResearchQuestion.id))).all()
    return sorted(rows, key=lambda each: each.answered_at is not None)


def signatures_of(db: Session, market: str) -> list[ResearchSignature]:
    """Who signed the market's research, the latest first."""
    signed = select(ResearchSignature).where(ResearchSignature.market == market)
    return list(db.exec(signed.order_by(col(ResearchSignature.id).desc())).all())


def write_answer(db: Session, market: str, topic: str, told: Told, *, seen: str, person: str) -> None:
    """Write what was found out about a topic. Raises NotFound, or TextChanged if it is not what `seen` is the hash of."""
    found(TOPICS.get(topic))
    take_turn(db, market)
    row = db.get(ResearchAnswer, (market, topic))
    if research_hash([row] if row else []) != seen:
        raise TextChanged
    if row is None:
        row = ResearchAnswer(market=market, topic=topic, text="", as_of=told.as_of, person=person)
    if (row.text, row.source, row.as_of) != (told.text, told.source, told.as_of):
        row.text, row.source, row.as_of, row.person = told.text, told.source, told.as_of, person
        db.add(row)


def ask(
    db: Session, market: str, topic: str, question: str, *, owner: str, due_on: date, person: str, now: datetime
) -> bool:
    """Note a question that somebody sees to until a day; False where it is asked already, for its words are its name.

    Raises NotFound.
    """
    found(TOPICS.get(topic))
    take_turn(db, market)
    same = (ResearchQuestion.market == market, ResearchQuestion.topic == topic, ResearchQuestion.question == question)
    if db.exec(select(ResearchQuestion.id).where(*same)).first() is not None:
        return False
    db.add(
        ResearchQuestion(
            market=market,
            topic=topic,
            question=question,
            owner=owner,
            due_on=due_on,
            asked_by=person,
            asked_at=now,
        )
    )
    return True


def settle(db: Session, market: str, number: int, answer: str, *, person: str, now: datetime) -> None:
    """Note the answer to a question, once. Raises NotFound for one that is not open there."""
    mine = update(ResearchQuestion).where(
        col(ResearchQuestion.id) == number,
        col(ResearchQuestion.market) == market,
        col(ResearchQuestion.answered_at).is_(None),
    )
    settled = db.connection().execute(mine.values(answer=answer, answered_by=person, answered_at=now))
    found(settled.rowcount or None)


def may_sign(person: Person, market: Market) -> bool:
    """Whether it is theirs to sign: they advise on the country, or are named as the one who does."""
    return SPECIALIST in roles_at(person, market.id) or person.id == market.specialist


def sign_research(db: Session, market_id: str, *, seen: str, person: Person, now: datetime) -> LaunchEvent:
    """Sign what is written as it stands.

    Raises NotFound, NotYourResearch, ResearchIncomplete, or TextChanged if it is not what they read.
    """
    market = found(db.get(Market, market_id))
    if not may_sign(person, market):
        raise NotYourResearch
    take_turn(db, market_id)
    answers = answers_of(db, market_id)
    if missing := topics_lacking(answers):
        raise ResearchIncomplete(topics=[TOPICS[each][0] for each in missing])
    hashed = research_hash(answers)
    if hashed != seen:
        raise TextChanged
    before = next((each.hash for each in signatures_of(db, market_id)), "")
    db.add(ResearchSignature(market=market_id, hash=hashed, person=person.id, at=now))
    event = same_state(market, "research", person=person.id, reason="", now=now)
    event.details = json.dumps({"research": [before, hashed]})
    return note(db, event)
