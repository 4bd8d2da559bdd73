"""Figures of the writes of a purchase: its transactions as the shop makes them against the same statements by hand.

What the shop sends in its transactions is written down once; on a copy of the same database a bare driver then sends
the same statements with the same values, in as many transactions and as many round trips: what the shop sends as one
batch goes as one batch, and every answer is read. It sends none of what the shop asks outside of its transactions, and
has its one connection at hand, its statements prepared. Both use one server, or one file system, with the same settings
of durability; they buy in turn, so that what disturbs the machine meanwhile disturbs them alike. What a figure comes to
"at the quickest" is of the quickest tenth of each, which others have disturbed the least.

Of PostgreSQL there are two servers: the one of the tests, which never waits for its disk, so that there is nothing in
the figure but statements and what is made around them; and one that writes as it does for a shop. SQLite always does.

python -m tests.bench.writes
"""

import gc
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel import col, update

from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.catalogue.models import Stock
from tests.bench.buying import PRODUCT, SHOP, SKU
from tests.conftest import prepare
from tests.postgres import DURABLE, Server, found, running_postgres
from tests.world import ANNA, Browser, World, path_of, world

TIMES, WARM = 60, 8  # a driver prepares what it has sent five times

Line = tuple[str, float, str, str]
Statement = tuple[str, Any, bool]  # what, with which values, and whether these are a batch of rows
Transaction = list[Statement]
Transacting = AbstractContextManager[Session]
Buyer = Callable[[int], "Spent"]


@dataclass
class Spent:
    """Seconds of one purchase between the beginnings and the ends of its transactions."""

    clock: float = 0.0
    thread: float = 0.0


@dataclass
class Noted:
    """What the shop sent in the transactions of each purchase."""

    purchases: list[list[Transaction]] = field(default_factory=list)


def lines() -> Iterator[Line]:
    """What was measured on each engine: what, the figure, its aim, and how it was made up."""
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-writes-") as folder, ExitStack() as stack:
        demo = Path(folder) / "demo.db"
        filled(f"sqlite:///{demo}")
        noted, timed, bare = (
            Path(shutil.copy(demo, Path(folder) / f"{each}.db")) for each in ("noted", "timed", "bare")
        )
        sent = _noted(f"sqlite:///{noted}", Path(folder))
        by_hand = stack.enter_context(_by_hand_sqlite(bare, sent))
        yield from _compared("SQLite", f"sqlite:///{timed}", by_hand, sent)
    if found() is None:
        yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
        return
    for engine, settings in (("PostgreSQL, never waiting for its disk", {}), ("PostgreSQL", DURABLE)):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            server = stack.enter_context(running_postgres(settings))
            noted_url, timed_url, bare_url = (stack.enter_context(_copy(server)) for _ in range(3))
            sent = _noted(primary_address(noted_url), Path(folder))
            by_hand = stack.enter_context(_by_hand_postgresql(bare_url, sent))
            yield from _compared(engine, primary_address(timed_url), by_hand, sent)


def _compared(engine: str, url: str, by_hand: Buyer, sent: Noted) -> Iterator[Line]:
    ours, theirs = _in_turn(url, by_hand)
    trips = median(sum(len(each) + 2 for each in purchase) for purchase in sent.purchases)
    made = f"{median(map(len, sent.purchases)):.0f} transactions, {trips:.0f} round trips; {engine}"
    for what, of, aim in (("by the clock", _clock, ">= 0.4"), ("processor of the process", _thread, "")):
        mine, bare = list(map(of, ours)), list(map(of, theirs))
        quickest = f"{quantiles(bare)[0] / quantiles(mine)[0]:.2f}, {_tenth(bare) / _tenth(mine):.2f} at the quickest"
        detail = f"{median(bare) * 1000:.2f} ms against {median(mine) * 1000:.2f} ms (quarter: {quickest}); {made}"
        yield f"writes of a purchase, {what}: raw SQL / ours", median(bare) / median(mine), aim, detail


def _tenth(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=10)[0]


def _clock(spent: Spent) -> float:
    return spent.clock


def _thread(spent: Spent) -> float:
    return spent.thread


def filled(url: str) -> None:
    """The demo, with as many blenders as are bought."""
    prepare(url)
    database = Database(url)
    with database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == SKU).values(on_hand=10_000))
    database.close()


@contextmanager
def _copy(server: Server) -> Iterator[str]:
    with server.database(server.template("writes", lambda url: filled(primary_address(url)))) as url:
        yield url


