"""Limits: counted in the database for all processes together, exact when many come at once, over when the window is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.limits import Limit, RateWindow, forget_old_windows, forget_uses, give_back, spend
from shop.ground.errors import TooMany
from tests.buying import at_once
from tests.world import TUESDAY, World, text

THREE = Limit("a thing", 3, 60)


@pytest.fixture
def database(sqlite_world: World) -> Iterator[Database]:
    yield sqlite_world.house.database


def test_so_many_times_and_no_more(database: Database) -> None:
    for _time in range(3):
        spend(database, THREE, "10.0.0.1", now=TUESDAY)
    with pytest.raises(TooMany) as refused:
        spend(database, THREE, "10.0.0.1", now=TUESDAY + timedelta(seconds=20))
    assert refused.value.values["retry_after"] == 40


def test_each_visitor_and_each_thing_is_counted_apart(database: Database) -> None:
    for _time in range(3):
        spend(database, THREE, "10.0.0.1", now=TUESDAY)
    spend(database, THREE, "10.0.0.2", now=TUESDAY)
    spend(database, Limit("another thing", 3, 60), "10.0.0.1", now=TUESDAY)


def test_the_next_window_begins_when_it_was_said(database: Database) -> None:
    for _time in range(3):
        spend(database, THREE, "10.0.0.1", now=TUESDAY)
    spend(database, THREE, "10.0.0.1", now=TUESDAY + timedelta(seconds=60))


def test_who_it_was_is_not_kept(database: Database) -> None:
    spend(database, THREE, "10.0.0.1", now=TUESDAY)
    with database.reading() as db:
        assert "10.0.0.1" not in str([row.model_dump() for row in db.exec(select(RateWindow)).all()])


def test_old_windows_are_forgotten_and_running_ones_are_not(database: Database) -> None:
    spend(database, THREE, "a", now=TUESDAY - timedelta(days=2))
    spend(database, THREE, "a", now=TUESDAY)
    with database.writing() as db:
        forget_old_windows(db, now=TUESDAY)
    with database.reading() as db:
        [left] = db.exec(select(RateWindow).where(RateWindow.what == "a thing")).all()
    assert left.started == int(TUESDAY.timestamp())


def test_many_at_once_are_counted_each(world: World) -> None:
    came = at_once(12, lambda _place: spend(world.house.database, THREE, "10.0.0.1", now=TUESDAY))
    assert came.count(None) == 3 and all(each is None or isinstance(each, TooMany) for each in came)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True), ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False), ("fe80::1%eth0", "fe80::2", True), ("no address", "no  address", False),
    ],
)  # fmt: skip
def test_a_visitor_of_ipv6_is_a_whole_network(database: Database, first: str, second: str, together: bool) -> None:
    for _time in range(3):
        spend(database, THREE, first, now=TUESDAY)
    try:
        spend(database, THREE, second, now=TUESDAY)
    except TooMany:
        assert together
    else:
        assert not together


def test_what_is_given_back_may_be_used_again(database: Database) -> None:
    for _time in range(9):
        spend(database, THREE, "a", now=TUESDAY)
        give_back(database, THREE, "a", now=TUESDAY)
    give_back(database, THREE, "a", now=TUESDAY)
    for _time in range(3):
        spend(database, THREE, "a", now=TUESDAY)
    with pytest.raises(TooMany):
        spend(database, THREE, "a", now=TUESDAY)


@pytest.mark.parametrize(("seconds", "said"), [(600, "wait 10 minutes"), (150, "wait 3 minutes"), (90, "90 seconds")])
def test_a_longer_wait_is_told_in_minutes(sqlite_world: World, seconds: int, said: str) -> None:
    limit = Limit("a thing", 0, 600)
    start = TUESDAY - timedelta(seconds=int(TUESDAY.timestamp()) % 600)
    with pytest.raises(TooMany) as refused:
        spend(sqlite_world.house.database, limit, "10.0.0.1", now=start + timedelta(seconds=600 - seconds))
    tongue = sqlite_world.house.languages.tongue("en")
    page = sqlite_world.house.post.pages.draw(tongue, "errors/too_many.html", home_url="/", **refused.value.values)
    assert said in text(page)


def test_the_uses_of_one_are_forgotten_and_no_others(database: Database) -> None:
    for who in ("anna@example.com", "claire@example.com"):
        spend(database, THREE, who, now=TUESDAY)

    with database.writing() as db:
        forget_uses(db, "anna@example.com")

    with database.reading() as db:
        assert [each.count for each in db.exec(select(RateWindow)).all()] == [1]
