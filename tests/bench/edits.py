"""Figures of editing the set-up: one row among ten thousand against one at the demo's size, and ten thousand rows at once.

python -m tests.bench.edits

Seconds are of processor. The lock is what everybody who buys on SQLite waits for: from the beginning of the transaction
that writes to its end; what the disk takes for the commit comes on top.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.catalogue.models import Listing, PriceChange, Product, ProductText, Stock
from shop.demo import showing
from shop.markets.models import Market
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.upkeep.editing.changing import change, foresee
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import RawRow, table
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.writing.files import written

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PRODUCTS, MARKETS, TIMES = 1_250, 8, 9
ROWS = PRODUCTS * MARKETS
FILE = "listings.csv"

Line = tuple[str, float, str, str]


def lines() -> Iterator[Line]:
    """What was measured: what, the figure, its aim, and how it was made up."""
    policies = PolicyLibrary(ROOT / "policies")
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-edits-") as folder:
        demo, grown = (Path(folder, f"{name}.db") for name in ("demo", "grown"))
        with _opened(demo) as database:
            migrate(database)
            showing.load(database, policies, now=NOW)
        shutil.copy(demo, grown)
        with _opened(demo) as small, _opened(grown) as large:
            _grow(large)
            yield _one_row(small, large, policies)
            yield from _all_rows(large, policies)


def _one_row(small: Database, large: Database, policies: PolicyLibrary) -> Line:
    rows = [_listings(each, policies) for each in (small, large)]
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(TIMES + 1):
        for database, of, kept in zip((small, large), rows, times, strict=True):
            edits = [_priced(of[-1 - number], f"{900 + number}")]
            kept.append(_seconds(partial(_change, database, policies, edits, now=NOW)))
    little, much = (median(each[1:]) for each in times)  # the first warms up
    detail = f"{much * 1000:.0f} ms against {little * 1000:.0f} ms among {len(rows[0])}; SQLite"
    return f"one listing edited among {len(rows[1]):,} / among the demo's", much / little, "<= 2", detail


def _all_rows(database: Database, policies: PolicyLibrary) -> Iterator[Line]:
    rows = [each for each in _listings(database, policies) if each.key[1].startswith("X")]
    edits = [_priced(each, "321") for each in rows]
    plain = _seconds(lambda: _plainly(database, rows))
    looked = _seconds(lambda: foresee(database, policies, edits, now=LATER))
    with _locked(database) as held:
        kept = _seconds(lambda: _change(database, policies, edits, now=LATER))
    against = f"{plain:.2f} s for the same rows written plainly, with their history"
    yield f"{len(edits):,} listings foreseen / written plainly", looked / plain, "", f"{looked:.1f} s against {against}"
    yield f"{len(edits):,} listings edited / written plainly", kept / plain, "", f"{kept:.1f} s against {against}"
    locked = f"{sum(held):.2f} s in which nobody else can write, against {plain:.2f} s"
    yield "the lock of them / written plainly", sum(held) / plain, "<= 4", locked
    with database.reading() as db:
        out = _seconds(lambda: written(db, policies))
    yield f"a set-up of {len(rows):,} listings written as files / plainly", out / plain, "", f"{out:.1f} s"


def _listings(database: Database, policies: PolicyLibrary) -> list[RawRow]:
    with database.reading() as db:
        return list(table(db, policies, FILE).rows)


def _priced(row: RawRow, price: str) -> Edit:
    return Edit(FILE, row.key, {"price": price}, row.version)


def _change(database: Database, policies: PolicyLibrary, edits: list[Edit], *, now: datetime) -> None:
    assert change(database, policies, edits, person="mere", now=now)


def _plainly(database: Database, rows: list[RawRow]) -> None:
    """The rows that such an edit writes, and nothing else: prices, their history, and the record of the change."""
    of = (col(Listing.market) == bindparam("of_market"), col(Listing.sku) == bindparam("of_sku"))
    with database.keeping_nothing().writing() as db:
        number = _record(db)
        offers = [{"of_market": each.key[0], "of_sku": each.key[1]} for each in rows]
        db.connection().execute(update(Listing).where(*of).values(price=32_100), offers)
        prices = [{"market": each.key[0], "sku": each.key[1], "at": LATER, "price": 32_100} for each in rows]
        db.connection().execute(insert(PriceChange), prices)
        told = [{"change": number, "number": place, "file": FILE, "key": f"{each.key}", "before": f"{each.cells}",
                 "after": f"{each.cells}"} for place, each in enumerate(rows)]  # fmt: skip
        db.connection().execute(insert(ChangedRow), told)


def _record(db: Session) -> int:
    kept = SetupChange(at=LATER, person="mere")
    db.add(kept)
    db.flush()
    assert kept.id is not None
    return kept.id


def _grow(database: Database) -> None:
    """Ten thousand listings more, each with a price in its history, and texts in three languages."""
    with database.writing() as db:
        markets = db.exec(select(Market.id).order_by(col(Market.position)).limit(MARKETS)).all()
        skus = [f"X{number}" for number in range(PRODUCTS)]
        offers = [(market, sku) for market in markets for sku in skus]
        texts = [(sku, language) for sku in skus for language in ("de", "en", "fr")]
        first = NOW - timedelta(days=30)
        for model, rows in (
            (Product, [{"sku": sku, "kind": "spare", "plate": "parts", "tax_class": "standard"} for sku in skus]),
            (Stock, [{"sku": sku, "on_hand": 5} for sku in skus]),
            (Listing, [{"market": market, "sku": sku, "price": 10_000, "position": 1_000 + place}
                       for place, (market, sku) in enumerate(offers)]),
            (PriceChange, [{"market": market, "sku": sku, "at": first, "price": 10_000} for market, sku in offers]),
            (ProductText, [{"sku": sku, "language": language, "name": sku, "slug": sku.lower(), "summary": "A part"}
                           for sku, language in texts]),
        ):  # fmt: skip
            db.connection().execute(insert(model), rows)


@contextmanager
def _opened(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _locked(database: Database) -> Iterator[list[float]]:
    """The seconds of every transaction that wrote."""
    held: list[float] = []
    writing = database.writing

    @contextmanager
    def measured() -> Iterator[Session]:
        with writing() as db:
            began = process_time()
            yield db
        held.append(process_time() - began)

    database.writing = measured  # type: ignore[method-assign]
    try:
        yield held
    finally:
        database.writing = writing  # type: ignore[method-assign]


def _seconds(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return process_time() - began


if __name__ == "__main__":
    for what, value, aim, detail in lines():
        print(f"{what:<60} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
