"""What the rows about people say of a market: research and its signature, texts to begin with, the bad day, documents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from shop.ground.instants import first_instant, local
from shop.launches.models import DocumentStanding, PrintedDocument, ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.facts import Unwritten
from shop.launches.readying.research import research_hash, topics_lacking
from shop.markets.calendar import next_holiday
from shop.markets.models import Market
from shop.support.crisis.contacts import EMERGENCY, Readiness
from shop.support.crisis.models import CrisisContact

HANDBOOK = "crisis_handbook"  # the document that every market must have in print
NIGHT = time(2)  # when nobody at home is awake
AWAKE = range(7, 23)  # hours of the clock at which somebody may be rung up


def research_facts(
    answers: Sequence[ResearchAnswer], questions: Sequence[ResearchQuestion], signed: Sequence[ResearchSignature]
) -> dict[str, Any]:
    """What was found out and signed, and what is still asked, as facts by their names."""
    hashed = research_hash(answers)
    asked = [each for each in questions if each.answered_at is None]
    return {
        "topics_lacking": topics_lacking(answers),
        "research_hash": hashed,
        "research_signed": bool(answers) and hashed in {each.hash for each in signed},
        "questions_open": len(asked),
        "question_due": min((each.due_on for each in asked), default=None),
    }


def answering_facts(market: Market, macros: Collection[tuple[str, str]], today: date) -> dict[str, Any]:
    """The languages without a text to begin an answer with, and the market's next holiday. `macros`: (market, language)."""
    begun = {language for where, language in macros if where in ("", market.id)}
    return {
        "macros_lacking": tuple(each for each in market.languages.split() if each not in begun),
        "holidays": market.holidays,
        "holiday_next": next_holiday(today, market.holidays) if market.holidays else None,
    }


def crisis_facts(
    market: Market, standing: Readiness, recall_texts: Mapping[str, Collection[str]], *, home: str, now: datetime
) -> dict[str, Any]:
    """Who is told on the bad day, and whether a recall has its words. `recall_texts`: card -> languages it has words in."""
    worded = recall_texts.values()
    return {
        "crisis_contacts": standing.contacts,
        "crisis_roles_lacking": standing.lacking,
        "crisis_roles_asleep": _asleep(standing, home, now),
        "contacts_checked": _checked(standing.held),
        "nobody_on_call": not standing.on_call,
        "vacant_turns": standing.vacant,
        "recall_cards": len(recall_texts),
        "recall_texts_lacking": tuple(
            each for each in market.languages.split() if any(each not in languages for languages in worded)
        ),
    }


def document_facts(standing: Sequence[DocumentStanding], printed: Sequence[PrintedDocument]) -> dict[str, Any]:
    """Which documents nobody has printed, which are not filled in, and which say something else by now."""
    latest = {(each.kind, each.language): each for each in sorted(printed, key=lambda each: (each.version, each.at))}
    rows = sorted(standing, key=lambda each: (each.kind != HANDBOOK, each.kind, each.language))
    unprinted = [each for each in rows if (each.kind, each.language) not in latest]
    known = {each.kind for each in rows}
    return {
        "documents_lacking": (
            *(() if HANDBOOK in known else (HANDBOOK,)),
            *(Unwritten(each.kind, each.language) for each in unprinted),
        ),
        "documents_blank": tuple(Unwritten(each.kind, each.language) for each in rows if each.blanks),
        "documents_old": tuple(
            Unwritten(each.kind, each.language)
            for each in rows
            if (each.kind, each.language) in latest and latest[each.kind, each.language].snapshot != each.hash
        ),
    }


def _checked(held: Sequence[CrisisContact]) -> date | None:
    """When the contact was tried that was tried longest ago; None while one never was."""
    days = [each.checked_on for each in held]
    known = [each for each in days if each is not None]
    return min(known) if known and len(known) == len(days) else None


def _asleep(standing: Readiness, home: str, now: datetime) -> tuple[str, ...]:
    """The parts that have a contact but none who is awake at two at night by the clock at home."""
    night = first_instant(datetime.combine(local(now, home).date(), NIGHT), home)
    awake = {each.role for each in standing.held if each.phone and local(night, each.zone).hour in AWAKE}
    kept = {each.role for each in standing.held}
    return tuple(each for each in standing.needed if each in kept - awake and each != EMERGENCY)
