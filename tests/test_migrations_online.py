"""Tables change while customers buy: nobody waits long behind an ALTER, and a column is filled in batches between them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from shop.base.db import Database
from shop.ground.errors import Busy
from shop.migrations import locks
from shop.migrations.backfill import Backfill, fill
from shop.migrations.locks import TablesInUse, patiently, wait_briefly
from shop.migrations.migrate import differences
from tests.buying import buy, set_stock
from tests.world import World

WORTH = Backfill("orders", "worth", "total * 2", key="number")


@contextmanager
def buying(world: World) -> Iterator[Callable[[int], None]]:
    """Customers who buy one after the other meanwhile; what is given waits until so many more have bought."""
    set_stock(world, 100_000)
    over, more = threading.Event(), threading.Semaphore(0)
    failed: list[BaseException] = []

    def go_on() -> None:
        number = 0
        while not over.is_set():
            try:
                buy(world, f"meanwhile-{number}")
            except Busy:
                continue
            except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                failed.append(error)
                return
            number += 1
            more.release()

    thread = threading.Thread(target=go_on, name="customers", daemon=True)
    thread.start()

    def wait_for(orders: int) -> None:
        for _each in range(orders):
            assert more.acquire(timeout=60), failed

    try:
        yield wait_for
    finally:
        over.set()
        thread.join()
    assert not failed, failed


def expand(connection: Connection) -> None:
    with connection.begin():
        wait_briefly(connection)
        connection.execute(text("ALTER TABLE orders ADD COLUMN worth BIGINT"))


def contract(connection: Connection) -> None:
    with connection.begin():
        wait_briefly(connection)
        connection.execute(text("ALTER TABLE orders DROP COLUMN worth"))


def empty(database: Database) -> int:
    with database.reading() as db:
        return int(db.connection().execute(text("SELECT count(*) FROM orders WHERE worth IS NULL")).scalar_one())


def test_a_column_is_added_filled_and_dropped_while_customers_buy(world: World) -> None:
    with buying(world) as wait_for:
        wait_for(3)
        patiently(world.house.database, expand, told=print)
        wait_for(3)
        filled = fill(world.house.database, WORTH, rows=20)
        wait_for(3)
    filled += fill(world.house.database, WORTH, rows=20)  # what the old code has written since

    assert filled >= 9 and empty(world.house.database) == 0
    patiently(world.house.database, contract, told=print)
    assert differences(world.house.database) == []


@pytest.mark.postgres
def test_an_alter_behind_a_long_reader_lets_everybody_through_and_comes_again(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.2)
    database, told = postgres_world.house.database, list[str]()
    reader = database.engine.connect()
    reader.execute(text("SELECT count(*) FROM orders")).scalar()

    with buying(postgres_world) as wait_for:

        def between(_seconds: float) -> None:
            wait_for(2)  # whoever buys is let through although the reader still reads
            if len(told) == 2:
                reader.close()

        patiently(database, expand, told=told.append, wait=between)

    assert len(told) == 2 and "nothing was changed yet" in told[0]
    assert empty(database) >= 4


@pytest.mark.postgres
def test_when_the_locks_are_never_had_nothing_was_changed(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(locks, "TRIES", 2)
    database = postgres_world.house.database
    with database.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM orders")).scalar()
        with pytest.raises(TablesInUse, match="nothing was changed"):
            patiently(database, expand, told=lambda _line: None, wait=lambda _seconds: None)

    assert differences(database) == []


@pytest.mark.postgres
def test_one_migrates_at_a_time(postgres_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(locks, "TRIES", 1)
    database = postgres_world.house.database
    with database.engine.connect() as first, first.begin():
        wait_briefly(first)
        with pytest.raises(TablesInUse):
            patiently(database, expand, told=lambda _line: None, wait=lambda _seconds: None)


def test_a_filling_that_was_interrupted_goes_on_where_it_was(world: World) -> None:
    for number in range(5):
        buy(world, f"order-{number}")
    database = world.house.database
    patiently(database, expand, told=print)

    class Killed(Exception):
        pass

    def killed(_line: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        fill(database, WORTH, rows=2, told=killed)
    assert empty(database) == 3

    with database.writing() as db:
        db.connection().execute(text("UPDATE orders SET worth = 7 WHERE worth IS NOT NULL"))
    assert fill(database, WORTH, rows=2) == 3
    with database.reading() as db:
        assert db.connection().execute(text("SELECT count(*) FROM orders WHERE worth = 7")).scalar() == 2


def test_what_would_stay_empty_is_named_instead_of_being_filled_for_ever(world: World) -> None:
    buy(world, "order")
    patiently(world.house.database, expand, told=print)
    with pytest.raises(ValueError, match="NULL is empty for orders DE-"):
        fill(world.house.database, Backfill("orders", "worth", "NULL", key="number"))


def test_a_batch_that_loses_against_a_sale_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(world, "order")
    database, waited = world.house.database, list[float]()
    patiently(database, expand, told=print)
    writing, lost = database.writing, iter([True])

    def losing_once() -> object:
        if next(lost, False):
            raise Busy(retry_after=1)
        return writing()

    monkeypatch.setattr(database, "writing", losing_once)

    assert fill(database, WORTH, wait=waited.append) == 1
    assert waited[0] == 1.0
