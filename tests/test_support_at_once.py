"""Two of one moment: what is decided on what stands there is decided once, however many forms come together."""

from dataclasses import replace
from datetime import date, datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.ground.duty import Shift
from shop.markets.models import Market, StopSale
from shop.support.crisis.incident_steps import stop_product
from shop.support.crisis.incidents import Matter, open_drill, open_incident
from shop.support.crisis.models import CrisisCard, Incident, OnCallRotation
from shop.support.requests.models import Request
from shop.support.requests.replies import customer_reply
from shop.support.shifts.absences import enter_absence
from shop.support.shifts.agent_facts import AgentChanged, change_facts, facts_of
from shop.support.shifts.models import Absence, Agent, AgentShift
from shop.support.shifts.working_hours import add_shift
from tests.buying import at_once, until_it_waits
from tests.support_world import asked
from tests.world import World

pytestmark = pytest.mark.postgres
TOGETHER = 4
EARLY = Shift(frozenset({0}), 5 * 60, 6 * 60, date.min, date.max)
AWAY = datetime(2026, 12, 24), datetime(2026, 12, 25)


def test_an_absence_is_entered_once(postgres_world: World) -> None:
    def enter(_place: int) -> object:
        with postgres_world.house.database.writing() as db:
            agent = db.get_one(Agent, "lena")
            return enter_absence(db, agent, *AWAY, note="", person="lena", now=postgres_world.clock.now) and None

    assert at_once(TOGETHER, enter) == [None] * TOGETHER
    assert len(_rows(postgres_world, select(Absence).where(Absence.agent == "lena"))) == 1


def test_weekly_hours_are_added_once(postgres_world: World) -> None:
    def add(_place: int) -> None:
        with postgres_world.house.database.writing() as db:
            add_shift(db, "lena", EARLY, now=postgres_world.clock.now)

    assert at_once(TOGETHER, add) == [None] * TOGETHER
    early = select(AgentShift).where(AgentShift.agent == "lena", AgentShift.start == EARLY.start)
    assert len(_rows(postgres_world, early)) == 1


def test_of_two_who_change_the_same_agent_one_is_told_of_the_other(postgres_world: World) -> None:
    with postgres_world.house.database.reading() as db:
        known = facts_of(db, db.get_one(Agent, "lena"))

    def change(place: int) -> None:
        with postgres_world.house.database.writing() as db:
            facts = replace(known, capacity=known.capacity + 1 + place)
            change_facts(db, db.get_one(Agent, "lena"), facts, seen=known.seen, now=postgres_world.clock.now)

    came = at_once(TOGETHER, change)
    assert [type(each) for each in came].count(AgentChanged) == TOGETHER - 1


def test_a_drill_is_opened_once(postgres_world: World) -> None:
    def drill(_place: int) -> int | None:
        with postgres_world.house.database.writing() as db:
            card = db.exec(select(CrisisCard).where(CrisisCard.severity == 0)).all()[0]
            rotation = db.exec(select(OnCallRotation)).all()[0]
            return open_drill(db, card, rotation, by="mere", now=postgres_world.clock.now)

    assert len(set(at_once(TOGETHER, drill))) == 1
    assert len(_rows(postgres_world, select(Incident))) == 1


def test_one_click_stops_a_sale_once_however_often_it_is_clicked(postgres_world: World) -> None:
    with postgres_world.house.database.writing() as db:
        card = db.exec(select(CrisisCard).where(CrisisCard.severity == 0)).all()[0]
        number = open_incident(db, card, Matter("de"), by="mere", now=postgres_world.clock.now).id

    def stop(_place: int) -> None:
        with postgres_world.house.database.writing() as db:
            incident, to = db.get_one(Incident, number), {"sku": "HB-BL-230", "market": "de", "person": "mere"}
            stop_product(db, incident, {}, **to, now=postgres_world.clock.now)

    assert at_once(TOGETHER, stop) == [None] * TOGETHER
    assert len(_rows(postgres_world, select(StopSale))) == 1


def test_what_is_written_while_the_request_is_being_closed_opens_it_again(postgres_world: World) -> None:
    database, now = postgres_world.house.database, postgres_world.clock.now
    ref = asked(database, now=now).ref

    def write() -> None:
        with database.writing() as db:
            market, request = db.get_one(Market, "de"), db.get_one(Request, ref)
            customer_reply(db, request, "Und noch etwas.", market=market, key="again", now=now)

    writing = Thread(target=write)
    with database.writing() as db:
        closing = update(Request).where(col(Request.ref) == ref).values(state="closed", closed_at=now, look_at=None)
        db.connection().execute(closing)  # half way through being closed
        writing.start()
        until_it_waits(postgres_world, writing)
    writing.join()
    assert _rows(postgres_world, select(Request.state).where(Request.ref == ref)) == ["assigned"]


def _rows(world: World, query: Any) -> list[Any]:
    with world.house.database.reading() as db:
        return list(db.exec(query).all())
