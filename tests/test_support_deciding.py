"""Deciding on prepared pools, and on what is stored: previous agents, skills, who leaves soon, and the last room."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from shop.base.db import Database
from shop.ground.duty import Interval
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.assignment import take
from shop.support.answering.board import Board
from shop.support.answering.deciding import Pool, decide
from shop.support.answering.people import spoken_tags
from shop.support.answering.routing import Agent as Somebody
from shop.support.answering.routing import Ask, Level, Routed, Tier
from shop.support.answering.team import Asked
from shop.support.requests.models import Assignment, Request
from shop.support.requests.replies import Answerer, answer
from shop.support.shifts.models import Agent, DutyInterval
from shop.support.shifts.roster import rebuild_agent
from tests.support_world import MORNING, agent, asked, stored, support_house
from tests.world import World

NOW = MORNING
TIER = Tier("fi", Level.NATIVE)
LATER = Tier("fi", Level.FLUENT, timedelta(hours=1))


def somebody(name: str, *, minutes: int = 300, load: float = 0, level: Level = Level.NATIVE, **rest: Any) -> Somebody:
    until = NOW + timedelta(minutes=minutes)
    tomorrow = Interval(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=8))
    return Somebody(name, {"fi": level}, (Interval(NOW - timedelta(hours=1), until), tomorrow), load=load, **rest)


def decided(people: list[Somebody], tiers: tuple[Tier, ...] = (TIER,), **ask: Any) -> Routed:
    pools = {tier: Pool(tier, people, NOW, min_remaining=timedelta(minutes=10)) for tier in tiers}
    return decide(Ask("fi", **ask), tiers, pools.__getitem__, NOW)


@pytest.mark.parametrize(
    ("load", "first"),
    [(0, "zoe"), (1, "zoe"), (2, "ada")],
)
def test_the_previous_agent_goes_first_unless_busier_than_the_median(load: int, first: str) -> None:
    people = [somebody("ada"), somebody("bo", load=1), somebody("cy", load=2), somebody("zoe", load=load)]
    routed = decided(people, previous="zoe")
    assert routed.assign_to == first
    assert (routed.reasons[-1].code == "previous_agent") is (first == "zoe")


def test_the_previous_agent_does_not_jump_over_a_nearer_speaker() -> None:
    far = Somebody("zoe", {"fi-FI": Level.NATIVE}, somebody("zoe").duty)
    assert decided([somebody("ada"), far], previous="zoe").assign_to == "ada"


@pytest.mark.parametrize(("minutes", "first"), [(9, "bo"), (10, "ada")])
def test_nobody_gets_anything_ten_minutes_before_they_leave(minutes: int, first: str) -> None:
    assert decided([somebody("ada", minutes=minutes), somebody("bo", load=3)]).assign_to == first


def test_unless_nobody_else_is_there() -> None:
    assert decided([somebody("ada", minutes=5), somebody("bo", load=5)]).assign_to == "ada"
    fluent = somebody("bo", level=Level.FLUENT)
    assert decided([somebody("ada", minutes=5), fluent], (TIER, LATER)).assign_to == "bo"


def test_whoever_declined_is_neither_asked_nor_waited_for_before_their_next_duty() -> None:
    alone = decided([somebody("ada")], without=frozenset({"ada"}))
    assert (alone.state, alone.on_duty_at) == ("queued", NOW + timedelta(days=1))
    full = decided([somebody("ada", load=5)], without=frozenset({"ada"}))
    assert full.state == "queued"


def test_a_crisis_does_not_ask_for_room() -> None:
    full = [somebody("ada", load=7), somebody("bo", load=6)]
    assert decided(full).state == "queued_at_capacity"
    assert decided(full, at_once=True).assign_to == "bo"


def test_a_load_that_changes_changes_the_order() -> None:
    pool = Pool(TIER, [somebody("ada"), somebody("bo", load=1)], NOW)
    found = []
    for load in (1, 2, 3, 4, 5):
        chosen = decide(Ask("fi"), (TIER,), lambda _tier: pool, NOW).assign_to
        found.append(chosen)
        pool.change("ada", load)
    assert found == ["ada", "ada", "bo", "bo", "bo"]
    pool.change("bo", 5)
    assert decide(Ask("fi"), (TIER,), lambda _tier: pool, NOW).state == "queued_at_capacity"
    pool.change("somebody else", 1)


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def second_native(database: Database, **values: Any) -> None:
    """Otto, who speaks German like Lena, in Hamburg from 9:00 to 17:30."""
    with database.writing() as db:
        agent(db, "otto", "Otto Krug", "Europe/Berlin", {"de": "native"}, (540, 1050), markets="de", **values)
        db.flush()
        rebuild_agent(db, "otto", now=MORNING)


def reasons(database: Database, ref: str) -> str:
    return stored(database, ref).reasons


def answered(database: Database, ref: str, name: str) -> None:
    with database.writing() as db:
        who = Answerer(db.get_one(Person, name), db.get_one(Agent, name))
        answer(db, db.get_one(Request, ref), who, "So.", key="x", now=MORNING)


@pytest.mark.parametrize(("days", "again"), [(29, "otto"), (31, "lena")])
def test_a_customer_meets_the_same_agent_within_thirty_days(database: Database, days: int, again: str) -> None:
    second_native(database)
    first = asked(database, now=MORNING, text="1").ref
    with database.writing() as db:
        take(db, db.get_one(Request, first), db.get_one(Agent, "otto"), seen_owner="lena", now=MORNING)
    answered(database, first, "otto")
    with database.writing() as db:
        db.get_one(Request, first).first_answered_at = MORNING - timedelta(days=days)
        db.get_one(Agent, "lena").idle_since = MORNING - timedelta(days=2)
    ref = asked(database, now=MORNING, text="2").ref
    assert stored(database, ref).agent == again
    assert ("previous_agent" in reasons(database, ref)) is (again == "otto")


@pytest.mark.parametrize(("skills", "given"), [("electrical", "otto"), ("", "lena")])
def test_a_skill_is_asked_for_where_somebody_has_it(database: Database, skills: str, given: str) -> None:
    second_native(database, skills=skills)
    ref = asked(database, now=MORNING, category="integration").ref
    assert stored(database, ref).agent == given


def test_a_skill_that_nobody_has_keeps_nobody_waiting_and_is_said(database: Database) -> None:
    ref = asked(database, now=MORNING, category="integration").ref
    assert stored(database, ref).agent == "lena"
    assert '"without_skill"' in reasons(database, ref) and '"electrical"' in reasons(database, ref)


def test_a_single_decision_is_the_same_as_one_of_many(database: Database) -> None:
    second_native(database)
    with database.writing() as db:
        db.get_one(Agent, "lena").capacity = 10
    for number in range(14):
        ref = asked(database, now=MORNING, text=str(number), email=f"{number}@example.com").ref
        with database.reading() as db:
            asks = Asked(market=db.get_one(Market, "de"), language="de", others=True)
            one = Board(db, now=MORNING).outlook(asks)
            many = Board(db, now=MORNING, many=True).outlook(asks)
        assert (one.routed.assign_to, one.promised_at) == (many.routed.assign_to, many.promised_at)
        assert one.look_at == many.look_at
        assert stored(database, ref).state in ("assigned", "waiting")


def test_partners_answer_only_once_they_are_trained(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    second_native(database)
    with database.writing() as db:
        db.get_one(Person, "lena").role = "partner"
    signed: set[str] = set()
    monkeypatch.setattr("shop.support.answering.people.trained", lambda _db, _market: signed)
    assert stored(database, asked(database, now=MORNING, text="1").ref).agent == "otto"
    signed.add("lena")
    assert stored(database, asked(database, now=MORNING, text="2").ref).agent == "lena"


def test_every_tag_that_is_spoken_is_found_once(database: Database) -> None:
    with database.reading() as db:
        assert spoken_tags(db) == ["de", "en"]


def test_whose_hours_are_over_takes_nothing(database: Database) -> None:
    with database.writing() as db:
        for each in db.exec(select(DutyInterval).where(DutyInterval.agent == "lena")).all():
            db.delete(each)
    assert stored(database, asked(database, now=MORNING).ref).agent == "maricel"


def test_five_hundred_takes_of_a_hundred_requests_give_each_one_owner(world: World) -> None:
    with world.house.database.writing() as db:
        agents = db.exec(select(Agent).order_by(col(Agent.id)).limit(5)).all()
        waiting = [waiting_request(number, world.clock.now) for number in range(100)]
        refs = [each.ref for each in waiting]
        db.add_all(waiting)
    won: list[tuple[str, str]] = []

    def try_one(number: int) -> None:
        ref, who = refs[number % 100], agents[number // 100]
        with suppress(Refusal), world.house.database.writing() as db:
            take(db, db.get_one(Request, ref), who, seen_owner="", now=world.clock.now)
            won.append((ref, who.id))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(try_one, range(500)))
    assert sorted(ref for ref, _who in won) == sorted(refs)
    with world.house.database.reading() as db:
        owners = db.exec(select(Request.ref, Request.agent).where(col(Request.ref).in_(refs))).all()
        mine = select(Assignment.request, func.count()).where(col(Assignment.request).in_(refs))
        given = dict(db.exec(mine.group_by(Assignment.request)).all())
    assert sorted(owners) == sorted(won)
    assert given == dict.fromkeys(refs, 1)


def waiting_request(number: int, now: datetime) -> Request:
    given = {
        "market": "de",
        "language": "de",
        "category": "use",
        "subject": "",
        "name": "Anna",
        "email": "a@example.com",
    }
    return Request(ref=f"R-T{number:03}", key=f"t{number}", due_at=now, created_at=now, updated_at=now, **given)
