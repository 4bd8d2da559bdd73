"""What must hold of the database itself, of the outbox, and of the audit's chains, whatever a shop keeps in them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel, col

from shop.base.audit import faults
from shop.base.compacting import size_of
from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.base.outbox import Effect
from shop.base.unchanging import Unchanging, standing_triggers

CARRIED_OUT_WITHIN = timedelta(hours=1)  # of being due; a worker that runs needs seconds
WHOLE_UP_TO = 256 * 2**20  # bytes of SQLite; beyond, indexes are not compared with their tables, which takes minutes


def _whole(db: Session, _now: datetime) -> Iterator[Broken]:
    """SQLite checks its file; PostgreSQL keeps checksums of its own, and says which constraints it has not proved."""
    if db.get_bind().dialect.name == "postgresql":
        yield from broken_rows(db, text(_UNPROVED))
        return
    check = "integrity_check" if size_of(db) <= WHOLE_UP_TO else "quick_check"
    try:
        for number, (said,) in enumerate(db.connection().execute(text(f"PRAGMA {check}")).all(), 1):
            if said != "ok":
                yield Broken(f"{check} {number}", {"said": said})
    except DatabaseError as error:
        yield Broken(check, {"said": str(error.orig)})


_UNPROVED = """
    SELECT conrelid::regclass || '.' || conname AS subject, 'constraint' AS what FROM pg_constraint
    WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT indexrelid::regclass::text, 'index' FROM pg_index WHERE NOT (indisvalid AND indisready)
    ORDER BY 1
"""


def _references(db: Session, _now: datetime) -> Iterator[Broken]:
    """PostgreSQL holds references always, unless its triggers were switched off."""
    if db.get_bind().dialect.name == "postgresql":
        yield from broken_rows(db, text(_SWITCHED_OFF))
        return
    for table, row, parent, _key in db.connection().execute(text("PRAGMA foreign_key_check")):
        yield Broken(f"{table} {row}", {"names": parent})


_SWITCHED_OFF = """
    SELECT tgrelid::regclass || '.' || tgname AS subject, 'trigger' AS what FROM pg_trigger
    WHERE tgenabled <> 'O' AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
    ORDER BY 1
"""


def guarded(*tables: Unchanging) -> Invariant:
    """That the database itself refuses to change these tables, by the very triggers that it was given for that."""

    def unguarded(db: Session, _now: datetime) -> Iterator[Broken]:
        standing = standing_triggers(db)
        for table in tables:
            for name, definition in table.triggers(db.get_bind().dialect.name):
                if standing.get(name) != definition:
                    yield Broken(f"{table.table} {name}", {"trigger": standing.get(name, "missing")})

    says = N_("The database refuses to change records that may only be added to, and those that are kept by law.")
    return Invariant("storage.guarded", "I10", says, _FOUND_OUT, unguarded)


def _shape(db: Session, _now: datetime) -> Iterator[Broken]:
    """What is there besides may be of a later version. What stands under the name of something else is missing."""
    for each in compare_metadata(MigrationContext.configure(db.connection()), SQLModel.metadata):
        if isinstance(each, tuple) and each[0].startswith("add_"):
            kind, thing = each[0].removeprefix("add_"), each[-1]
            place = "" if kind == "table" else f"{thing.table.name} "
            yield Broken(f"{place}{thing.name}", {"missing": kind})


def _carried_out(db: Session, now: datetime) -> Iterable[Broken]:
    query = naming(Effect.key, Effect.kind, Effect.due_at, Effect.attempts, Effect.leased_until)
    query = query.where(col(Effect.done_at).is_(None), col(Effect.dead_at).is_(None))
    return broken_rows(db, query.where(col(Effect.due_at) < now - CARRIED_OUT_WITHIN).order_by(col(Effect.due_at)))


def _given_up(db: Session, _now: datetime) -> Iterable[Broken]:
    query = naming(Effect.key, Effect.kind, Effect.dead_at, Effect.error).where(col(Effect.dead_at).is_not(None))
    return broken_rows(db, query.order_by(col(Effect.dead_at)))


def _chains(db: Session, _now: datetime) -> Iterator[Broken]:
    for fault in faults(db):
        yield Broken(f"{fault.chain} {fault.place}", {"why": fault.why})


_RESTORE = N_("Stop the shop, keep a copy of the database as it is, and restore the last backup.")
_FOUND_OUT = N_(
    "Find out who has access to the database; compare with a backup and with the last hashes that you wrote down."
)

INVARIANTS = (
    Invariant("storage.whole", "I10", N_("The database is intact."), _RESTORE, _whole),
    Invariant("storage.references", "I10", N_("Everything that the database refers to exists."), _RESTORE, _references),
    Invariant(
        "storage.shape",
        "I10",
        N_("The database has every table, column, index and reference that this version needs."),
        N_(
            "Run: softlaunch migrate. If something is still missing, find out who removed it, and restore the last backup."
        ),
        _shape,
    ),
    Invariant(
        "effect.carried_out",
        "I4",
        N_("Mails, refunds and other effects are carried out soon after they are due."),
        N_("See that the periodic work runs."),
        _carried_out,
    ),
    Invariant(
        "effect.given_up",
        "I4",
        N_("No mail, refund or other effect has been given up."),
        N_("Open Mail at the console, look at what went wrong, and try again."),
        _given_up,
        look=True,
    ),
    Invariant(
        "audit.chains",
        "I6",
        N_("The audit has no gaps, and none of its entries has been changed."),
        _FOUND_OUT,
        _chains,
    ),
)
