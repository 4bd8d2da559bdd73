"""Photos that came with a claim's form while something else in it was wrong: kept for a day, so that nobody chooses them twice.

They belong to one form of one order; another form of the same order takes their place, so that they are never more than
one form may hold.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.aftersales.claims.photos import media_type
from shop.aftersales.models import PhotoDraft
from shop.base.tokens import token_hash

LASTS = timedelta(days=1)


def kept_photos(db: Session, order: str, key: str, *, now: datetime) -> list[bytes]:
    """The photos that came with this form before."""
    mine = (PhotoDraft.order_number == order, PhotoDraft.key == token_hash(key), col(PhotoDraft.at) > now - LASTS)
    return list(db.exec(select(PhotoDraft.data).where(*mine).order_by(col(PhotoDraft.hash))).all()) if key else []


def keep_photos(db: Session, order: str, key: str, photos: Iterable[bytes], *, now: datetime) -> None:
    """Keep these photos, and no others, for this order's form."""
    forget_photos(db, order)
    rows = [
        {
            "order_number": order,
            "hash": hashlib.sha256(each).hexdigest(),
            "key": token_hash(key),
            "media_type": media_type(each),
            "data": each,
            "at": now,
        }
        for each in photos
    ]
    if rows and key:
        db.connection().execute(insert(PhotoDraft).on_conflict_do_nothing(), rows)


def forget_photos(db: Session, order: str) -> None:
    """Drop what was kept for this order's form."""
    db.connection().execute(delete(PhotoDraft).where(col(PhotoDraft.order_number) == order))


def forget_old_photos(db: Session, *, now: datetime) -> None:
    """Drop what nobody came back for."""
    db.connection().execute(delete(PhotoDraft).where(col(PhotoDraft.at) <= now - LASTS))
