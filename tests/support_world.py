"""A small support house by hand: two markets, Mere the exporter, Lena (German, Hamburg), Maricel (fluent, Manila).

Germany allows an answer in English by consent; France has nobody who speaks its language. The clock stands on
Tuesday 24 November 2026; Lena works 9:00 to 17:30 in Hamburg, Maricel 11:00 to 21:00 in Manila (4:00 to 14:00 there).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.checkout.models import Order
from shop.markets.models import Exporter, Market
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.requests.intake import Question, open_request
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent, AgentLanguage, AgentShift
from shop.support.shifts.roster import rebuild
from tests.compiled import with_tables
from tests.world import PASSWORD, World, world

MORNING = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 10:30 in Hamburg, 17:30 in Manila
EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # 20:00 in Hamburg: nobody is there until Maricel's 11:00
HASHED = password_hash(PASSWORD)


@contextmanager
def support_house(folder: Path, *, now: datetime = MORNING) -> Iterator[Database]:
    """A fresh database with these people in it."""
    database = with_tables(folder / "shop.db")
    with database.writing() as db:
        people(db)
        db.flush()
        rebuild(db, now=now)
    yield database
    database.close()


@contextmanager
def desk_house(folder: Path, *, now: datetime = MORNING, more: Iterable[Person] = ()) -> Iterator[World]:
    """The shop over these people, Camille (French, Paris) and `more`, all of whom can sign in."""
    with support_house(folder) as database:
        with database.writing() as db:
            agent(db, "camille", "Camille Roux", "Europe/Paris", {"fr": "native"}, (540, 1020), markets="fr")
            db.add_all(more)
            db.flush()
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
            rebuild(db, now=MORNING)
        with world(folder, str(database.engine.url)) as built:
            built.clock.now = now
            yield built


def people(db: Session) -> None:
    """The exporter, the markets and everybody who works here."""
    db.add(
        Exporter(
            name="Harbourbench",
            legal_name="Harbourbench Ltd",
            brand="Harbourbench",
            home_market="nz",
            zone="UTC",
            address="Nelson",
            email="care@example.com",
            phone="1",
        )
    )
    db.add(market("de", languages="de", zone="Europe/Berlin", other_languages="en"))
    db.add(market("fr", languages="fr", zone="Europe/Paris"))
    db.add(person("mere", "Mere Tauranga", role="exporter", language="en", zone="UTC"))
    agent(
        db,
        "lena",
        "Lena Brandt",
        "Europe/Berlin",
        {"de": "native", "en": "fluent"},
        (540, 1050),
        place="Hamburg",
        markets="de",
        holidays="DE-HH",
    )
    agent(
        db,
        "maricel",
        "Maricel Santos",
        "Asia/Manila",
        {"en": "native", "de": "fluent"},
        (660, 1260),
        place="Manila",
        markets="de",
    )


def market(id: str, **values: Any) -> Market:
    """An open market of that country."""
    given: dict[str, Any] = {"country": id.upper(), "currency": "EUR", "state": "open", "ever_sold": True}
    return Market(id=id, **(given | values))


def person(id: str, name: str, **values: Any) -> Person:
    """Somebody who signs in."""
    return Person(id=id, email=f"{id}@example.com", name=name, **({"role": "agent", "zone": "UTC"} | values))


def agent(
    db: Session,
    id: str,
    name: str,
    zone: str,
    languages: dict[str, str],
    hours: tuple[int, int],
    *,
    days: str = "0 1 2 3 4",
    **values: Any,
) -> None:
    """An agent with their person, languages and weekly hours (minutes of their own day)."""
    db.add(person(id, name, language=next(iter(languages)), zone=zone, markets=values.get("markets", "")))
    db.flush()
    db.add(Agent(id=id, person=id, zone=zone, **values))
    db.flush()
    for language, level in languages.items():
        db.add(AgentLanguage(agent=id, language=language, level=level))
    db.add(AgentShift(agent=id, days=days, start=hours[0], end=hours[1]))


def asked(database: Database, *, now: datetime, market: str = "de", language: str = "de", **values: Any) -> Request:
    """Ask a question as Anna would."""
    with database.writing() as db:
        given: dict[str, Any] = {
            "category": "use",
            "subject": "Reinigung",
            "text": "Wie reinige ich den Mixbehälter?",
            "name": "Anna Beck",
            "email": "anna@example.com",
            "key": f"form-{values.get('text', '')}",
        }
        question = Question(market=db.get_one(Market, market), language=language, **(given | values))
        return open_request(db, question, now=now)


def stored(database: Database, ref: str) -> Request:
    """The request as it stands."""
    with database.reading() as db:
        return db.get_one(Request, ref)


def effects(database: Database) -> list[str]:
    """The keys of all effects that were enqueued, in order."""
    with database.reading() as db:
        return [effect.key for effect in db.exec(select(Effect).order_by("id")).all()]


def an_order(*, goods: int = 100, tax: int = 16) -> Order:
    """Anna's paid order DE-1, without lines."""
    return Order(
        number="DE-1",
        market="de",
        language="de",
        currency="EUR",
        state="paid",
        key="k",
        content="c",
        email="anna@example.com",
        name="Anna",
        address="{}",
        goods=goods,
        shipping=0,
        net=goods - tax,
        tax=tax,
        total=goods,
        days_min=2,
        days_max=4,
        placed_at=MORNING,
        paid_at=MORNING,
    )
