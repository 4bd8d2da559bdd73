"""What is known: the questions as they are classed, the answers a reader is given, and what nobody here could answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import escape

from sqlmodel import Session, col, select

from shop.base.i18n import FALLBACK, Tongue
from shop.base.pages import safe
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.support.answering.languages import variant_rank
from shop.support.known.filling import filled, values_of
from shop.support.known.models import Answer, KnowledgeGap, MayAnswer, Question
from shop.support.known.questions import Known, classify, ranked
from shop.support.requests.models import Message, Request
from shop.support.severity import NORMAL

MOST_WORDS = 300


@dataclass(frozen=True)
class Reader:
    """Who reads answers: in which market, in which tongue, by the policies of today."""

    market: Market
    tongue: Tongue
    policies: PolicyLibrary
    now: datetime


@dataclass(frozen=True)
class Offered:
    """A question with its answer, filled for the reader's market; `referred` when only the exporter answers it."""

    key: str
    title: str
    text: str
    referred: bool = False

    @cached_property
    def html(self) -> str:
        """The answer as paragraphs."""
        return safe("".join(f"<p>{escape(each.strip())}</p>" for each in self.text.split("\n\n") if each.strip()))


def offer(db: Session, reader: Reader, category: str, text: str, *, at_most: int = 3) -> list[Offered]:
    """Answers that a customer may want to read before they send: by their words, without any by the category.

    Whoever writes of illness, fire or a lawyer is offered nothing: they are to send it.
    """
    known = known_questions(db, reader.tongue.language)
    found = ranked(category, text, known)
    if found and found[0].severity < NORMAL:
        return []
    if not text.strip():
        found = [each for each in known if category in each.categories]
    open_ones = open_answers(db, reader)
    return [open_ones[each.key] for each in found if each.key in open_ones][:at_most]


def for_agent(db: Session, reader: Reader, request: Request, *, at_most: int = 5) -> list[Offered]:
    """Answers for whoever writes to the customer, in the reader's tongue, which is then the customer's."""
    found = ranked(request.category, asked_text(db, request), known_questions(db, request.language))
    every = answers(db, reader)
    return [every[each.key] for each in found if each.key in every][:at_most]


def open_answers(db: Session, reader: Reader) -> dict[str, Offered]:
    """What the market's customers may read for themselves in their language, in the handbook's order."""
    return {key: each for key, each in answers(db, reader).items() if not each.referred}


def answers(db: Session, reader: Reader) -> dict[str, Offered]:
    """Every answer there is in the reader's language, filled for their market, by question in the handbook's order."""
    texts, roles = texts_of(db, reader.market.id, reader.tongue.language), roles_of(db, reader.market.id)
    values = values_of(db, reader.market, reader.tongue, reader.policies, now=reader.now) if texts else {}
    told = {}
    for key, each in texts.items():
        title, text = filled(each.title, values), filled(each.text, values)
        if title is not None and text is not None:
            told[key] = Offered(key, title, text, referred=not roles[key])
    return told


def texts_of(db: Session, market: str, language: str) -> dict[str, Answer]:
    """The answers as they stand for a market in exactly this language, by question; its own come before the general."""
    near_enough = col(Answer.language).startswith(language.partition("-")[0])  # the rest is read for nothing
    query = select(Answer, Question.number).join(Question).where(col(Answer.market).in_(("", market)), near_enough)
    rows = db.exec(query.order_by(col(Question.number), col(Answer.market))).all()
    near = [(variant_rank(each.language, language), each) for each, _number in rows]
    found: dict[str, Answer] = {}
    for rank in (1, 0):
        found |= {each.question: each for nearness, each in near if nearness == rank and each.text}
    order = {each.question: number for each, number in rows}
    return dict(sorted(found.items(), key=lambda pair: order[pair[0]]))


def title_of(db: Session, question: str, market: str, language: str) -> str:
    """The question in the reader's language, or in English; empty for one that is not known or would have to be filled."""
    return titles_of(db, market, language).get(question, "")


def titles_of(db: Session, market: str, language: str) -> dict[str, str]:
    """The market's questions in the reader's language, or in English; empty for one that would have to be filled."""
    known = texts_of(db, market, FALLBACK) | texts_of(db, market, language)
    return {question: filled(each.title, {}) or "" for question, each in known.items()}


def roles_of(db: Session, market: str) -> dict[str, frozenset[str]]:
    """Which roles answer each question of the market themselves; of an empty one nobody but the exporter."""
    roles = {each.key: frozenset(each.may_answer.split()) for each in db.exec(select(Question)).all()}
    own = select(MayAnswer).where(MayAnswer.market == market)
    return roles | {each.question: frozenset(each.roles.split()) for each in db.exec(own).all()}


def known_questions(db: Session, language: str) -> list[Known]:
    """The questions with their words: of all languages where it is grave or only the exporter's, else the reader's."""
    questions = db.exec(select(Question).order_by(col(Question.number))).all()
    rows = db.exec(select(Answer.question, Answer.language, Answer.words)).all()
    return [_known(each, rows, language) for each in questions]


def note_gap(db: Session, request: Request, *, now: datetime) -> None:
    """Note for the learning log what a customer asked, where nothing known here covers it in their language."""
    key = classify(request.category, asked_text(db, request), known_questions(db, request.language))
    if key and key in texts_of(db, request.market, request.language):
        return
    gap = KnowledgeGap(market=request.market, language=request.language, category=request.category, at=now)
    gap.request, gap.words = request.ref, request.subject[:MOST_WORDS]
    db.add(gap)


def severity_of(db: Session, category: str, text: str, language: str) -> int:
    """How grave a request is by what it asks, as Request.severity."""
    found = ranked(category, text, known_questions(db, language))
    return found[0].severity if found else NORMAL


def asked_text(db: Session, request: Request, *, since: datetime | None = None) -> str:
    """Everything that the customer has written, or what they wrote after an instant."""
    query = select(Message.text).where(Message.request == request.ref, Message.kind == "customer")
    if since is None:
        return "\n".join([request.subject, *db.exec(query.order_by(col(Message.id))).all()])
    return "\n".join(db.exec(query.where(col(Message.at) > since).order_by(col(Message.id))).all())


def _known(question: Question, rows: Iterable[tuple[str, str, str]], language: str) -> Known:
    everywhere = not question.may_answer or question.severity < NORMAL
    words = [
        word
        for key, spoken, lines in rows
        if key == question.key and (everywhere or spoken == FALLBACK or variant_rank(spoken, language) is not None)
        for word in lines.split("\n")
        if word
    ]
    return Known(
        question.key,
        question.number,
        tuple(dict.fromkeys(words)),
        tuple(question.categories.split()),
        question.severity,
        not question.may_answer,
    )
