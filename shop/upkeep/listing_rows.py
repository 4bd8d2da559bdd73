"""Writing what is listed and at which price: what was taken of an allotment stays taken, and every price enters the history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from shop.catalogue.models import Listing, PriceChange
from shop.checkout.allotment import taken_by_orders
from shop.upkeep.laying import keep, of_goods
from shop.upkeep.reading import Row

FEW = 100
Offer = tuple[str, str]  # market and SKU
History = Mapping[Offer, dict[datetime, int]]


def store_listings(
    db: Session, listings: Iterable[Row], prices: Iterable[Row], *, now: datetime, goods: Collection[str] | None = None
) -> None:
    """Have these listings and no others, in their order; write down earlier prices, and those that begin now.

    One that was offered before and comes back counts what orders took of it then. With `goods` the listings are those
    of these SKUs alone, the others stay, and a new one comes after all.
    """
    mine = of_goods(Listing, goods)
    places = select(Listing.market, Listing.sku, Listing.position).where(*mine)
    held = {(market, sku): place for market, sku, place in db.exec(places)}
    last = db.exec(select(func.max(Listing.position))).one() if mine else None
    rows = list(_placed(listings, held, after=0 if last is None else last + 1))
    _drop(db, held.keys() - {(row["market"], row["sku"]) for row in rows})
    before = taken_by_orders(db, {(row["market"], row["sku"]) for row in rows} - held.keys())
    again = {offer: {"taken": pieces} for offer, pieces in before.items()}
    keep(db, Listing, ({**row, **again.get((row["market"], row["sku"]), {})} for row in rows), where=mine)
    history, of_prices = _history(db, goods), of_goods(PriceChange, goods)
    told = [row.cells for row in prices if row["at"] not in history[row["market"], row["sku"]]]
    keep(db, PriceChange, told, where=of_prices)
    for cells in told:
        history[cells["market"], cells["sku"]][cells["at"]] = cells["price"]
    begun = list(_begun(rows, held, history, now=now))
    moments = {row["at"] for row in begun}
    at_once = (col(PriceChange.at).in_(moments),) if len(moments) <= FEW else ()  # an edit's prices begin together
    keep(db, PriceChange, begun, where=(*of_prices, *at_once))


def _placed(listings: Iterable[Row], held: Mapping[Offer, int], *, after: int) -> Iterator[dict[str, Any]]:
    """The rows with their places: each its old one, as long as that keeps the order; new ones `after` at the earliest."""
    last = -1
    for row in listings:
        last = max(last + 1, held.get((row["market"], row["sku"]), after))
        yield {**row.cells, "position": last}


def _drop(db: Session, gone: Iterable[Offer]) -> None:
    for market, sku in gone:
        db.connection().execute(delete(Listing).where(col(Listing.market) == market, col(Listing.sku) == sku))


def _history(db: Session, goods: Collection[str] | None) -> defaultdict[Offer, dict[datetime, int]]:
    """The prices of every offer by the moment from which they hold."""
    history: defaultdict[Offer, dict[datetime, int]] = defaultdict(dict)
    told = select(PriceChange.market, PriceChange.sku, PriceChange.at, PriceChange.price)
    for market, sku, at, price in db.exec(told.where(*of_goods(PriceChange, goods))):
        history[market, sku][at] = price
    return history


def _begun(
    rows: Iterable[Mapping[str, Any]], held: Collection[Offer], history: History, *, now: datetime
) -> Iterator[dict[str, Any]]:
    """The prices that are not the last known ones: of a new listing in force with it, else from now on."""
    for row in rows:
        offer = row["market"], row["sku"]
        last, price = max(history[offer].items(), default=(None, None))
        if price == row["price"]:
            continue
        begun = row["visible_from"] or now
        if last is not None and (offer in held or last >= begun):
            begun = max(now, last)  # a price that was still to come never came
        yield {"market": offer[0], "sku": offer[1], "at": begun, "price": row["price"]}
