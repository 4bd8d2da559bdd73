"""Figures of the writes of a purchase: its transactions as the shop makes them against the same statements by hand.

What the shop sends in its transactions is written down once; on a copy of the same database a bare driver then sends
the same statements with the same values, in as many transactions. python -m tests.bench.writes
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel import col, update

from shop.base.db import Database
from shop.catalogue.models import Stock
from tests.bench.buying import PRODUCT, SHOP, SKU
from tests.conftest import prepare
from tests.postgres import Server, found, running_postgres
from tests.world import ANNA, Browser, World, path_of, world

TIMES, WARM = 60, 5

Line = tuple[str, float, str, str]
Transaction = list[tuple[str, Any]]


@dataclass
class Spent:
    """Seconds of one purchase between the beginnings and the ends of its transactions."""

    clock: float = 0.0
    thread: float = 0.0


@dataclass
class Sent:
    """What the shop sent: each purchase's transactions, and what they took."""

    purchases: list[list[Transaction]] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)


def lines() -> Iterator[Line]:
    """What was measured on each engine: what, the figure, its aim, and how it was made up."""
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-writes-") as folder:
        demo = Path(folder) / "demo.db"
        filled(f"sqlite:///{demo}")
        copies = [Path(shutil.copy(demo, Path(folder) / f"{name}.db")) for name in ("written", "timed", "bare")]
        written, timed = (_bought(f"sqlite:///{each}", Path(folder)) for each in copies[:2])
        yield from _compared("SQLite", written, timed, _by_hand_sqlite(copies[2], written))
    if found() is None:
        yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
        return
    with running_postgres() as server, ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        urls = [stack.enter_context(_copy(server)) for _ in range(3)]
        written, timed = (
            _bought(each.replace("postgresql:", "postgresql+psycopg:", 1), Path(folder)) for each in urls[:2]
        )
        yield from _compared("PostgreSQL", written, timed, _by_hand_postgresql(urls[2], written))


def _compared(engine: str, written: Sent, timed: Sent, bare: list[Spent]) -> Iterator[Line]:
    counts = [sum(map(len, each)) for each in written.purchases]
    made = f"{median(map(len, written.purchases)):.0f} transactions, {median(counts):.0f} statements; {engine}"
    for what, of, aim in (("by the clock", _clock, ">= 0.4"), ("processor of the process", _thread, "")):
        ours, theirs = median(map(of, timed.spent[WARM:])), median(map(of, bare[WARM:]))
        detail = f"{theirs * 1000:.2f} ms against {ours * 1000:.2f} ms; {made}"
        yield f"writes of a purchase, {what}: raw SQL / ours", theirs / ours, aim, detail


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
    with server.database(server.template("writes", lambda url: filled(url.replace("://", "+psycopg://", 1)))) as url:
        yield url


def _bought(url: str, folder: Path) -> Sent:
    """So many purchases of the shop, through its doors."""
    sent = Sent()
    with world(folder, url) as opened, _watched(opened.house.database, sent):
        for number in range(TIMES + WARM):
            sent.purchases.append([])
            sent.spent.append(Spent())
            buy(opened, f"anna{number}@example.com")
    return sent


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
def _watched(database: Database, sent: Sent) -> Iterator[None]:
    """Note what each writing transaction sends, and what it takes from its beginning to its end."""
    inner = Database.writing

    @contextmanager
    def timed(self: Database) -> Iterator[Session]:
        began, worked = perf_counter(), thread_time()
        sent.purchases[-1].append([])
        with inner(self) as db:
            db.connection().info["written"] = sent.purchases[-1][-1]
            yield db
        sent.spent[-1].clock += perf_counter() - began
        sent.spent[-1].thread += thread_time() - worked

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if (into := connection.info.get("written")) is not None and not statement.startswith(("BEGIN", "COMMIT")):
            into += [(statement, each) for each in parameters] if many else [(statement, parameters)]

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "checkin", lambda _raw, record: record.info.pop("written", None))
    Database.writing = timed  # type: ignore[method-assign]
    try:
        yield
    finally:
        Database.writing = inner  # type: ignore[method-assign]


def _by_hand_sqlite(file: Path, sent: Sent) -> list[Spent]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in _pragmas(file):
        connection.execute(pragma)
    return _repeated(sent, connection.execute, begin="BEGIN IMMEDIATE")


def _by_hand_postgresql(url: str, sent: Sent) -> list[Spent]:
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        return _repeated(sent, connection.execute, begin="BEGIN")


def _repeated(sent: Sent, execute: Callable[..., Any], *, begin: str) -> list[Spent]:
    spent = []
    for purchase in sent.purchases:
        began, worked = perf_counter(), thread_time()
        for transaction in purchase:
            execute(begin)
            for statement, parameters in transaction:
                cursor = execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
            execute("COMMIT")
        spent.append(Spent(perf_counter() - began, thread_time() - worked))
    return spent


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
