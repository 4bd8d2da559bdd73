"""The audit: chains of entries that are only ever added to, each holding the hash of the one before it.

Whoever changes, removes or slips in an entry breaks the chain from there on; whoever writes a chain anew ends with
another head than the one that was written down elsewhere. The database itself refuses UPDATE and DELETE.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, UniqueConstraint, and_, cast, func, insert
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from shop.base.canonical import canonical as canonical_json
from shop.base.db import at_last

BEGAN = "began"  # of a chain's first entry where there was something before it: `last` is the last that has no entry
READ_AT_ONCE = 2_000


class AuditEntry(SQLModel, table=True):
    """One entry. `number` counts from 1 in its chain, `content` is JSON; `previous` is empty for a chain's first.

    `subject` is the key of the row that it tells of, of which a chain tells once.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "subject"),)
    chain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    kind: str
    subject: str
    content: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the audit is broken: an entry's number, or the key of a row.

    `why` is gap, link (an entry does not follow on the one before it), hash (it was changed); or, of the rows that
    entries tell of, missing (a row without an entry), gone (an entry without its row) or changed (they differ).
    """

    chain: str
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of which a chain tells: the model, its key and the name of the chain as SQL, and which rows (None: all).

    `key` tells rows from before the audit apart: it rises with every row. `at` does, where no number rises.
    """

    chains: str  # what their names begin with
    model: type[SQLModel]
    key: Any
    chain: ColumnElement[str]
    only: Any = None
    at: Any = None


def append(db: Session, chain: str, kind: str, subject: str, *, content: Mapping[str, Any], now: datetime) -> None:
    """Add an entry at the end of the caller's transaction, after everything else that it writes.

    Not to be called within a savepoint that may be rolled back without the transaction.
    """
    at_last(db, ("audit", chain), partial(_append, db, chain, kind, subject, content=canonical(content), now=now))


def _append(db: Session, chain: str, kind: str, subject: str, *, content: str, now: datetime) -> None:
    """Add the entry now; whoever else adds to the chain waits until this transaction has ended.

    On PostgreSQL they wait for a lock on the chain's name, which can be taken while the chain has no entry yet.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit:{chain}", 0))))
    tail = select(AuditEntry.number, AuditEntry.hash).where(AuditEntry.chain == chain)
    last = db.exec(tail.order_by(col(AuditEntry.number).desc()).limit(1)).first()
    number, previous = (last[0] + 1, last[1]) if last else (1, "")
    entry = AuditEntry(
        chain=chain, number=number, at=now, kind=kind, subject=subject, content=content, previous=previous, hash=""
    )
    db.connection().execute(insert(AuditEntry).values(entry.model_dump() | {"hash": hash_of(entry)}))


def canonical(content: Mapping[str, Any]) -> str:
    """Content as JSON that is the same for the same content; instants are told in UTC."""
    return canonical_json(content, default=_told)


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over everything that the entry says, and over the hash before it."""
    said = [entry.chain, entry.number, _told(entry.at), entry.kind, entry.subject, entry.content, entry.previous]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def faults(db: Session) -> Iterator[Fault]:
    """Every place at which a chain does not hold, read entry by entry."""
    ordered = select(AuditEntry).order_by(col(AuditEntry.chain), col(AuditEntry.number))
    chain, number, previous = "", 0, ""
    for entry in db.exec(ordered.execution_options(yield_per=READ_AT_ONCE)):
        if entry.chain != chain:
            chain, number, previous = entry.chain, 0, ""
        if entry.number != number + 1:
            yield Fault(chain, str(entry.number), "gap")
        elif entry.previous != previous:
            yield Fault(chain, str(entry.number), "link")
        if entry.hash != hash_of(entry):
            yield Fault(chain, str(entry.number), "hash")
        number, previous = entry.number, entry.hash
        db.expunge(entry)


def differing(db: Session, told: Told) -> Iterator[Fault]:
    """Where rows and the entries that tell of them do not agree. Of a row only what its entry tells is compared."""
    subject, began = cast(told.key, String), aliased(AuditEntry)
    entry = and_(col(AuditEntry.chain) == told.chain, col(AuditEntry.subject) == subject)
    first = and_(col(began.chain) == told.chain, col(began.number) == 1, col(began.kind) == BEGAN)
    columns: Any = (
        told.model,
        told.chain.label("of"),
        subject.label("row"),
        AuditEntry.content,
        began.content,
        began.at,
    )
    query: Any = select(*columns).select_from(told.model)
    query = query.outerjoin(AuditEntry, entry).outerjoin(began, first)
    query = query if told.only is None else query.where(told.only)
    for row, chain, key, content, start, since in db.exec(query.execution_options(yield_per=READ_AT_ONCE)):
        if content is None:
            before = start is not None and (
                getattr(row, told.at.key) <= since if told.at is not None else int(key) <= json.loads(start)["last"]
            )
            if not before:
                yield Fault(chain, key, "missing")
        elif not _agrees(row, json.loads(content)):
            yield Fault(chain, key, "changed")
        db.expunge(row)
    gone: Any = select(AuditEntry.chain, AuditEntry.subject).select_from(AuditEntry)
    gone = gone.outerjoin(told.model, col(AuditEntry.subject) == subject)
    gone = gone.where(col(AuditEntry.chain).startswith(told.chains, autoescape=True), AuditEntry.kind != BEGAN)
    for chain, key in db.exec(gone.where(told.key.is_(None)).order_by(col(AuditEntry.chain), col(AuditEntry.number))):
        yield Fault(chain, key, "gone")


def _agrees(row: SQLModel, content: dict[str, Any]) -> bool:
    """Columns that came later are in no older entry; what an entry tells besides the row is for others to check."""
    mine = {name: value for name, value in row.model_dump().items() if name in content}
    return canonical(mine) == canonical({name: value for name, value in content.items() if name in mine})


def heads(db: Session) -> dict[str, tuple[int, str]]:
    """Each chain's last entry, number and hash: to be written down elsewhere, and to be compared with one day."""
    last = select(AuditEntry.chain, func.max(AuditEntry.number).label("number")).group_by(col(AuditEntry.chain))
    ends = last.subquery()
    mine = (col(AuditEntry.chain) == ends.c.chain) & (col(AuditEntry.number) == ends.c.number)
    query = select(AuditEntry.chain, AuditEntry.number, AuditEntry.hash).join(ends, mine)
    return {chain: (number, hash) for chain, number, hash in db.exec(query.order_by(col(AuditEntry.chain))).all()}


def _told(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
