"""What must hold of stock: held and sold, and every other count of pieces and orders, are what the orders say."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, literal_column, or_
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.catalogue.models import Listing, Stock
from shop.checkout.models import CustomerAllowance, Hold, Order, OrderLine, Parcel, ParcelLine, PaymentAttempt
from shop.markets.exposure_models import Exposure
from shop.markets.models import Market

GRACE = timedelta(seconds=60)  # within which the periodic work ends a hold that is over


def _held(db: Session, _now: datetime) -> Iterable[Broken]:
    held = (
        select(OrderLine.sku, func.sum(OrderLine.quantity).label("pieces"))
        .join(Hold, col(Hold.order_number) == col(OrderLine.order_number))
        .where(Hold.state == "held")
        .group_by(col(OrderLine.sku))
        .subquery()
    )
    pieces = func.coalesce(held.c.pieces, 0)
    query = naming(Stock.sku, Stock.held, pieces.label("in_orders")).outerjoin(held, held.c.sku == Stock.sku)
    return broken_rows(db, query.where(col(Stock.held) != pieces).order_by(col(Stock.sku)))


def _sold(db: Session, _now: datetime) -> Iterable[Broken]:
    """Sold is what has been paid for and neither sent nor withheld; services go with the last parcel."""
    mine = (Order.state == "paid", col(Order.test).is_(False))
    ordered = (
        select(OrderLine.sku, func.sum(OrderLine.quantity - OrderLine.withheld).label("pieces"))
        .join(Order, col(Order.number) == col(OrderLine.order_number))
        .where(*mine)
        .group_by(col(OrderLine.sku))
        .subquery()
    )
    sent = (
        select(ParcelLine.sku, func.sum(ParcelLine.quantity).label("pieces"))
        .join(Parcel, col(Parcel.id) == col(ParcelLine.parcel))
        .join(Order, col(Order.number) == col(Parcel.order_number))
        .where(*mine)
        .group_by(col(ParcelLine.sku))
        .subquery()
    )
    left = func.coalesce(ordered.c.pieces, 0) - func.coalesce(sent.c.pieces, 0)
    query = naming(Stock.sku, Stock.sold, left.label("in_orders"))
    query = query.outerjoin(ordered, ordered.c.sku == Stock.sku).outerjoin(sent, sent.c.sku == Stock.sku)
    return broken_rows(db, query.where(col(Stock.sold) != left).order_by(col(Stock.sku)))


def _oversold(db: Session, _now: datetime) -> Iterable[Broken]:
    negative = or_(col(Stock.held) < 0, col(Stock.sold) < 0)
    query = naming(Stock.sku, Stock.on_hand, Stock.held, Stock.sold)
    return broken_rows(
        db, query.where(or_(negative, col(Stock.held) + Stock.sold > Stock.on_hand)).order_by(col(Stock.sku))
    )


def _taken(db: Session, _now: datetime) -> Iterable[Broken]:
    counted = (
        select(Order.market, OrderLine.sku, func.sum(OrderLine.quantity).label("pieces"))
        .join(OrderLine, col(OrderLine.order_number) == col(Order.number))
        .join(Hold, col(Hold.order_number) == col(Order.number))
        .where(col(Hold.state).in_(("held", "sold")))
        .group_by(col(Order.market), col(OrderLine.sku))
        .subquery()
    )
    pieces = func.coalesce(counted.c.pieces, 0)
    mine = and_(counted.c.market == col(Listing.market), counted.c.sku == col(Listing.sku))
    query = naming((col(Listing.market) + " " + col(Listing.sku)), Listing.taken, pieces.label("in_orders"))
    query = query.select_from(Listing).outerjoin(counted, mine).where(col(Listing.taken) != pieces)
    return broken_rows(db, query.order_by(col(Listing.market), col(Listing.sku)))


def _places(db: Session, _now: datetime) -> Iterable[Broken]:
    def of(state: str, value: Any) -> Any:
        return func.sum(case((col(Hold.state) == state, value), else_=0))

    # No index is over this: SQLite would go from market to market through the whole table, and not along it once.
    market = col(Order.market).op("||")(literal_column("''"))
    counted = (
        naming(
            market.label("market"),
            of("held", 1).label("held"),
            of("sold", 1).label("paid"),
            of("held", Order.total).label("held_value"),
            of("sold", Order.total).label("paid_value"),
        )
        .join(Hold, col(Hold.order_number) == col(Order.number))
        .group_by(market)
        .subquery()
    )
    names = ("held", "paid", "held_value", "paid_value")
    pairs = [(name, func.coalesce(getattr(Exposure, name), 0), func.coalesce(counted.c[name], 0)) for name in names]
    told = [
        each.label(text) for name, kept, found in pairs for each, text in ((kept, name), (found, f"{name}_in_orders"))
    ]
    query = naming(Market.id, *told).outerjoin(Exposure, col(Exposure.market) == col(Market.id))
    query = query.outerjoin(counted, counted.c.market == Market.id)
    return broken_rows(db, query.where(or_(*(kept != found for _name, kept, found in pairs))).order_by(col(Market.id)))


def _overdue(db: Session, now: datetime) -> Iterable[Broken]:
    """A delayed method may keep its hold for days."""
    waits = exists().where(
        col(PaymentAttempt.order_number) == col(Hold.order_number), col(PaymentAttempt.state) == "waiting"
    )
    query = naming(Hold.order_number, Hold.expires_at).where(Hold.state == "held", ~waits)
    return broken_rows(db, query.where(col(Hold.expires_at) < now - GRACE).order_by(col(Hold.expires_at)))


def _allowances(db: Session, _now: datetime) -> Iterable[Broken]:
    """Each piece counts once for the mailbox and once for the browser, as far as the order still says whose it is."""
    names = case((col(Order.email) != "", 1), else_=0) + case((col(Order.visitor) != "", 1), else_=0)
    ordered = (
        select(Order.market, OrderLine.sku, func.sum(OrderLine.quantity * names).label("pieces"))
        .join(OrderLine, col(OrderLine.order_number) == col(Order.number))
        .join(Hold, col(Hold.order_number) == col(Order.number))
        .where(col(Hold.state).in_(("held", "sold")))
        .group_by(col(Order.market), col(OrderLine.sku))
        .subquery()
    )
    kept = CustomerAllowance
    counted = (
        select(kept.market, kept.sku, func.sum(kept.pieces).label("pieces"))
        .group_by(col(kept.market), col(kept.sku))
        .subquery()
    )
    offer = select(counted.c.market, counted.c.sku).union(select(ordered.c.market, ordered.c.sku)).subquery()
    pieces, found = func.coalesce(counted.c.pieces, 0), func.coalesce(ordered.c.pieces, 0)
    query = naming(
        (offer.c.market + " " + offer.c.sku).label("offer"), pieces.label("counted"), found.label("in_orders")
    )
    for side in (counted, ordered):
        query = query.outerjoin(side, and_(side.c.market == offer.c.market, side.c.sku == offer.c.sku))
    return broken_rows(db, query.where(pieces != found).order_by(offer.c.market, offer.c.sku))


_RECOUNT = N_(
    "Count the pieces on the shelf and in the waiting orders, set the stock to that number, and find out what changed it."
)

INVARIANTS = (
    Invariant(
        "stock.held",
        "I2",
        N_("The pieces counted as held are exactly those in the orders that are being paid."),
        _RECOUNT,
        _held,
    ),
    Invariant(
        "stock.sold",
        "I2",
        N_("The pieces counted as sold are exactly those that were paid for and not yet sent."),
        _RECOUNT,
        _sold,
    ),
    Invariant("stock.oversold", "I2", N_("No more pieces are held and sold than there are."), _RECOUNT, _oversold),
    Invariant(
        "listing.taken",
        "I2",
        N_("Each market's share of the stock counts the pieces that its orders hold or have bought."),
        N_(
            "Find out who changed the figure by hand, and how; until it is right, the market sells too much or too little."
        ),
        _taken,
    ),
    Invariant(
        "market.places",
        "I2",
        N_("Each market's caps count the orders that are being paid and those that have been paid."),
        N_(
            "Find out who changed the figure by hand, and how; until it is right, the market sells too much or too little."
        ),
        _places,
    ),
    Invariant(
        "customer.allowance",
        "I2",
        N_("For each offer, the pieces counted for a customer are those that their orders hold or have bought."),
        N_(
            "Find out who changed the figure by hand, and how; until it is right, a customer can buy too much or too little."
        ),
        _allowances,
    ),
    Invariant(
        "hold.overdue",
        "I2",
        N_("No pieces are held for an order whose time to pay is over."),
        N_(
            "See that the periodic work runs and that the payment provider answers; it then ends these orders by itself."
        ),
        _overdue,
    ),
)
