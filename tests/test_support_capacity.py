"""How many orders a market's native agents can still look after: the pure rule, and what the job writes down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.exposure_models import Capacity
from shop.markets.models import Market
from shop.support.shifts.models import Agent, DutyInterval
from shop.support.staffed.capacity import Load, Room, contacts_per_order, room, upper
from shop.support.staffed.capacity_job import count_capacity, count_market, native_minutes
from tests.buying import buy_as, refused
from tests.doors import change_market
from tests.world import World

# The exact limits are half the 95 % quantile of chi-squared with 2 (n + 1) degrees of freedom (printed tables).
EXACT = [(0, 2.9957), (1, 4.7439), (2, 6.2958), (5, 10.5130), (10, 16.9622), (30, 40.6906), (100, 118.0793)]


@pytest.mark.parametrize(("events", "limit"), EXACT)
def test_the_upper_limit_is_that_of_the_tables_within_a_hundredth(events: int, limit: float) -> None:
    assert upper(events) == pytest.approx(limit, rel=0.01)


def test_few_orders_are_thought_of_as_many_contacts_and_many_as_they_are() -> None:
    assert contacts_per_order(0, 0) == pytest.approx(0.63, abs=0.01)
    assert contacts_per_order(2, 10) < contacts_per_order(0, 0)
    assert contacts_per_order(1_000, 5_000) == pytest.approx(0.2, abs=0.02)


def load(**changed: int) -> Load:
    known = {
        "orders": 0, "contacts": 0, "recent_orders": 0, "waiting": 0, "native_minutes": 600, "minutes_per_contact": 12,
    }  # fmt: skip
    return Load(**{**known, **changed})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (load(), Room(0, 79)),  # 50 contacts can be answered, .63 each
        (load(recent_orders=20, orders=20, contacts=4), Room(8, 106)),
        (load(waiting=50), Room(50, 0)),
        (load(waiting=49), Room(49, 1)),
        (load(native_minutes=0), Room(0, 0)),
        (load(native_minutes=11), Room(0, 1)),
        (load(recent_orders=1_000, orders=1_000, contacts=900), Room(944, 0)),
    ],
)
def test_orders_are_left_as_long_as_the_time_lasts(given: Load, found: Room) -> None:
    assert room(given) == found


def test_more_time_never_leaves_fewer_orders_and_more_questions_never_more() -> None:
    left = [room(load(native_minutes=minutes)).orders_left for minutes in range(0, 6_000, 50)]
    assert left == sorted(left)
    asked = [room(load(orders=50, recent_orders=10, contacts=contacts)).orders_left for contacts in range(0, 80, 4)]
    assert asked == sorted(asked, reverse=True)


def capacity(database: Database) -> list[Capacity]:
    with database.reading() as db:
        return list(db.exec(select(Capacity)).all())


def test_the_job_counts_only_markets_that_sell_and_ask_for_it(sqlite_world: World) -> None:
    database, now = sqlite_world.house.database, sqlite_world.clock.now
    assert count_capacity(database, now=now) == 0 and capacity(database) == []
    change_market(sqlite_world, "de", minutes_per_contact=12)
    change_market(sqlite_world, "ae", minutes_per_contact=12)
    assert count_capacity(database, now=now) == 1
    [found] = capacity(database)
    assert found.market == "de" and found.orders_left > 0
    buy_as(sqlite_world, "k1")
    assert capacity(database)[0].orders_left == found.orders_left - 1
    with database.writing() as db:
        assert count_market(db, db.get_one(Market, "de"), minutes_per_contact=12, now=now).contacts == 1


def minutes_of(world: World, agent: str, markets: str) -> int:
    """The native minutes of Germany when this agent alone is on duty, for two hours now and a day much later."""
    database, now = world.house.database, world.clock.now
    with database.writing() as db:
        for each in db.exec(select(DutyInterval)).all():
            db.delete(each)
        db.get_one(Agent, agent).markets = markets
        db.add(DutyInterval(agent=agent, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2)))
        db.add(DutyInterval(agent=agent, starts_at=now + timedelta(days=8), ends_at=now + timedelta(days=9)))
    with database.reading() as db:
        return native_minutes(db, db.get_one(Market, "de"), now=now)


def test_the_time_of_who_answers_several_selling_markets_is_shared(sqlite_world: World) -> None:
    assert minutes_of(sqlite_world, "lena", "de") == 120
    assert minutes_of(sqlite_world, "lena", "de nz") == 60
    assert minutes_of(sqlite_world, "lena", "de ae") == 120  # where nothing is sold yet
    assert minutes_of(sqlite_world, "lena", "nz") == 0
    assert minutes_of(sqlite_world, "haruka", "de jp") == 0  # who does not speak it


def test_when_nobody_is_on_duty_orders_are_refused_and_taken_again_once_somebody_is(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    change_market(sqlite_world, "de", minutes_per_contact=12)
    with database.writing() as db:
        kept = [each.model_dump() for each in db.exec(select(DutyInterval)).all()]
        for each in db.exec(select(DutyInterval)).all():
            db.delete(each)
    count_capacity(database, now=sqlite_world.clock.now)
    assert refused(sqlite_world, "k1") == "support_capacity"
    with database.writing() as db:
        db.add_all([DutyInterval(**each) for each in kept])
    count_capacity(database, now=sqlite_world.clock.now)
    buy_as(sqlite_world, "k2")
