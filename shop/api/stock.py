"""Operations on the stock, which is of all markets. A count is kept as the console keeps one, and can be taken back there."""

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.goods_shapes import StockAsked, StockChange, Stocks, StockTold
from shop.api.operations import Call, Operation, Reply, etag
from shop.api.paging import following, place
from shop.catalogue.models import Stock
from shop.ground.errors import Refusal, found
from shop.staff.may import ALL_MARKETS
from shop.upkeep.editing.counting import count_pieces


class TooFewPieces(Refusal):
    """There cannot be fewer pieces than are held for payments under way or sold and not yet dispatched."""


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
    _of_all_markets(call, db)
    stock = found(db.get(Stock, call.path["sku"], populate_existing=True, with_for_update=True))
    if call.if_match:
        call.match(etag("stock", stock.sku, stock.on_hand))
    counted = count_pieces(
        db, stock, **asked.model_dump(), person=call.staff.person.id, reason=call.reason, now=call.now
    )
    if not counted:
        raise TooFewPieces(held=stock.held, sold=stock.sold)
    return show_stock(call, db)


def _of_all_markets(call: Call, _db: Session) -> None:
    call.staff.check_market(ALL_MARKETS)


def _stock(stock: Stock) -> StockTold:
    return StockTold(**stock.model_dump(), free=stock.on_hand - stock.held - stock.sold)


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
    reads=StockChange, session="writing", etag=True, if_match="may", within=_of_all_markets, example={"add": 12},
    summary="Say what was counted, or what came in. Never less than is held or sold.",
    also={409: "Fewer pieces than are held or sold."},
)  # fmt: skip

HANDLERS = [door(each) for each in (STOCK, STOCK_OF, CHANGE_STOCK)]
