"""One after the other: whoever changes the set-up, by an import or at the console, takes a turn first.

A turn is a counter raised in the same transaction: on PostgreSQL its row is held until the end, on SQLite there is one
writer at a time anyhow. So an edit that was checked before it began to write sees whether anything came between.
"""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import Session, select

from shop.base.revisions import Revision, hold_revision

SCOPE = "setup"
FOR_A_TURN = "5s"
FOR_A_TABLE = "800ms"  # below PostgreSQL's own patience with a dead-lock, so that it is the editor who steps back


def turns(db: Session) -> int:
    """How many turns there have been."""
    return db.exec(select(Revision.number).where(Revision.scope == SCOPE)).first() or 0


def take_turn(db: Session, tables: Collection[str] = ()) -> int:
    """Take the next turn; its number. `tables` are held on PostgreSQL, so that no other door writes to them meanwhile."""
    connection = db.connection()
    several = connection.dialect.name == "postgresql"
    if several:
        connection.execute(text(f"SET LOCAL lock_timeout = '{FOR_A_TURN}'"))
    hold_revision(db, SCOPE)
    if several and tables:
        named = ", ".join(map(connection.dialect.identifier_preparer.quote, sorted(tables)))
        connection.execute(text(f"SET LOCAL lock_timeout = '{FOR_A_TABLE}'"))
        connection.execute(text(f"LOCK TABLE {named} IN SHARE ROW EXCLUSIVE MODE"))
    return turns(db)
