"""Figures of the board: fifty markets with a million orders against the same with ten thousand, on both engines.

python -m tests.bench.board [how many orders]
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from statistics import median

from shop.aftersales.models import Case
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.outbox import Effect
from shop.base.pages import Pages
from shop.base.settings import ROOT
from shop.catalogue.models import Listing, Product, ProductText, Stock
from shop.checkout.models import Hold, Order, Refund
from shop.launches import board
from shop.launches.arrival import Console
from shop.launches.changing.touched import touched
from shop.launches.looks import looks
from shop.launches.readying.gathering import Sources
from shop.launches.sheet import line_of, sheet
from shop.markets.exposure_models import Exposure, ExposureDay
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.models import Person
from tests.bench.alternating import alternating
from tests.bench.many import NOW
from tests.bench.rows import Row, let_it_count, write
from tests.postgres import found, running_postgres

MARKETS, ORDERS, SMALL, TIMES = 50, 1_000_000, 10_000, 15
HISTORY = timedelta(days=700)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Auckland", "Asia/Dubai")
AT_WORK, TESTS, CASED, REFUSED = 400, 150, 0.05, 4  # orders under way, test orders, cases per order, refused refunds

Line = tuple[str, float, str, str]
_ORDER = (
    *("number", "market", "language", "currency", "state", "test", "key", "content", "email", "name", "address"),
    *("goods", "shipping", "net", "tax", "total", "days_min", "days_max", "placed_at", "paid_at", "delivered_at"),
)
_CASE = ("number", "door", "market", "language", "order_number", "name", "email", "key", "content", "state", "filed_at")
_EFFECT = ("kind", "key", "payload", "due_at", "created_at", "done_at", "dead_at")
_HOLD = ("order_number", "state", "expires_at")
_REFUND = ("key", "order_number", "ground", "minor", "state", "asked_at")


def lines(orders: int = ORDERS) -> Iterator[Line]:
    """What was measured: what, the figure, its aim, and how it was made up."""
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-board-") as folder:
        yield from _of_engine([f"sqlite:///{folder}/{name}.db" for name in ("small", "large")], orders)
    if found() is None:
        yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
        return
    with running_postgres() as server:
        yield from _of_engine([server.url(server.create()) for _ in range(2)], orders)


def _of_engine(urls: list[str], orders: int) -> Iterator[Line]:
    urls = [each.replace("postgresql://", "postgresql+psycopg://", 1) for each in urls]
    with ExitStack() as stack:
        databases = [stack.enter_context(_filled(url, count)) for url, count in zip(urls, (SMALL, orders), strict=True)]
        engine = "SQLite" if databases[0].sqlite else "PostgreSQL"
        for what, look in (("board", _board), ("market page", _market), ("what a step touches", _touched)):
            small, large = alternating([look(each) for each in databases], TIMES)
            ratio = median(mine / theirs for mine, theirs in zip(large, small, strict=True))
            detail = f"{median(large) * 1000:.1f} ms against {median(small) * 1000:.1f} ms; {engine}"
            yield f"{what}, {MARKETS} markets: {orders:,} / {SMALL:,} orders", ratio, "<= 1.3", detail


def _console(database: Database) -> Console:
    tongue, policies = Languages(ROOT / "locales").tongue("en"), PolicyLibrary(ROOT / "policies")
    with database.reading() as db:
        staff, exporter = Staff(db.get_one(Person, "mere"), tongue), db.get_one(Exporter, 1)
    pages = Pages(ROOT / "templates", version="")
    return Console(staff, database, pages, Sources(policies, ("en",), live_payments=False), exporter, "", NOW)


def _board(database: Database) -> Callable[[], None]:
    """Everything the board asks of the database, and its rows in words."""
    console = _console(database)

    def look() -> None:
        with database.reading() as db:
            found_lines = board.lines(db, console)
            looks(db, found_lines, console)
        board.rows(found_lines, console)

    return look


def _market(database: Database) -> Callable[[], None]:
    console = _console(database)

    def look() -> None:
        with database.reading() as db:
            sheet(db, console, line_of(db, console, "m0"))

    return look


def _touched(database: Database) -> Callable[[], None]:
    def look() -> None:
        with database.reading() as db:
            touched(db, "m0", now=NOW)

    return look


@contextmanager
def _filled(url: str, orders: int) -> Iterator[Database]:
    """A migrated database with fifty markets in their soft launch and so many orders, few of them under way."""
    database = Database(url)
    migrate(database)
    _set_up(database, orders)
    with database.engine.connect() as connection:
        if database.sqlite:
            connection.connection.driver_connection.execute("PRAGMA synchronous=OFF")  # type: ignore[union-attr]
        connection.execution_options(writing=True)
        with connection.begin():
            write(connection, Order, _ORDER, _orders(orders))
            write(connection, Case, _CASE, _cases(orders))
            write(connection, Refund, _REFUND, _refunds(orders))
            write(connection, Hold, _HOLD, ((f"O-{number:08}", "sold", NOW) for number in range(orders)))
            write(connection, Effect, _EFFECT, _effects(orders))
        connection.invalidate()
    let_it_count(database)
    yield database
    database.close()


def _set_up(database: Database, orders: int) -> None:
    with database.writing() as db:
        db.add(
            Exporter(
                name="Harbourbench", legal_name="Harbourbench Ltd", brand="Harbourbench", home_market="m0", zone="UTC",
                address="Nelson", email="care@example.com", phone="1",
            )
        )  # fmt: skip
        db.add(Person(id="mere", email="mere@example.com", name="Mere T", role="exporter", language="en", zone="UTC"))
        db.add_all(
            Product(sku=f"S{number}", kind="cosmetic", plate="skin", label_languages="en") for number in range(8)
        )
        db.flush()
        for number in range(8):
            db.add(
                ProductText(sku=f"S{number}", language="en", name=f"Cream {number}", slug=f"cream-{number}", summary="")
            )
            db.add(Stock(sku=f"S{number}", on_hand=100))
        for number in range(MARKETS):
            db.add(_market_row(number))
        db.flush()
        for number in range(MARKETS):
            id = f"m{number}"
            db.add_all(Listing(market=id, sku=f"S{each}", price=20_00, position=each) for each in range(8))
            db.add(Exposure(market=id, paid=orders // MARKETS))
            db.add(ExposureDay(market=id, day=NOW.date(), paid=3))
            for step, (before, after) in enumerate((("draft", "ready"), ("ready", "soft"))):
                at = NOW - HISTORY + timedelta(days=step)
                db.add(
                    LaunchEvent(
                        market=id, at=at, action="launch" if step else "ready", from_state=before, to_state=after,
                        person="mere", reason="as planned",
                    )
                )  # fmt: skip


def _market_row(number: int) -> Market:
    return Market(
        id=f"m{number}",
        country=("DE", "JP", "BR", "NZ", "AE")[number % 5],
        currency="EUR",
        zone=ZONES[number % 5],
        languages="en",
        position=number,
        state="soft",
        audience="invitation",
        order_cap=1_000_000,
        daily_cap=10,
        ever_sold=True,
    )


def _orders(orders: int) -> Iterator[Row]:
    chance = random.Random(orders)
    for number in range(orders):
        test = number < TESTS
        state = "paid" if TESTS <= number < TESTS + AT_WORK else "delivered"
        at = NOW - timedelta(seconds=chance.randrange(int(HISTORY.total_seconds())))
        yield (
            *(f"O-{number:08}", f"m{number % MARKETS}", "en", "EUR", state, test, f"key-{number}", "c"),
            *(f"customer{number}@example.com", f"Customer {number}", "{}", 20_00, 0, 17_00, 3_00, 20_00, 1, 3),
            *(at, at, at + timedelta(days=4) if state == "delivered" else None),
        )


def _cases(orders: int) -> Iterator[Row]:
    for number in range(int(orders * CASED)):
        state = "received" if number < AT_WORK // 4 else "done"
        yield (
            *(f"C-{number:08}", "return", f"m{number % MARKETS}", "en", f"O-{number:08}", f"Customer {number}"),
            *(f"customer{number}@example.com", f"case-{number}", "c", state, NOW - timedelta(days=number % 600)),
        )


def _refunds(orders: int) -> Iterator[Row]:
    for number in range(int(orders * CASED)):
        state = "refused" if number < REFUSED else "done"
        yield f"R-{number}", f"O-{number:08}", "return", 20_00, state, NOW - timedelta(days=number % 600)


def _effects(orders: int) -> Iterator[Row]:
    """A mail for every order, sent but for the few that were given up."""
    for number in range(orders):
        at, dead = NOW - timedelta(days=number % 600), number < REFUSED
        yield "order mail", f"mail-{number}", "{}", at, at, None if dead else at, at if dead else None


if __name__ == "__main__":
    for what, value, aim, detail in lines(*map(int, sys.argv[1:2])):
        print(f"{what:<60} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
