"""Which changes of the set-up a person sees and may take back; the offer to do so right after one, and those of a SKU."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from shop.catalogue.models import Product
from shop.launches.arrival import Console
from shop.staff.may import ALL_MARKETS
from shop.upkeep.editing.following import kept_cells, key_text
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.workshop.goods_sight import writes_in
from shop.upkeep.workshop.reach import CHANGE, changes, read_spoken
from shop.upkeep.workshop.row_trail import sees_changed, told_changes

LARGEST = 2**31
A_FEW = 5  # changes on a page about something else
LOOKED_AT = 40


def all_rows(db: Session, change: int) -> list[ChangedRow]:
    """The rows of a change as they were written down."""
    return list(db.exec(select(ChangedRow).where(ChangedRow.change == change).order_by(col(ChangedRow.number))).all())


def seen_rows(db: Session, change: int, console: Console) -> list[ChangedRow]:
    """Those of them that this person may look at."""
    return [each for each in all_rows(db, change) if sees_changed(each, console)]


def may_undo(db: Session, change: int, console: Console) -> bool:
    """Whether every row of the change is one that this person may change."""
    spoken = read_spoken(db)
    rows = all_rows(db, change) if change < LARGEST else []
    return bool(rows) and all(_may_change(db, each, spoken, console) for each in rows)


def undo_url(console: Console, change: str) -> str:
    """Where the "Undo" of a sentence after saving leads: only for this person's own change that nobody has taken back."""
    number = int(change) if change.isascii() and change.isdigit() and len(change) < 10 else 0
    with console.database.reading() as db:
        row = db.get(SetupChange, number) if number else None
        if row is None or row.person != console.staff.person.id:
            return ""
        undone = db.exec(select(SetupChange.id).where(SetupChange.undoes == number)).first()
        return "" if undone or not may_undo(db, number, console) else f"/console/workshop/changes/{number}/undo"


def product_trail(db: Session, product: Product, console: Console) -> list[dict[str, Any]]:
    """The last changes of what a SKU's page shows, newest first, as far as this person may see them."""
    query = select(ChangedRow).where(_about(product)).order_by(col(ChangedRow.change).desc()).limit(LOOKED_AT)
    seen = dict.fromkeys(each.change for each in db.exec(query).all() if sees_changed(each, console))
    ids = list(seen)[:A_FEW]
    rows = db.exec(select(SetupChange).where(col(SetupChange.id).in_(ids)).order_by(col(SetupChange.id).desc())).all()
    return told_changes(db, list(rows), console)


def _about(product: Product) -> ColumnElement[bool]:
    """Rows of this SKU in any sheet of goods, and the pictures and papers of its family."""
    file, key = col(ChangedRow.file), col(ChangedRow.key)
    own = and_(
        key == key_text((product.sku,)),
        or_(file.in_(("products.csv", "stock.csv")), file.startswith("texts/", autoescape=True)),
    )
    offered = and_(file == "listings.csv", key.endswith(f", {key_text((product.sku,))[1:]}", autoescape=True))
    if not product.family:
        return or_(own, offered)
    folders = (f"art/{product.family}.", f"papers/{product.family}.")
    return or_(own, offered, *(file.startswith(each, autoescape=True) for each in folders))


def _may_change(db: Session, row: ChangedRow, spoken: Mapping[str, str], console: Console) -> bool:
    """As a sheet it may be changed on both sides; pictures and papers have no sheet, but a page of their own."""
    if row.file.startswith("art/"):
        return console.staff.may(CHANGE, ALL_MARKETS)
    if row.file.startswith("papers/"):
        _family, _kind, language = row.file.removesuffix(".md").rsplit(".", 2)
        return writes_in(db, console, language)
    sides = [kept_cells(side) or {} for side in (row.before, row.after) if side]
    return all(changes(console.staff, row.file, cells, spoken) for cells in sides)
