"""The facts of the crisis handbook: every card in the reader's words, the words for customers, and the clocks of the law."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from shop.documents.shared_facts import Source, shared, web
from shop.support.crisis.contacts import tells
from shop.support.crisis.legal_clocks import deadlines
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.crisis.sheet import Sheet, sheets

ANY_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)  # which of two periods ends first does not hang on the day of printing


def handbook_facts(source: Source) -> dict[str, Any]:
    """Everything the handbook says, as plain values."""
    cards = source.db.exec(select(CrisisCard).order_by(col(CrisisCard.number), col(CrisisCard.key))).all()
    words, spoken = sheets(source.db, source.tongue), _spoken(source)
    return {
        **shared(source),
        "web": web(source),
        "cards": [_card(source, each, words[each.key], spoken.get(each.key, {})) for each in cards],
    }


def _spoken(source: Source) -> dict[str, dict[str, dict[str, str]]]:
    """What customers are told, by card and by language of the market."""
    languages = source.market.languages.split()
    rows = source.db.exec(select(CrisisText).where(col(CrisisText.language).in_(languages))).all()
    found: dict[str, dict[str, dict[str, str]]] = {}
    for each in rows:
        found.setdefault(each.card, {})[each.language] = {"first": each.acknowledgement, "public": each.public}
    return found


def _card(source: Source, card: CrisisCard, sheet: Sheet, spoken: dict[str, dict[str, str]]) -> dict[str, Any]:
    nothing = {"first": "", "public": ""}
    return {
        "key": card.key,
        "number": card.number,
        "severity": card.severity,
        "first_answer_minutes": card.first_answer_minutes,
        "waking_only": card.waking_only,
        "stop_sale": card.stop_sale,
        "recall": card.recall,
        "marks": [*json.loads(card.lots), *json.loads(card.serials)],
        "tell": tells(card),
        "title": sheet.title,
        "what_if": sheet.what_if,
        "steps": list(sheet.steps),
        "collect": list(sheet.collect),
        "never_say": list(sheet.never_say),
        "language": sheet.language,
        "foreign": bool(sheet.foreign),
        "spoken": {each: spoken.get(each, nothing) for each in source.market.languages.split()},
        "legal": [
            {
                "number": each.clock.number,
                "unit": each.clock.unit,
                "source": each.clock.source,
                "at_once": each.at_once,
            }
            for each in deadlines(card, [source.market], ANY_MONDAY)
        ],
    }
