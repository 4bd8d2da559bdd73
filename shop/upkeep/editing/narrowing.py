"""Over which part of the set-up an edit has to be checked, so that one row costs the same among a hundred and ten thousand.

A check looks from a row at the rows that it names. So an edit is checked over the rows that it touches and over what
these look at: of goods only the SKUs concerned, of all else whole files. What was left out is neither judged nor written.
An edit of what others look at (a market's currency, a product that goes) is checked over everything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.catalogue.models import OldSlug, Product, ProductText
from shop.upkeep.editing.applying import Wanted, plain_key, unlike
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.sheets import OPTIONAL_TABLES, SHEETS, TABLES
from shop.upkeep.storing import DEMANDS

MOST_GOODS = 500  # SKUs; beyond, the whole of the goods is read at once

# Pictures and papers are heavy, and only edits of them read them.
TOP = (
    "exporter.toml", "contacts.csv", "on_call.toml", *(f"{name}.csv" for name in SHEETS),
    *(f"{name}.toml" for name in (*TABLES, *OPTIONAL_TABLES)),
)  # fmt: skip
READ = frozenset({*TOP, "texts/", "crisis/", "knowledge/", "macros/", "research/", "checklists/"})

# file, or its folder -> what its rows are checked against and stored together with; the markets are always read
OF_GOODS: Mapping[str, tuple[str, ...]] = {
    "products.csv": ("listings.csv", "prices.csv", "tax.csv"), "stock.csv": ("products.csv",),
    "listings.csv": ("products.csv", "prices.csv", "tax.csv"), "landed_costs.csv": ("products.csv",),
    "texts": ("products.csv", "people.csv", "old_addresses.csv", "texts/"),
}  # fmt: skip
_DEMANDS = tuple(f"{name}.csv" for _model, name in DEMANDS)
OF_MARKETS: Mapping[str, tuple[str, ...]] = {
    "markets.toml": ("people.csv",), "shipping.csv": ("tax.csv",), "market_costs.csv": (), "price_rates.csv": (),
    "minimums.csv": (), **dict.fromkeys(_DEMANDS, _DEMANDS),
}  # fmt: skip
GOODS = frozenset({
    "products.csv", "stock.csv", "listings.csv", "prices.csv", "landed_costs.csv", "old_addresses.csv", "manuals.csv",
    "texts/",
})  # fmt: skip
BESIDES_GOODS = (
    "exporter.toml", "agents.toml", "calendars.csv", "contacts.csv", "on_call.toml", "knowledge", "macros", "crisis",
    "research", "checklists",
)  # fmt: skip
NEEDS: Mapping[str, Collection[str]] = {
    **OF_GOODS, **OF_MARKETS, **dict.fromkeys(BESIDES_GOODS, READ - GOODS),
}  # fmt: skip
# file -> the columns at which rows of other files look, besides at whether the row is there. (Of costs an import writes
# none where it has none: whether the last one goes is seen over all of them.)
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "markets.toml": ("id", "currency", "zone", "price_step", "specialist"), "products.csv": ("sku", "family"),
    "landed_costs.csv": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The files that are read (a folder with `/` at its end), and of goods the only SKUs; None: all of them."""

    names: frozenset[str]
    goods: frozenset[str] | None = None

    @property
    def left_out(self) -> frozenset[str]:
        """The files that the set-up has, and this part of it has not."""
        return frozenset(TOP) - self.names


WHOLE = Part(READ)


def part_of(db: Session, edits: Sequence[Edit], *, now: datetime) -> Part:
    """What these edits are checked over, unless they reach further."""
    places = {each.file: each.file.partition("/")[0] for each in edits}
    if any(place not in NEEDS for place in places.values()):
        return WHOLE
    names = {"markets.toml", *places, *(name for place in places.values() for name in NEEDS[place])}
    return Part(frozenset(names), _goods(db, [each for each in edits if places[each.file] in OF_GOODS], now=now))


def reaches_further(wanted: Iterable[Wanted]) -> bool:
    """Whether rows of other files look at what one of these changes, or a row gets another name."""
    return any(_reaches(each) for each in wanted)


def _reaches(row: Wanted) -> bool:
    if row.before is None or row.after is None:
        return row.before is not None and row.file in LOOKED_AT
    looked_at = LOOKED_AT.get(row.file, ())
    return row.key != row.old_key or any(column in looked_at for column in unlike(row.file, row.before, row.after))


def _goods(db: Session, edits: Sequence[Edit], *, now: datetime) -> frozenset[str] | None:
    """The SKUs that the edits touch, those that they name or that these fit, and those whose addresses they take."""
    skus: set[str] = set()
    slugs: set[str] = set()
    for edit in edits:
        shape, cells = shape_of(edit.file), edit.cells or {}
        named = dict(zip(shape.key, plain_key(shape, edit.key, now=now), strict=False))
        skus |= {str(each).strip() for each in (named.get("sku"), cells.get("sku"), *_words(cells.get("fits"))) if each}
        slugs |= {str(each).strip() for each in (cells.get("slug"),) if each}
        if len(skus) > MOST_GOODS:
            return None
    for model in (ProductText, OldSlug) if slugs else ():
        skus |= set(db.exec(select(model.sku).where(col(model.slug).in_(slugs))).all())
    return _with_fitting(db, skus)


def _with_fitting(db: Session, skus: set[str]) -> frozenset[str] | None:
    """With the products that these are spare parts of, and so on."""
    found, more = set(skus), set(skus)
    while more:
        if len(found) > MOST_GOODS:
            return None
        fits = db.exec(select(Product.fits).where(col(Product.sku).in_(more), col(Product.fits) != "")).all()
        more = {each for said in fits for each in said.split()} - found
        found |= more
    return frozenset(found)


def _words(cell: object) -> list[str]:
    return [str(each) for each in cell] if isinstance(cell, list) else str(cell or "").split()
