"""Files that belong to a request: their bytes lie in the data folder under random names, a row says whose each one is.

Bytes are written before the transaction that keeps their rows, never in it; what no row speaks of is swept away.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.database_faults import OUT_OF_ORDER_SECONDS
from shop.base.db import Database
from shop.base.tokens import token_hash
from shop.ground.errors import Busy
from shop.support.requests.files import MOST_FILES, File
from shop.support.requests.models import Attachment, AttachmentDraft, Message

ATTACHMENTS = "attachments"  # the folder in DATA_DIR
DRAFTS_LAST = timedelta(days=1)
LOOKED_BACK = timedelta(days=15)  # what is older was looked at often enough, and need not be for ever
MOST_DRAFTS = 1024**3  # bytes of all forms that were not sent yet: a stranger cannot fill the disk with them


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file whose bytes are in the folder under `key`, not yet known to any row."""

    key: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of all attachments."""

    folder: Path

    @classmethod
    def of(cls, data_dir: Path) -> "Shelf":
        """The shelf of an installation."""
        return cls(data_dir / ATTACHMENTS)

    def shelve(self, files: Iterable[File]) -> list[Shelved]:
        """Write the files down for good, each under a new key. Raises Busy where there is no room, or no leave, for them."""
        return [self._write(each) for each in files]

    def read(self, key: str) -> bytes:
        """The bytes of one file; raises FileNotFoundError."""
        return self._path(key).read_bytes()

    def remove(self, keys: Iterable[str]) -> None:
        """Drop files that no row speaks of."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def written(self, start: datetime, end: datetime) -> list[str]:
        """The keys of the files that were written in this span."""
        files = self.folder.glob("??/*") if self.folder.exists() else ()
        span = start.timestamp(), end.timestamp()
        return [each.name for each in files if span[0] <= each.stat().st_mtime < span[1]]

    def _write(self, file: File) -> Shelved:
        key = secrets.token_hex(20)
        path = self._path(key)
        try:
            for folder in (self.folder, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(file.data)
                opened.flush()
                os.fsync(opened.fileno())  # a row may soon say that it is there
        except OSError as error:
            structlog.get_logger().error("attachment not kept", fault=repr(error))
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise Busy(retry_after=OUT_OF_ORDER_SECONDS) from error
        return Shelved(key, file.name, file.media_type, len(file.data))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / Path(key).name


def keep(db: Session, request: str, message: int | None, files: Iterable[Shelved], *, now: datetime) -> None:
    """Note that these files came with this message of the request."""
    rows = [
        {
            "request": request,
            "message": message,
            "key": each.key,
            "name": each.name,
            "media_type": each.media_type,
            "size": each.size,
            "at": now,
        }
        for each in files
    ]
    if rows:
        db.connection().execute(insert(Attachment), rows)


def keep_new(db: Session, request: str, text: str, files: Iterable[Shelved], *, now: datetime) -> None:
    """Keep the files of a message that was kept before and is sent again, those that did not come the first time."""
    mine = (Message.request == request, Message.kind == "customer", Message.text == text)
    message = db.exec(select(Message.id).where(*mine).order_by(col(Message.id).desc())).first()
    known = {(each.name, each.size) for each in of(db, request)}
    fresh = [each for each in files if (each.name, each.size) not in known]
    keep(db, request, message, fresh[: max(0, MOST_FILES - len(known))], now=now)


def of(db: Session, ref: str) -> list[Attachment]:
    """All files of a request, in the order they came."""
    return list(db.exec(select(Attachment).where(Attachment.request == ref).order_by(col(Attachment.id))).all())


def drafts(db: Session, form: str, *, now: datetime) -> list[Shelved]:
    """The files that came with this form before."""
    mine = (AttachmentDraft.form == token_hash(form), col(AttachmentDraft.at) > now - DRAFTS_LAST)
    found = db.exec(select(AttachmentDraft).where(*mine).order_by(col(AttachmentDraft.at), col(AttachmentDraft.key)))
    return [Shelved(each.key, each.name, each.media_type, each.size) for each in found.all()] if form else []


def keep_drafts(db: Session, form: str, files: Iterable[Shelved], *, now: datetime) -> bool:
    """Keep these files, and no others, for this form; says no, and keeps none, while very much is kept already."""
    forget_drafts(db, form)
    kept = db.exec(select(func.coalesce(func.sum(AttachmentDraft.size), 0))).one()
    mine = {"form": token_hash(form), "at": now}
    rows: list[dict[str, Any]] = [
        {**mine, "key": each.key, "name": each.name, "media_type": each.media_type, "size": each.size} for each in files
    ]
    if not rows or not form or kept + sum(each["size"] for each in rows) > MOST_DRAFTS:
        return False
    db.connection().execute(insert(AttachmentDraft), rows)
    return True


def forget_drafts(db: Session, form: str) -> None:
    """Let go of what was kept for this form; the bytes stay until they are swept, or belong to a request by now."""
    db.connection().execute(delete(AttachmentDraft).where(col(AttachmentDraft.form) == token_hash(form)))


def sweep(database: Database, shelf: Shelf, *, now: datetime) -> int:
    """Drop drafts that nobody came back for, and bytes that no row speaks of; says how many files went."""
    with database.writing() as db:
        db.connection().execute(delete(AttachmentDraft).where(col(AttachmentDraft.at) <= now - DRAFTS_LAST))
    return drop_unnamed(database, shelf, since=now - LOOKED_BACK, now=now)


def drop_unnamed(database: Database, shelf: Shelf, *, since: datetime, now: datetime) -> int:
    """Drop bytes written from `since` on that no row speaks of, nor will; says how many files went."""
    old = shelf.written(since, now - DRAFTS_LAST)
    gone: list[str] = []
    with database.reading() as db:
        for start in range(0, len(old), 500):
            some = old[start : start + 500]
            known = {*db.exec(select(Attachment.key).where(col(Attachment.key).in_(some))).all()}
            known |= {*db.exec(select(AttachmentDraft.key).where(col(AttachmentDraft.key).in_(some))).all()}
            gone += [key for key in some if key not in known]
    shelf.remove(gone)
    return len(gone)
