"""Storing an edit: only the sheets that it touches. What the import leaves alone for good reasons is left alone here, too."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from shop.base.i18n import N_
from shop.catalogue.models import OldSlug, Paper, Picture, Product, Stock
from shop.checkout.models import OrderLine
from shop.checkout.sold_out import tell_counted
from shop.policies.library import PolicyLibrary
from shop.support.known.models import OwnSteps
from shop.support.shifts.models import CalendarDay
from shop.upkeep.editing.applying import Wanted
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.sheets import Setup
from shop.upkeep.storing import STORES, picture_row
from shop.upkeep.wrong import Wrong

# What stores a file, by its name or by that of its folder.
STORED_BY = {
    "exporter.toml": "exporter", "people.csv": "people", "markets.toml": "markets", "products.csv": "products",
    "old_addresses.csv": "texts", "listings.csv": "listings", "tax.csv": "rates", "shipping.csv": "rates",
    "requirements.csv": "demands", "certificates.csv": "demands", "rules.csv": "demands", "mains.csv": "demands",
    "responsible_people.csv": "demands", "agents.toml": "agents", "calendars.csv": "agents",
    "landed_costs.csv": "costs", "market_costs.csv": "costs", "price_rates.csv": "price rates", "manuals.csv": "manuals",
    "minimums.csv": "minimums",
    "contacts.csv": "crisis", "on_call.toml": "crisis", "texts": "texts", "crisis": "crisis", "knowledge": "knowledge",
    "macros": "macros", "research": "research", "checklists": "checklists",
}  # fmt: skip
ONE_BY_ONE = ("stock.csv", "art", "papers")  # stored row by row: the rest of such a file is never written again


def place_of(file: str) -> str:
    """The file, or the folder that it lies in."""
    return file if file in STORED_BY or "/" not in file else file.partition("/")[0]


def store(db: Session, setup: Setup, policies: PolicyLibrary, wanted: Collection[Wanted], *, now: datetime) -> None:
    """Write what the edits touch into the caller's transaction. Raises BadSetup where something else stands against it."""
    named = {STORED_BY[place] for place in map(place_of, _files(wanted)) if place not in ONE_BY_ONE}
    try:
        with db.begin_nested():
            for name, write in STORES.items():  # in the order in which the rows need each other
                if name in named:
                    write(db, setup, policies, now)
                    db.flush()
            _store_stock(db, [each for each in wanted if each.file == "stock.csv"], now=now)
            _store_enclosed(db, setup, wanted)
            _remove(db, [each for each in wanted if each.leaves])
            db.flush()
    except IntegrityError:
        needed = Wrong(N_("cannot be stored: something else still needs what would go, or has what would come"))
        raise BadSetup([Complaint(each.file, "", needed, each.old_key) for each in wanted]) from None


def _files(wanted: Iterable[Wanted]) -> set[str]:
    return {each.file for each in wanted}


def _store_stock(db: Session, wanted: Collection[Wanted], *, now: datetime) -> None:
    """Pieces are counted over whatever is held or sold by now, and only if nobody has counted or sent meanwhile."""
    if not wanted:
        return
    for each in sorted(wanted, key=lambda row: row.key):  # in the order in which buyers take pieces
        if each.after is None:
            continue
        pieces, before = int(each.after["on_hand"]), each.before and int(each.before["on_hand"])
        if before is None or each.leaves:
            db.connection().execute(insert(Stock).values(sku=each.key[0], on_hand=pieces, held=0, sold=0))
            continue
        enough = col(Stock.held) + col(Stock.sold) <= pieces
        counted = update(Stock).where(col(Stock.sku) == each.key[0], col(Stock.on_hand) == before, enough)
        if db.connection().execute(counted.values(on_hand=pieces)).rowcount != 1:
            taken = Wrong(N_("is less than what is held or sold already, or pieces have left meanwhile"))
            raise BadSetup([Complaint(each.file, "", taken, each.key, "on_hand")])
    tell_counted(db, [each.key[0] for each in wanted], now=now)


def _store_enclosed(db: Session, setup: Setup, wanted: Iterable[Wanted]) -> None:
    pictures = {(each.family, each.position): each for each in setup.pictures}
    papers = {(each.family, each.kind, each.language): each for each in setup.papers}
    for file in sorted(_files(wanted)):
        stem = file.rpartition("/")[2].rpartition(".")[0]
        if file.startswith("art/"):
            family, _, number = stem.partition(".")
            picture = (family, int(number or 1))
            _put(
                db, Picture, ("family", "position"), picture, row=picture in pictures and picture_row(pictures[picture])
            )
        elif file.startswith("papers/"):
            family, kind, language = stem.split(".")
            paper = (family, kind, language)
            _put(db, Paper, ("family", "kind", "language"), paper, row=paper in papers and asdict(papers[paper]))


def _put(db: Session, model: type[SQLModel], names: tuple[str, ...], key: tuple[Any, ...], *, row: Any) -> None:
    gone = delete(model).where(*(getattr(model, name) == value for name, value in zip(names, key, strict=True)))
    db.connection().execute(gone)
    if row:
        db.connection().execute(insert(model).values(**row))


def _remove(db: Session, gone: Collection[Wanted]) -> None:
    """Take away the rows that an import would only leave out, as far as nothing else needs them."""
    keys = {file: [each.old_key for each in gone if each.file == file] for file in _files(gone)}
    for (sku,) in keys.get("stock.csv", ()):
        idle = (col(Stock.sku) == sku, col(Stock.held) == 0, col(Stock.sold) == 0)
        db.connection().execute(delete(Stock).where(*idle))
    for (sku,) in keys.get("products.csv", ()):
        db.connection().execute(delete(OldSlug).where(col(OldSlug.sku) == sku))
        db.connection().execute(delete(Product).where(col(Product.sku) == sku))
    _refuse_ordered(db, [each for each in gone if each.file in ("stock.csv", "products.csv")])
    for file in (each for each in keys if each.startswith("checklists/")):
        theirs = col(OwnSteps.language) == file.partition("/")[2].removesuffix(".toml")
        named = col(OwnSteps.procedure).in_([procedure for (procedure,) in keys[file]])
        db.connection().execute(delete(OwnSteps).where(theirs, named))
    for calendar, day in keys.get("calendars.csv", ()):
        mine = (col(CalendarDay.calendar) == calendar, col(CalendarDay.day) == date.fromisoformat(day))
        db.connection().execute(delete(CalendarDay).where(*mine))


def _refuse_ordered(db: Session, gone: Collection[Wanted]) -> None:
    """What was ever ordered stays known: returns, guarantees and recalls ask for it. Asked after the rows of its pieces
    have gone, so that no order can begin between.
    """
    skus = {each.old_key[0] for each in gone}
    if skus:
        ordered = set(db.exec(select(OrderLine.sku).where(col(OrderLine.sku).in_(skus)).distinct()).all())
        kept = N_("has been ordered, and must be known for returns and guarantees; take it out of the markets instead")
        told = [Complaint(each.file, "", Wrong(kept), each.old_key) for each in gone if each.old_key[0] in ordered]
        if told:
            raise BadSetup(told)
