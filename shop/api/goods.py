"""Operations on what is sold: the listings of a market and the stock. A listing is edited as the console edits it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.goods_shapes import (
    ListingChange,
    Listings,
    ListingTold,
    StockAsked,
    StockChange,
    Stocks,
    StockTold,
)
from shop.api.operations import Call, Operation, Reply, etag
from shop.api.order_shapes import Amount
from shop.api.paging import Paged, following, place
from shop.api.problems import Problem, Wrong, wrong
from shop.catalogue.models import Listing, Stock
from shop.checkout.stock import recount
from shop.ground.errors import NotFound, Refusal, found
from shop.ground.instants import local
from shop.ground.money import Money
from shop.markets.models import Market
from shop.upkeep.editing.changing import Edit, StaleEdit, change
from shop.upkeep.editing.tables import table
from shop.upkeep.reading import BadSetup

FILE = "listings.csv"
EVERYWHERE = ""


class TooFewPieces(Refusal):
    """There cannot be fewer pieces than are held for payments under way or sold and not yet dispatched."""


def list_listings(call: Call, db: Session) -> Reply:
    """A page of a market's listings."""
    market = found(db.get(Market, call.own_market(call.path["market"])))
    query, before = select(Listing).where(Listing.market == market.id), place(call, 1)
    if before is not None:
        query = query.where(col(Listing.sku) > str(before[0]))
    rows, after = following(call, db.exec(query.order_by(col(Listing.sku)).limit(call.query.limit + 1)).all(), "sku")
    return Reply(Listings(items=[_listing(each, market) for each in rows], next=after))


def show_listing(call: Call, db: Session) -> Reply:
    """One listing."""
    return _shown(call, db)


def change_listing(call: Call) -> Reply:
    """Change a listing by an edit of its row, which the import's own checks look at."""
    asked: ListingChange = call.body
    database, key = call.hall.database, (call.path["market"], call.path["sku"])
    with database.reading() as db:
        call.match(_shown(call, db).etag, must=True)
        market = found(db.get(Market, key[0]))
        rows = table(db, call.hall.policies, FILE).rows
    row = found(next((each for each in rows if each.key == key), None))
    cells = {name: _cell(name, getattr(asked, name), market) for name in sorted(asked.model_fields_set)}
    edit = Edit(FILE, key, {name: value for name, value in cells.items() if row.cells.get(name) != value}, row.version)
    try:
        if edit.cells:
            change(database, call.hall.policies, [edit], person=call.staff.person.id, now=call.now, reason="API")
    except StaleEdit:
        raise Problem("changed_meanwhile") from None
    except BadSetup as bad:
        raise Problem("not_understood", errors=[_complaint(each) for each in bad.complaints]) from None
    with database.reading() as db:
        return _shown(call, db)


def list_stock(call: Call, db: Session) -> Reply:
    """A page of the stock."""
    query, before = select(Stock), place(call, 1)
    if before is not None:
        query = query.where(col(Stock.sku) > str(before[0]))
    rows, after = following(call, db.exec(query.order_by(col(Stock.sku)).limit(call.query.limit + 1)).all(), "sku")
    return Reply(Stocks(items=[_stock(each) for each in rows], next=after))


def show_stock(call: Call, db: Session) -> Reply:
    """The stock of one product."""
    stock = found(db.get(Stock, call.path["sku"]))
    return Reply(_stock(stock), etag=etag("stock", stock.sku, stock.on_hand))


def change_stock(call: Call, db: Session) -> Reply:
    """Set what was counted, or add what came in. Stock is of all markets: only who works for all of them changes it."""
    asked = call.body.root
    if not call.may_in(EVERYWHERE):
        raise NotFound
    stock = found(db.get(Stock, call.path["sku"], populate_existing=True, with_for_update=True))
    if call.if_match:
        call.match(etag("stock", stock.sku, stock.on_hand))
    if not recount(db, stock.sku, **asked.model_dump()):
        raise TooFewPieces(held=stock.held, sold=stock.sold)
    db.refresh(stock)
    return show_stock(call, db)


def _shown(call: Call, db: Session) -> Reply:
    market = found(db.get(Market, call.own_market(call.path["market"])))
    listing = found(db.get(Listing, (market.id, call.path["sku"]), populate_existing=True))
    told = _listing(listing, market)
    return Reply(told, etag=etag("listing", told.model_dump_json(exclude={"taken"})))


def _listing(listing: Listing, market: Market) -> ListingTold:
    price = Money(listing.price, market.currency)
    told = listing.model_dump(exclude={"price", "position", "reduced_since"})
    return ListingTold(price=Amount(minor=price.minor, currency=price.currency, amount=price.plain), **told)


def _stock(stock: Stock) -> StockTold:
    return StockTold(**stock.model_dump(), free=stock.on_hand - stock.held - stock.sold)


def _cell(name: str, value: Any, market: Market) -> str:
    """The value as a cell of the file: an instant as the market's wall time, a day where it is a midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        try:
            wall = local(value, market.zone).replace(tzinfo=None, second=0, microsecond=0)
        except OverflowError:
            raise wrong("No calendar reaches so far.", f"/{name}") from None
        return wall.date().isoformat() if (wall.hour, wall.minute) == (0, 0) else wall.isoformat(timespec="minutes")
    return str(value)


def _complaint(complaint: Any) -> Wrong:
    column = getattr(complaint, "column", "")
    return Wrong(where="body", pointer=f"/{column}" if column else "", detail=str(complaint))


LISTINGS = Operation(
    method="GET", path="/markets/{market}/listings", name="listListings", scope="listings:read", act=list_listings,
    gives=Listings, asks=Paged, summary="What is sold in a market, by SKU, page by page.",
)  # fmt: skip
LISTING = Operation(
    method="GET", path="/markets/{market}/listings/{sku}", name="getListing", scope="listings:read", act=show_listing,
    gives=ListingTold, summary="One product in a market.", etag=True,
)  # fmt: skip
CHANGE_LISTING = Operation(
    method="PATCH", path="/markets/{market}/listings/{sku}", name="changeListing", scope="listings:write",
    act=change_listing, gives=ListingTold, reads=ListingChange, session="own", etag=True, if_match="must",
    summary="Change a price, the days of sale or the limits. The shop follows at once.", example={"price": "249.00"},
)  # fmt: skip
STOCK = Operation(
    method="GET", path="/stock", name="listStock", scope="stock:read", act=list_stock, gives=Stocks, asks=StockAsked,
    summary="The stock of every product, by SKU, page by page.",
)  # fmt: skip
STOCK_OF = Operation(
    method="GET", path="/stock/{sku}", name="getStock", scope="stock:read", act=show_stock, gives=StockTold,
    summary="The stock of one product.", etag=True,
)  # fmt: skip
CHANGE_STOCK = Operation(
    method="PATCH", path="/stock/{sku}", name="changeStock", scope="stock:write", act=change_stock, gives=StockTold,
    reads=StockChange, session="writing", etag=True, if_match="may", example={"add": 12},
    summary="Say what was counted, or what came in. Never less than is held or sold.",
    also={409: "Fewer pieces than are held or sold."},
)  # fmt: skip

HANDLERS = [door(each) for each in (LISTINGS, LISTING, CHANGE_LISTING, STOCK, STOCK_OF, CHANGE_STOCK)]
