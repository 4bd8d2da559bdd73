"""The small support house with a crisis handbook: two grave cards, a lighter one, contacts, and Mere and Ruth on call.

Ruth is on call by the rotation (hand-off at nine in Auckland), Lena is her backup, Mere is the exporter. The cards have
English and German words, so that a Japanese reader finds English.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from shop.base.db import Database
from shop.support.crisis.models import (
    CrisisCard,
    CrisisContact,
    CrisisText,
    Incident,
    IncidentStep,
    OnCallRotation,
    Page,
)
from tests.support_world import market, person, support_house

NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # two in the morning in Hamburg: nobody is on duty

READ = {
    "en": "We have read it.\n\nCall {emergency} if somebody is in danger.\n\nKeep the jar.",
    "de": "Wir haben es gelesen.\n\nRufen Sie {emergency} an.\n\nBewahren Sie die Dose auf.",
}


@contextmanager
def crisis_house(folder: Path, *, now: datetime = NIGHT) -> Iterator[Database]:
    """A fresh database with these people, and the handbook in it."""
    with support_house(folder, now=now) as database:
        with database.writing() as db:
            handbook(db)
        yield database


def handbook(db: Session) -> None:
    """Cards, contacts and the rotation."""
    db.add(person("ruth", "Ruth Alderson", role="exporter", language="en", zone="Pacific/Auckland"))
    db.add(market("ch", languages="de fr", zone="Europe/Zurich"))
    db.flush()
    clocks = [{"where": "EU", "number": 20, "unit": "days", "source": "art. 23"}]
    card(db, "skin", 3, "skin rash", tell=["quality_lead", "insurer"], stop_sale=True, recall=True, legal_clocks=clocks)
    card(db, "storm", 6, "going viral", tell=["spokesperson"], waking_only=True)
    card(db, "dent", 2, "dented", severity=1, first_answer_minutes=1440)
    db.add(contact("quality_lead", "Ruth Alderson", person="ruth"))
    db.add(contact("quality_lead", "Hans Deputy", zone="Europe/Berlin", deputy=True, position=1))
    db.add(contact("emergency", "Rettungsdienst", market="de", email="", phone="112"))
    db.add(
        OnCallRotation(
            id="world",
            zone="Pacific/Auckland",
            handoff=540,
            starts_on=date(2026, 1, 5),
            people="ruth",
            backup="lena",
        )
    )


def card(db: Session, key: str, number: int, words: str, **values: Any) -> None:
    """A card with English and German words."""
    given: dict[str, Any] = {"severity": 0, "first_answer_minutes": 120} | values
    lists = {name: json.dumps(each) for name, each in given.items() if isinstance(each, list)}
    db.add(CrisisCard(key=key, number=number, **(given | lists)))
    db.flush()
    for language, read in READ.items():
        db.add(
            CrisisText(
                card=key,
                language=language,
                title=f"{key} in {language}",
                what_if=f"What if {key}?",
                words=words,
                collect=json.dumps(["Lot", "Doctor"]),
                never_say=json.dumps(["It is our fault."]),
                acknowledgement=read,
                public=f"Stopped, {language}.",
                steps=json.dumps(["Call them.", "Stop the sale."]),
            )
        )


def contact(role: str, name: str, **values: Any) -> CrisisContact:
    """Somebody to be told."""
    return CrisisContact(
        role=role, name=name, **({"email": f"{role}@example.com", "zone": "Pacific/Auckland"} | values)
    )


def pages(database: Database) -> list[tuple[int, int, str]]:
    """Who was paged on which rung, in which round, in order."""
    with database.reading() as db:
        return [(each.rung, each.round, each.person) for each in db.exec(select(Page).order_by("id")).all()]


def incidents(database: Database) -> list[Incident]:
    """All incidents as they stand."""
    with database.reading() as db:
        return list(db.exec(select(Incident).order_by("id")).all())


def kinds(database: Database, incident: int) -> list[str]:
    """What the log of an incident says, by kind, in order."""
    with database.reading() as db:
        found = db.exec(select(IncidentStep).where(IncidentStep.incident == incident).order_by("id")).all()
        return [each.kind for each in found]
