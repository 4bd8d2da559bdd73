"""The research of a market as its page shows it: topics with their sources, questions with their owners, the signature."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, select

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.instants import local
from shop.launches.arrival import Console
from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.research import TOPICS, research_hash, topics_lacking
from shop.launches.readying.research_keeping import answers_of, questions_of, signatures_of
from shop.launches.sheet import PlacedForm
from shop.launches.words import clock
from shop.markets.models import Market
from shop.staff.may import works_for
from shop.staff.models import Person

Refused = Mapping[str, Form]  # the forms that could not be taken: a topic, `question`, or `settle-7`


def research_sheet(db: Session, console: Console, market: Market, refused: Refused) -> dict[str, Any]:
    """Everything the page of a market's research shows."""
    tongue = console.staff.tongue
    people = {each.id: each for each in db.exec(select(Person)).all()}
    names = {each.id: each.name for each in people.values()}
    answers = {each.topic: each for each in answers_of(db, market.id)}
    hashed, lacking = research_hash(answers.values()), topics_lacking(answers.values())
    question = refused.get("question") or Form({})
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": f"/console/markets/{market.id}/research",
        "market_url": f"/console/markets/{market.id}",
        "topics": [_topic(key, answers.get(key), names, tongue=tongue, refused=refused.get(key)) for key in TOPICS],
        "lacking": [tongue.say(TOPICS[each][0]) for each in lacking],
        "hash": hashed,
        "signature": _signature(signatures_of(db, market.id), hashed, market=market, names=names, console=console),
        "questions": [_question(each, names, console, refused) for each in questions_of(db, market.id)],
        "question_form": PlacedForm("question", question.values, question.errors),
        "topic_names": [(key, tongue.say(title)) for key, (title, _hint) in TOPICS.items()],
        "owners": [(each.id, each.name) for each in people.values() if works_for(each, market.id, "research.sign")],
    }


def _topic(
    key: str, answer: ResearchAnswer | None, names: Mapping[str, str], *, tongue: Tongue, refused: Form | None
) -> dict[str, Any]:
    title, hint = TOPICS[key]
    written = {"text": answer.text, "source": answer.source, "as_of": answer.as_of.isoformat()} if answer else {}
    drawn = Form({**(refused.values if refused else written), "seen": research_hash([answer] if answer else [])})
    drawn.errors.update(refused.errors if refused else {})
    return {
        "key": key,
        "title": tongue.say(title),
        "hint": tongue.say(hint),
        "text": answer.text if answer else "",
        "source": answer.source if answer else "",
        "as_of": tongue.date(answer.as_of) if answer else "",
        "person": names.get(answer.person, answer.person) if answer else "",
        "form": PlacedForm(f"topic-{key}", drawn.values, drawn.errors),
    }


def _signature(
    signed: Sequence[ResearchSignature], hashed: str, *, market: Market, names: Mapping[str, str], console: Console
) -> dict[str, Any] | None:
    """The latest signature, whether it is under what stands there now, and when it was given on both clocks."""
    if not signed:
        return None
    under = next((each for each in signed if each.hash == hashed), None)
    last, tongue = under or signed[0], console.staff.tongue
    return {
        "holds": under is not None,
        "name": names.get(last.person, last.person),
        "day": tongue.date(local(last.at, console.exporter.zone).date()),
        "home": clock(last.at, console.exporter.zone, tongue),
        "there": clock(last.at, market.zone, tongue),
    }


def _question(row: ResearchQuestion, names: Mapping[str, str], console: Console, refused: Refused) -> dict[str, Any]:
    tongue, today = console.staff.tongue, local(console.now, console.exporter.zone).date()
    form = refused.get(f"settle-{row.id}") or Form({})
    return {
        "id": row.id,
        "topic": tongue.say(TOPICS[row.topic][0]) if row.topic in TOPICS else row.topic,
        "question": row.question,
        "owner": names.get(row.owner, row.owner),
        "due": tongue.date(row.due_on),
        "chip": _chip(row, today, tongue),
        "answer": row.answer,
        "answered_by": names.get(row.answered_by, row.answered_by),
        "form": PlacedForm(f"settle-{row.id}", form.values, form.errors),
    }


def _chip(row: ResearchQuestion, today: date, tongue: Tongue) -> tuple[str, str, str]:
    if row.answered_at is not None:
        return "good", "tick", tongue.say(N_("Answered"))
    if row.due_on < today:
        return "stop", "triangle", tongue.say(N_("Overdue"))
    return "calm", "clock", tongue.say(N_("Open question"))
