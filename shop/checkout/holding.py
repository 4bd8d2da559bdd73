"""What is kept for an order while it is being paid: pieces, the market's allotment, the customer's share, a place.

All of it is taken in one transaction, given back once, or sold. Test orders hold nothing.
"""

from collections.abc import Mapping

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from shop.checkout import allotment, allowance, stock
from shop.checkout.models import Hold, Order
from shop.checkout.places import Place, settle_place
from shop.markets.models import Market


def hold(
    db: Session, market: str, pieces: Mapping[str, int], who: tuple[str, ...], *, most: Mapping[str, int | None]
) -> dict[str, str]:
    """Hold the pieces for this customer; what keeps a SKU from it, by SKU, and then the caller must refuse.

    `most` is how many of each SKU one customer may have. Rows are always locked in this order, on every way.
    """
    over = dict.fromkeys(allowance.take(db, market, pieces, who, most=most), "too_many_for_customer")
    return {**dict.fromkeys(allotment.take(db, market, pieces) + stock.hold(db, pieces), "too_few"), **over}


def release(db: Session, order: Order, market: Market, pieces: Mapping[str, int]) -> None:
    """Give back what the order still holds, once. The caller has locked `market` against changes until its transaction ends."""
    place = _close(db, order, "released")
    if place is not None:
        allowance.give_back(db, order.market, pieces, allowance.customers(order.email, order.visitor))
        allotment.give_back(db, order.market, pieces)
        stock.release(db, pieces)
        settle_place(db, market, place, "released")


def sell(db: Session, order: Order, market: Market, pieces: Mapping[str, int]) -> bool:
    """Turn the hold into a sale; when it was given back already, sell what is spare, if there is any.

    The caller has locked `market` against changes until its transaction ends. False when there was nothing to sell.
    """
    place = _close(db, order, "sold")
    if place is not None:
        stock.sell_held(db, pieces)
        settle_place(db, market, place, "sold")
        return True
    with db.begin_nested() as attempt:
        # What one customer may have does not count any more: their money is here.
        allowance.take(db, order.market, pieces, allowance.customers(order.email, order.visitor), most={})
        if allotment.take(db, order.market, pieces) or not stock.sell_spare(db, pieces):
            attempt.rollback()
            return False
    place = _close(db, order, "sold", before="released")
    if place is not None:
        settle_place(db, market, place, "sold late")
    return True


_ENDED = (
    update(Hold)
    .where(col(Hold.order_number) == bindparam("order"), col(Hold.state) == bindparam("before"))
    .values(state=bindparam("to"), address="", mailbox=None, place=None)
    .returning(col(Hold.day), col(Hold.customer))
)


def _close(db: Session, order: Order, to: str, *, before: str = "held") -> Place | None:
    """End the hold, once, and forget from where and by whom it was taken; the place it had, or None."""
    row = db.connection().execute(_ENDED, {"order": order.number, "before": before, "to": to}).first()
    return None if row is None else Place(order.total, row.day, row.customer)
