"""What has to be written down before a market winds down, and what becomes of the goods that are left there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.catalogue.models import Listing, Product, ProductText, Stock
from shop.catalogue.suitability import SERVICE
from shop.ground.errors import NotFound, Refusal
from shop.ground.instants import first_instant
from shop.launches.models import StockFate, WindDown
from shop.markets.models import LaunchEvent, Market

Way = Literal["return", "sell", "destroy"]
WAYS: tuple[Way, ...] = get_args(Way)


class WindingIncomplete(Refusal):
    """A market does not wind down before everything about its end is written down; `lacking` names what is not."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the pieces of one SKU; `cost` in minor units of the market's currency. No pieces, no fate."""

    sku: str
    pieces: int
    way: Way = "return"
    cost: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Winding:
    """How a market ends: its last day of orders, who answers for it, from where money is given back, what of the goods.

    A payment begun before the market winds down may arrive until the end of `last_order_on`, a day of its own calendar.
    """

    last_order_on: date
    contact: str
    refund_plan: str
    fates: tuple[Fate, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Pieces of a SKU that are meant for a market and not sold yet."""

    sku: str
    name: str
    pieces: int


def left_in(db: Session, market: Market) -> list[Left]:
    """The goods listed in the market with what is left of them: of its own allotment, or of all that is in stock."""
    query = (
        select(Listing, Stock, ProductText.name)
        .join(Product, col(Product.sku) == col(Listing.sku))
        .outerjoin(Stock, col(Stock.sku) == col(Listing.sku))
        .outerjoin(
            ProductText,
            (col(ProductText.sku) == col(Listing.sku)) & (col(ProductText.language) == market.languages.split()[0]),
        )
        .where(Listing.market == market.id, Product.kind != SERVICE)
        .order_by(col(Listing.position), col(Listing.sku))
    )
    return [Left(listing.sku, name or listing.sku, _pieces(listing, stock)) for listing, stock, name in db.exec(query)]


def last_order_at(market: Market, winding: Winding) -> datetime:
    """The instant at which the last day of orders is over by the market's own clock."""
    return first_instant(datetime.combine(winding.last_order_on + timedelta(days=1), datetime.min.time()), market.zone)


def check_winding(db: Session, market: Market, winding: Winding | None, *, now: datetime) -> None:
    """Raises WindingIncomplete unless day, contact, refunds and the fate of every listed SKU are written down."""
    if winding is None:
        raise WindingIncomplete(lacking=["last_order_on", "contact", "refund_plan", "fates"])
    lacking = [name for name in ("contact", "refund_plan") if not getattr(winding, name).strip()]
    if last_order_at(market, winding) <= now:
        lacking.insert(0, "last_order_on")
    told = {each.sku for each in winding.fates if not each.pieces or (each.way in WAYS and each.owner.strip())}
    lacking += [each.sku for each in left_in(db, market) if each.sku not in told]
    if lacking:
        raise WindingIncomplete(lacking=lacking)


def keep_winding(db: Session, event: LaunchEvent, winding: Winding) -> None:
    """Store what was written down, in place of what an earlier winding down that was taken back had said."""
    forget_winding(db, event.market)
    db.add(WindDown(market=event.market, event=event.id or 0, contact=winding.contact, refund_plan=winding.refund_plan))
    for each in winding.fates:
        if each.pieces:
            db.add(
                StockFate(
                    market=event.market, sku=each.sku, pieces=each.pieces, fate=each.way, cost=each.cost,
                    owner=each.owner,
                )
            )  # fmt: skip
    db.flush()


def forget_winding(db: Session, market: str) -> None:
    """Take back what was written down of the market's end."""
    for row in (*fates_of(db, market), db.get(WindDown, market)):
        if row is not None:
            db.delete(row)
    db.flush()


def fates_of(db: Session, market: str) -> list[StockFate]:
    """What becomes of the goods of a market that winds down, by SKU."""
    return list(db.exec(select(StockFate).where(StockFate.market == market).order_by(col(StockFate.sku))).all())


def fate_done(db: Session, market: str, sku: str, *, person: str, now: datetime) -> None:
    """Note that the pieces of the SKU are seen to. Raises NotFound where nothing is left to do."""
    mine = update(StockFate).where(col(StockFate.market) == market, col(StockFate.sku) == sku)
    done = mine.where(col(StockFate.done_at).is_(None)).values(done_at=now, done_by=person)
    if db.connection().execute(done).rowcount != 1:
        raise NotFound


def _pieces(listing: Listing, stock: Stock | None) -> int:
    free = max(stock.on_hand - stock.held - stock.sold, 0) if stock else 0
    return free if listing.allotment is None else min(listing.allotment - listing.taken, free)
