"""Pieces: each change is one conditional statement, so that what is not there is never taken, and all adds up."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from shop.base.revisions import Revision
from shop.checkout import stock
from tests.buying import BLENDER, set_stock, stock_of
from tests.world import World

OTHER = "HB-TM-CC"


@pytest.fixture
def shelf(sqlite_world: World) -> Iterator[World]:
    set_stock(sqlite_world, 5)
    set_stock(sqlite_world, 2, OTHER)
    yield sqlite_world


def done(world: World, act: Callable[[Session], object]) -> object:
    with world.house.database.writing() as db:
        return act(db)


def shown(world: World) -> int:
    with world.house.database.reading() as db:
        row = db.get(Revision, "everywhere")
        return row.number if row else 0


def test_what_is_there_is_held_sold_and_sent(shelf: World) -> None:
    assert done(shelf, lambda db: stock.hold(db, {BLENDER: 3, OTHER: 1})) == []
    assert (stock_of(shelf), stock_of(shelf, OTHER)) == ((5, 3, 0), (2, 1, 0))
    done(shelf, lambda db: stock.sell_held(db, {BLENDER: 3}))
    done(shelf, lambda db: stock.release(db, {OTHER: 1}))
    assert (stock_of(shelf), stock_of(shelf, OTHER)) == ((5, 0, 3), (2, 0, 0))
    done(shelf, lambda db: stock.send_out(db, {BLENDER: 3}))
    assert stock_of(shelf) == (2, 0, 0)


def test_what_is_short_is_named(shelf: World) -> None:
    assert done(shelf, lambda db: stock.hold(db, {BLENDER: 6, OTHER: 3, "HB-NO-THING": 1})) == [
        BLENDER,
        "HB-NO-THING",
        OTHER,
    ]


def test_spare_pieces_are_sold_all_or_none(shelf: World) -> None:
    assert done(shelf, lambda db: stock.sell_spare(db, {BLENDER: 2, OTHER: 3})) is False
    assert (stock_of(shelf), stock_of(shelf, OTHER)) == ((5, 0, 0), (2, 0, 0))
    assert done(shelf, lambda db: stock.sell_spare(db, {BLENDER: 5, OTHER: 2})) is True
    assert (stock_of(shelf), stock_of(shelf, OTHER)) == ((5, 0, 5), (2, 0, 2))
    assert done(shelf, lambda db: stock.hold(db, {BLENDER: 1})) == [BLENDER]


@pytest.mark.parametrize("act", [stock.release, stock.sell_held, stock.send_out])
def test_what_is_not_held_or_sold_is_not_moved(shelf: World, act: Callable[[Session, dict[str, int]], None]) -> None:
    done(shelf, lambda db: stock.hold(db, {OTHER: 1}))
    with pytest.raises(RuntimeError, match=BLENDER):  # the books are wrong: nothing of it stands
        done(shelf, lambda db: act(db, {OTHER: 1, BLENDER: 1}))
    assert (stock_of(shelf), stock_of(shelf, OTHER)) == ((5, 0, 0), (2, 1, 0))


@pytest.mark.parametrize(
    "change", ["held = 6", "sold = 6", "held = 3, sold = 3", "held = -1", "sold = -1", "on_hand = -1"]
)
def test_the_database_refuses_what_must_never_be(shelf: World, change: str) -> None:
    with pytest.raises(IntegrityError):
        done(shelf, lambda db: db.connection().exec_driver_sql(f"UPDATE stock SET {change} WHERE sku = '{BLENDER}'"))  # noqa: S608


def test_pages_are_outdated_only_when_the_last_piece_goes_or_the_first_comes_back(shelf: World) -> None:
    before = shown(shelf)
    done(shelf, lambda db: stock.hold(db, {BLENDER: 4}))
    assert shown(shelf) == before
    done(shelf, lambda db: stock.hold(db, {BLENDER: 1}))
    assert shown(shelf) == before + 1
    done(shelf, lambda db: stock.release(db, {BLENDER: 1}))
    assert shown(shelf) == before + 2
    done(shelf, lambda db: stock.release(db, {BLENDER: 4}))
    assert shown(shelf) == before + 2


def test_whatever_is_done_in_whatever_order_it_adds_up(shelf: World) -> None:
    chance = random.Random(7)
    acts = (stock.hold, stock.release, stock.sell_held, stock.sell_spare, stock.send_out)
    for _turn in range(150):
        with suppress(RuntimeError):
            done(shelf, lambda db: chance.choice(acts)(db, {BLENDER: chance.randint(1, 3)}))
        on_hand, held, sold = stock_of(shelf)
        assert min(on_hand, held, sold, on_hand - held - sold) >= 0
