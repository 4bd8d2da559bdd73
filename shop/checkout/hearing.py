"""When the payment service last wrote to us, to the hour: a service that never writes would leave payments unknown."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from shop.base.db import Database
from shop.checkout.models import ProviderNotice

EVERY = timedelta(hours=1)


def last_heard(db: Session) -> datetime | None:
    """The hour of its last signed notice, or None."""
    row = db.get(ProviderNotice, 1)
    return row.at if row else None


def note_heard(database: Database, *, now: datetime) -> None:
    """Note that it wrote; written once an hour only, so that notices do not wait for one another."""
    with database.reading() as db:
        before = last_heard(db)
    if before is not None and now - before < EVERY:
        return
    first = insert(ProviderNotice).values(id=1, at=now)
    later = first.on_conflict_do_update(index_elements=["id"], set_={"at": now}, where=col(ProviderNotice.at) < now)
    with database.writing() as db:
        db.connection().execute(later)