def _noted(url: str, folder: Path) -> Noted:
    """So many purchases of the shop, through its doors, with what they send."""
    sent = Noted()
    with world(folder, url) as opened, _noting(opened.house.database, sent):
        for number in range(TIMES + WARM):
            sent.purchases.append([])
            buy(opened, f"anna{number}@example.com")
    return sent


def _in_turn(url: str, by_hand: Buyer) -> tuple[list[Spent], list[Spent]]:
    """What each purchase took the shop, and what it took by hand; the first ones are not counted."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), url) as opened:
        gc.collect()
        gc.freeze()  # as the shop does when it begins to serve
        for number in range(TIMES + WARM):
            with _timed() as spent:
                buy(opened, f"anna{number}@example.com")
            ours.append(spent)
            theirs.append(by_hand(number))
        gc.unfreeze()
    return ours[WARM:], theirs[WARM:]


def buy(opened: World, email: str) -> Browser:
    """Buy a blender in Germany; the browser, which is at the order's page."""
    browser = opened.browser("de")
    browser.get(PRODUCT)
    browser.post(f"{SHOP}cart/lines", {"sku": SKU, "quantity": "1"})
    browser.get(browser.post(f"{SHOP}checkout", {**ANNA, "email": email}).headers["location"])
    till = browser.submit("/orders", accept="yes").headers["location"]
    browser.get(till)
    paid = browser.follow(browser.submit(path_of(till), outcome="pay"))
    if "/orders/" not in str(paid.url):
        raise RuntimeError(f"the purchase ended at {paid.url}")
    return browser


@contextmanager
def _noting(database: Database, sent: Noted) -> Iterator[None]:
    """Note what each writing transaction sends."""

    @contextmanager
    def noted(transaction: Transacting) -> Iterator[Session]:
        with transaction as db:
            sent.purchases[-1].append([])
            db.connection().info["written"] = sent.purchases[-1][-1]
            yield db

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if (into := connection.info.get("written")) is not None and not statement.startswith(("BEGIN", "COMMIT")):
            into.append((statement, parameters, many))

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "checkin", lambda _raw, record: record.info.pop("written", None))
    with _every_transaction(noted):
        yield


@contextmanager
def _timed() -> Iterator[Spent]:
    """What the writing transactions take from their beginnings to their ends."""
    spent = Spent()

    @contextmanager
    def timed(transaction: Transacting) -> Iterator[Session]:
        began, worked = perf_counter(), thread_time()
        with transaction as db:
            yield db
        spent.clock += perf_counter() - began
        spent.thread += thread_time() - worked

    with _every_transaction(timed):
        yield spent


@contextmanager
def _every_transaction(around: Callable[[Transacting], Transacting]) -> Iterator[None]:
    """Have every writing transaction of the shop go through `around` meanwhile."""
    inner = Database.writing
    Database.writing = lambda self: around(inner(self))  # type: ignore[method-assign]
    try:
        yield
    finally:
        Database.writing = inner  # type: ignore[method-assign]


@contextmanager
def _by_hand_sqlite(file: Path, sent: Noted) -> Iterator[Buyer]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in _pragmas(file):
        connection.execute(pragma)
    yield _repeating(sent, connection.cursor(), begin="BEGIN IMMEDIATE")
    connection.close()


@contextmanager
def _by_hand_postgresql(url: str, sent: Noted) -> Iterator[Buyer]:
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        yield _repeating(sent, connection.cursor(), begin="BEGIN")


def _repeating(sent: Noted, cursor: Any, *, begin: str) -> Buyer:
    def repeat(number: int) -> Spent:
        began, worked = perf_counter(), thread_time()
        for transaction in sent.purchases[number]:
            cursor.execute(begin)
            for statement, parameters, many in transaction:
                if many:
                    cursor.executemany(statement, parameters)
                    continue
                cursor.execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
            cursor.execute("COMMIT")
        return Spent(perf_counter() - began, thread_time() - worked)

    return repeat


def _pragmas(file: Path) -> list[str]:
    """The settings under which the shop writes, read from a connection of its own."""
    database = Database(f"sqlite:///{file}")
    with database.engine.connect() as connection:
        names = ("foreign_keys", "synchronous", "journal_mode", "cache_size", "mmap_size", "temp_store")
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    database.close()
    return [f"PRAGMA {name} = {value}" for name, value in read.items()]


if __name__ == "__main__":
    for what, value, aim, detail in lines():
        print(f"{what:<60} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
