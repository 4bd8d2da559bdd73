"""Taking pieces from stock and giving them back: each one conditional UPDATE, so that what is not there cannot be taken."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, bindparam, true, update
from sqlmodel import Session, col

from shop.base.revisions import EVERYWHERE, raise_revision
from shop.catalogue.models import Stock

MOST_PIECES = 1_000_000_000
_FREE: Any = Stock.on_hand - Stock.held - Stock.sold


def hold(db: Session, pieces: Mapping[str, int]) -> list[str]:
    """Hold the pieces of all SKUs; returns those of which there are not enough (the caller must then refuse)."""
    short, sold_out = [], False
    for sku, quantity in sorted(pieces.items()):  # always in one order, so that two buyers never wait for each other
        left = db.connection().execute(_HELD, {"which": sku, "pieces": quantity}).scalar()
        if left is None:
            short.append(sku)
        sold_out = sold_out or left == 0
    if sold_out:  # after all pieces: the counter is a row that every buyer of another last piece waits for, too
        raise_revision(db, EVERYWHERE)
    return short


def release(db: Session, pieces: Mapping[str, int]) -> None:
    """Give held pieces back."""
    lefts = [
        _surely(db, sku, {"held": Stock.held - quantity}, col(Stock.held) >= quantity) == quantity
        for sku, quantity in sorted(pieces.items())
    ]
    if any(lefts):
        raise_revision(db, EVERYWHERE)


def sell_held(db: Session, pieces: Mapping[str, int]) -> None:
    """Held pieces are paid for."""
    for sku, quantity in sorted(pieces.items()):
        if db.connection().execute(_SOLD, {"which": sku, "pieces": quantity}).scalar() is None:
            raise _wrong_books(sku)


def sell_spare(db: Session, pieces: Mapping[str, int]) -> bool:
    """Sell pieces that are no longer held, all or none; False when there are not enough any more."""
    sold_out = False
    with db.begin_nested() as attempt:
        for sku, quantity in sorted(pieces.items()):
            left = _change(db, sku, {"sold": Stock.sold + quantity}, quantity <= _FREE)
            if left is None:
                attempt.rollback()
                return False
            sold_out = sold_out or left == 0
    if sold_out:
        raise_revision(db, EVERYWHERE)
    return True


def send_out(db: Session, pieces: Mapping[str, int]) -> None:
    """Sold pieces leave the house."""
    for sku, quantity in sorted(pieces.items()):
        values = {"on_hand": Stock.on_hand - quantity, "sold": Stock.sold - quantity}
        _surely(db, sku, values, col(Stock.sold) >= quantity)


def take_back(db: Session, pieces: Mapping[str, int], *, left_the_house: bool) -> None:
    """Pieces that were sold can be sold again: they came back, or their order was given back before it was sent."""
    lefts = []
    for sku, quantity in sorted(pieces.items()):
        values = {"on_hand": Stock.on_hand + quantity} if left_the_house else {"sold": Stock.sold - quantity}
        lefts.append(_surely(db, sku, values, left_the_house or col(Stock.sold) >= quantity) == quantity)
    if any(lefts):
        raise_revision(db, EVERYWHERE)


def recount(db: Session, sku: str, *, on_hand: int | None = None, add: int = 0) -> bool:
    """Set the pieces on hand to what was counted, or add some; False when more are held or sold, or they are too many."""
    pieces: Any = on_hand if on_hand is not None else Stock.on_hand + add
    fits = (pieces >= Stock.held + Stock.sold) & (pieces <= MOST_PIECES)
    left = _change(db, sku, {"on_hand": pieces}, fits)
    if left is not None:
        raise_revision(db, EVERYWHERE)
    return left is not None


def _change(db: Session, sku: str, values: Mapping[str, object], condition: object) -> int | None:
    """Change one row if the condition holds; returns how many pieces are free afterwards, or None."""
    held = true() if condition is True else condition
    changed = update(Stock).where(col(Stock.sku) == sku, held).values(dict(values))  # type: ignore[arg-type]
    return db.connection().execute(changed.returning(_FREE)).scalar()


def _surely(db: Session, sku: str, values: Mapping[str, object], condition: object) -> int:
    """A change that the books say must be possible; when it is not they are wrong, and nothing of it may stand."""
    left = _change(db, sku, values, condition)
    if left is None:
        raise _wrong_books(sku)
    return left


def _wrong_books(sku: str) -> RuntimeError:
    return RuntimeError(f"the stock of {sku} does not hold what its orders hold")


# What every purchase does, made once.
_PIECES: Any = bindparam("pieces", type_=Integer)
_ONE = update(Stock).where(col(Stock.sku) == bindparam("which"))
_HELD = _ONE.where(_PIECES <= _FREE).values(held=Stock.held + _PIECES).returning(_FREE)
_SOLD = (
    _ONE.where(col(Stock.held) >= _PIECES).values(held=Stock.held - _PIECES, sold=Stock.sold + _PIECES).returning(_FREE)
)
