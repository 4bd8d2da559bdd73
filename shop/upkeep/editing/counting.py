"""Counting the pieces of a product in the caller's own transaction, kept as a change like any edit of the stock's file.

An edit opens its transaction itself; a program's count has to stand in the one that keeps its idempotency key.
"""

from datetime import datetime

from sqlmodel import Session

from shop.catalogue.models import Stock
from shop.checkout.sold_out import tell_counted
from shop.checkout.stock import recount
from shop.upkeep.editing.applying import Wanted
from shop.upkeep.editing.following import follow, keep_change

FILE = "stock.csv"


def count_pieces(
    db: Session, stock: Stock, *, on_hand: int | None = None, add: int = 0, person: str, reason: str, now: datetime
) -> bool:
    """Set the pieces on hand to what was counted, or add some; False when more are held or sold, or they are too many.

    `stock` is the row as the caller has locked it.
    """
    before = _cells(stock)
    if not recount(db, stock.sku, on_hand=on_hand, add=add):
        return False
    db.refresh(stock)
    after = _cells(stock)
    if after != before:
        rows = [Wanted(FILE, (stock.sku,), (stock.sku,), before, after)]
        keep_change(db, rows, person=person, reason=reason, undoes=None, now=now)
        follow(db, rows, person=person, reason=reason, now=now)
        tell_counted(db, [stock.sku], now=now)
    return True


def _cells(stock: Stock) -> dict[str, str]:
    """The row as the file has it."""
    return {"sku": stock.sku, "on_hand": str(stock.on_hand)}
