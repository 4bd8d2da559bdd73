"""Telling other programs when a product is sold out and when it is back: by what the stock is, whatever made it so.

Sales are looked at every so often: a last piece that is held for a minute and given back is no news to anybody. What a
person counts is news at once, in the transaction that counts it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.announcing import announce
from shop.base.db import Database
from shop.catalogue.models import Stock
from shop.checkout.models import SoldOut

_FREE = col(Stock.on_hand) - col(Stock.held) - col(Stock.sold)


def tell_sold_out(database: Database, *, now: datetime) -> None:
    """Announce every product that has nothing left or has something again since the last look, each once."""
    with database.reading() as db:
        if not _gone(db) and not _back(db):
            return
    with database.writing() as db:
        _tell(db, _gone(db), _back(db), now=now)


def tell_counted(db: Session, skus: Collection[str], *, now: datetime) -> None:
    """Announce it of products whose pieces were counted in this transaction, where that emptied or filled the shelf."""
    about = set(skus)
    _tell(db, [each for each in _gone(db) if each in about], [each for each in _back(db) if each in about], now=now)


def _tell(db: Session, gone: list[str], back: list[str], *, now: datetime) -> None:
    for sku in gone:
        fresh = insert(SoldOut).values(sku=sku, at=now).on_conflict_do_nothing(index_elements=["sku"])
        if db.connection().execute(fresh.returning(col(SoldOut.sku))).scalar() is not None:
            announce(db, "stock.sold_out", market="", subject=sku, now=now)
    for sku in back:
        over = delete(SoldOut).where(col(SoldOut.sku) == sku)
        if db.connection().execute(over).rowcount == 1:
            announce(db, "stock.back", market="", subject=sku, now=now)


def _gone(db: Session) -> list[str]:
    known = select(SoldOut.sku)
    return list(db.exec(select(Stock.sku).where(_FREE <= 0, col(Stock.sku).not_in(known)).order_by(Stock.sku)).all())


def _back(db: Session) -> list[str]:
    query = select(SoldOut.sku).join(Stock, col(Stock.sku) == col(SoldOut.sku)).where(_FREE > 0)
    return list(db.exec(query.order_by(SoldOut.sku)).all())
