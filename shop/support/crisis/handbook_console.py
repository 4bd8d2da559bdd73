"""The crisis handbook in the reader's language: what may happen, and each card as a page that can be printed."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select

from shop.base.i18n import N_
from shop.ground.errors import found
from shop.support.crisis import triggers
from shop.support.crisis.at import AT, HANDBOOK, SEE, CrisisDesk
from shop.support.crisis.contacts import contacts_for, tells
from shop.support.crisis.incident_sight import contact_row, emergency_rows
from shop.support.crisis.legal_clocks import AT_ONCE, deadlines
from shop.support.crisis.models import CrisisCard
from shop.support.crisis.sheet import sheets
from shop.support.crisis.words import ROLES, SEVERITIES
from shop.support.staffed.words import period


@get(HANDBOOK, dependencies=AT, opt=SEE, sync_to_thread=True)
def handbook_page(desk: NamedDependency[CrisisDesk]) -> Response[str]:
    """All cards: what if, how grave, and by when the first answer."""
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        cards = db.exec(select(CrisisCard).order_by(col(CrisisCard.number))).all()
        words = sheets(db, tongue)
    rows = [
        {"card": each, "sheet": words[each.key], "mark": _mark(desk, each), "first": _first(desk, each)}
        for each in cards
    ]
    return desk.page("console/handbook", title=tongue.say(N_("Handbook")), current=HANDBOOK, rows=rows, url=HANDBOOK)


@get(f"{HANDBOOK}/{{card:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def card_page(card: FromPath[str], desk: NamedDependency[CrisisDesk]) -> Response[str]:
    """One card, for this person's markets."""
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        row = found(db.get(CrisisCard, card))
        sheet, reading = sheets(db, tongue)[card], desk.reading(db)
        known = contacts_for(db, list(desk.markets))
        tell = [
            {
                "role": tongue.say(ROLES[role]),
                "people": [contact_row(reading, each) for each in known if each.role == role],
            }
            for role in tells(row)
        ]
        emergency = emergency_rows(reading, desk.markets.values())
        drawn_by = next(each for each in triggers.cards(db) if each.key == card)
    return desk.page(
        "console/handbook_card",
        title=sheet.title,
        current=HANDBOOK,
        url=HANDBOOK,
        card=row,
        sheet=sheet,
        mark=_mark(desk, row),
        first=_first(desk, row),
        tell=tell,
        legal=_legal(desk, row),
        emergency=emergency,
        words=sorted(drawn_by.words),
        marks=[*drawn_by.lots, *drawn_by.serials],
    )


def _mark(desk: CrisisDesk, card: CrisisCard) -> tuple[str, str, str]:
    tone, glyph, word = SEVERITIES[card.severity]
    return tone, glyph, desk.staff.tongue.say(word)


def _first(desk: CrisisDesk, card: CrisisCard) -> str:
    """By when the customer or poster has a person's answer; empty where the card asks for none."""
    return period(card.first_answer_minutes, desk.staff.tongue) if card.first_answer_minutes else ""


def _legal(desk: CrisisDesk, card: CrisisCard) -> list[dict[str, Any]]:
    tongue, rows = desk.staff.tongue, []
    for each in deadlines(card, desk.markets.values(), desk.now):
        period = each.clock.told(tongue)
        told = tongue.say(AT_ONCE, period=period) if each.at_once else period
        rows.append({"place": tongue.territory(each.market.country), "period": told, "source": each.clock.source})
    return rows


HANDLERS = [handbook_page, card_page]
