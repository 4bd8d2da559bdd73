"""After an erasure: the database forgets the bytes that it still holds of emptied rows, and files that no row names go.

So do mails to the erased that were on their way meanwhile.
"""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import col, select

from shop.base.compacting import compact, size_of
from shop.base.db import Database
from shop.base.mail import FolderMailer
from shop.base.tokens import Signer
from shop.ground.instants import local
from shop.markets.models import Exporter
from shop.support.requests.attachments import Shelf, drop_unnamed
from shop.upkeep.models import Erasure
from shop.upkeep.personal.files import left_over, remove_mails
from shop.upkeep.personal.inventory import OF_CUSTOMER, inventory
from shop.upkeep.personal.retaining import end_retained

AT_ONCE_UP_TO = 64 * 2**20  # bytes
QUIET_HOUR = 3  # of the exporter's own clock
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def sweep(database: Database, shelf: Shelf, outbox: FolderMailer, signer: Signer, *, now: datetime) -> None:
    """Rewrite what erasures have left behind, if any have. Raises Busy: then it is still to be done."""
    with database.reading() as db:
        waiting = list(db.exec(select(Erasure.id).where(col(Erasure.swept_at).is_(None))).all())
    if not waiting:
        return
    drop_unnamed(database, shelf, since=EVER, now=now)  # however old: whoever erased may have been killed before it
    drop_left_mails(database, outbox, signer)
    compact(database, [each.table.name for each in inventory() if each.of(*OF_CUSTOMER, "retained")])
    with database.writing() as db:
        db.connection().execute(update(Erasure).where(col(Erasure.id).in_(waiting)).values(swept_at=now))


def drop_left_mails(database: Database, outbox: FolderMailer, signer: Signer) -> None:
    """Remove the mails to the erased that were kept since."""
    with database.reading() as db:
        names = list(left_over(db, outbox, signer))
    remove_mails(outbox, names)


def work_due(database: Database, shelf: Shelf, outbox: FolderMailer, signer: Signer, *, now: datetime) -> None:
    """End what was retained long enough, and sweep: at once where that is short, else at night."""
    with database.writing() as db:
        end_retained(db, now=now)
    if _may_now(database, now):
        sweep(database, shelf, outbox, signer, now=now)


def _may_now(database: Database, now: datetime) -> bool:
    """Nobody can write while SQLite's file is rewritten, which takes a second for each hundred megabytes, about."""
    if not database.sqlite:
        return True
    with database.reading() as db:
        size = size_of(db)
        zone = db.exec(select(Exporter.zone)).first()
    return size <= AT_ONCE_UP_TO or local(now, zone or "UTC").hour == QUIET_HOUR
