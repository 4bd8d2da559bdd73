"""What must hold of the database itself, of the outbox, and of the audit's chains, whatever a shop keeps in them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from shop.base.audit import faults
from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.base.outbox import Effect

CARRIED_OUT_WITHIN = timedelta(hours=1)  # of being due; a worker that runs needs seconds
WHOLE_UP_TO = 256 * 2**20  # bytes of SQLite; beyond, indexes are not compared with their tables, which takes minutes


def _whole(db: Session, _now: datetime) -> Iterator[Broken]:
    """SQLite checks its file; PostgreSQL keeps checksums of its own, and says which constraints it has not proved."""
    if db.get_bind().dialect.name == "postgresql":
        yield from broken_rows(db, text(_UNPROVED))
        return
    size = db.connection().execute(text(_SIZE)).scalar_one()
    check = "integrity_check" if size <= WHOLE_UP_TO else "quick_check"
    try:
        for number, (said,) in enumerate(db.connection().execute(text(f"PRAGMA {check}")).all(), 1):
            if said != "ok":
                yield Broken(f"{check} {number}", {"said": said})
    except DatabaseError as error:
        yield Broken(check, {"said": str(error.orig)})


_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
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


def guarded(*tables: str) -> Invariant:
    """That the database itself refuses to change these tables, which are only ever added to."""

    def unguarded(db: Session, _now: datetime) -> Iterator[Broken]:
        postgres = db.get_bind().dialect.name == "postgresql"
        there: dict[str, int] = dict(db.connection().execute(text(_TRIGGERS[postgres])).all())
        for table in tables:
            if there.get(table, 0) < (1 if postgres else 2):  # SQLite's triggers are for one deed each
                yield Broken(table, {"triggers": there.get(table, 0)})

    says = N_("The database refuses to change what is only ever added to.")
    return Invariant("storage.guarded", "I10", says, _FOUND_OUT, unguarded)


_TRIGGERS = {
    False: "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name",
    True: "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND tgenabled = 'O' GROUP BY relname",
}


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
_FOUND_OUT = N_("Find out who has access to the database; compare with a backup and with the heads you wrote down.")

INVARIANTS = (
    Invariant("storage.whole", "I10", N_("The database is whole."), _RESTORE, _whole),
    Invariant(
        "storage.references", "I10", N_("Everything that is named in the database is there."), _RESTORE, _references
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
        N_("No mail, refund or other effect was given up."),
        N_("Open Mail at the console, look at what went wrong, and try again."),
        _given_up,
        look=True,
    ),
    Invariant("audit.chains", "I6", N_("The audit has no gap, and no entry of it was changed."), _FOUND_OUT, _chains),
)
