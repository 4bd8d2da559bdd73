"""Figures of the roster: everybody's hours of duty for the coming weeks, computed and written, and one agent's edit."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select, update

from shop.base.db import Database
from shop.markets.models import Exporter, Market
from shop.staff.models import Person
from shop.support.shifts import roster
from shop.support.shifts.models import Agent, AgentLanguage, AgentShift, DutyInterval
from shop.support.shifts.presence import note_presence
from tests.bench.spent import cost

AGENTS, MARKETS, TIMES = 10_000, 50, 15
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PLACES = (
    ("Europe/Berlin", "DE-HH", "de"),
    ("Asia/Tokyo", "JP", "ja"),
    ("America/Chicago", "US-TX", "es"),
    ("Africa/Casablanca", "MA", "fr"),
    ("Australia/Lord_Howe", "AU-NSW", "en"),
    ("Asia/Manila", "PH", "en"),
    ("America/Sao_Paulo", "BR-SP", "pt-BR"),
    ("Asia/Dubai", "AE", "ar"),
    ("Europe/Zurich", "CH-TI", "it"),
    ("Pacific/Auckland", "NZ", "en"),
)


def lines(database: Database) -> Iterator[tuple[str, float, str, str]]:
    """What was measured on an empty database: what, the figure, its aim, and how it was made up."""
    engine = "SQLite" if database.sqlite else "PostgreSQL"
    with database.writing() as db:
        populate(db)
    duty = cost(database, lambda: _duty_written(database))
    with database.reading() as db:
        rows = len(db.exec(select(DutyInterval.starts_at)).all())
    yield "all duty rebuilt (s)", duty, "<= 5", f"{AGENTS:,} agents, {rows:,} rows; {engine}"
    whole = cost(database, lambda: roster.rebuild_all(database, now=NOW))
    yield "all looked at again, answer hours written (s)", whole, "", engine
    night = cost(database, lambda: roster.rebuild_all(database, now=NOW + timedelta(days=1)))
    yield "all a day later (s)", night, "<= 5", f"only what differs is written; {engine}"
    one = median(_edited(database, each) for each in range(TIMES)) * 1000
    yield "one agent's duty computed and written (ms)", one, "<= 5", f"before answer hours and commit; {engine}"
    edited = median(_seconds(lambda each=each: _day_off(database, each)) for each in range(TIMES)) * 1000  # type: ignore[misc]
    yield "one agent's changed shift, answer hours too (ms)", edited, "", engine
    away = median(_seconds(lambda each=each: _away(database, each)) for each in range(TIMES)) * 1000  # type: ignore[misc]
    yield "one agent goes away, answer hours too (ms)", away, "", engine


def populate(db: Session, agents: int = AGENTS, markets: int = MARKETS) -> None:
    """Markets and agents in ten places, with two kinds of shifts and two languages each."""
    chance = random.Random(7)
    ids = [f"{first}{second}" for first in "abcdefghij" for second in "klmno"][:markets]
    tags = sorted({tag for _zone, _calendar, tag in PLACES})
    _all(db, Exporter, [{"id": 1, "name": "B", "legal_name": "B", "brand": "B", "home_market": "nz", "zone": "UTC",
                         "address": "B", "email": "b@example.com", "phone": "1"}])  # fmt: skip
    _all(db, Market, [
        {"id": each, "country": each.upper(), "currency": "EUR", "zone": "UTC",
         "languages": " ".join(tags[place % 5 : place % 5 + 3])}
        for place, each in enumerate(ids)
    ])  # fmt: skip
    places = [PLACES[number % len(PLACES)] for number in range(agents)]
    name = "agent{:05}".format
    _all(db, Person, [
        {"id": name(number), "email": f"{number}@example.com", "name": f"N{number} B", "role": "agent"}
        for number in range(agents)
    ])  # fmt: skip
    _all(db, Agent, [
        {"id": name(number), "person": name(number), "zone": zone, "holidays": calendar, "place": zone,
         "markets": " ".join(chance.sample(ids, 2))}
        for number, (zone, calendar, _tag) in enumerate(places)
    ])  # fmt: skip
    _all(db, AgentLanguage, [
        {"agent": name(number), "language": each, "level": level}
        for number, (_zone, _calendar, tag) in enumerate(places)
        for each, level in ((tag, "native"), (chance.choice([other for other in tags if other != tag]), "fluent"))
    ])  # fmt: skip
    _all(db, AgentShift, [
        {"agent": name(number), "days": days, "start": start, "end": (start + hours * 60) % 1440}
        for number in range(agents)
        for days, start, hours in (("0 1 2 3 4", chance.randrange(0, 1440, 15), 8), ("5", 540, 4))
    ])  # fmt: skip


def _all(db: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    db.connection().execute(
        insert(model), [model(**row).model_dump(exclude={"id"} if row.get("id") is None else None) for row in rows]
    )


def _duty_written(database: Database) -> None:
    with database.writing() as db:
        roster.write_duty(db, None, now=NOW)


def _edited(database: Database, number: int) -> float:
    with database.writing() as db:
        _shift_moved(db, number)
        started = process_time() if database.sqlite else perf_counter()
        roster.write_duty(db, {f"agent{number:05}"}, now=NOW)
        return (process_time() if database.sqlite else perf_counter()) - started


def _day_off(database: Database, number: int) -> None:
    with database.writing() as db:
        _shift_moved(db, 100 + number)
        roster.rebuild_agent(db, f"agent{100 + number:05}", now=NOW)


def _shift_moved(db: Session, number: int) -> None:
    moved = update(AgentShift).where(col(AgentShift.agent) == f"agent{number:05}", col(AgentShift.days) == "5")
    db.connection().execute(moved.values(start=600 + number))


def _away(database: Database, number: int) -> None:
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, f"agent{200 + number:05}"), there=False, now=NOW)


def _seconds(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started
