"""Many decisions in one transaction: their statements are kept, and carried out in the end, each for all its rows.

One statement for a thousand rows costs a tenth of a thousand statements. What was decided on must still be so in the
end; where it is not, nothing of the transaction stands, and its caller decides one by one.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session, col, select

from shop.support.shifts.models import Agent

_KEPT = "kept statements"


class Outrun(Exception):
    """Something that was decided on is not so any more."""


@contextmanager
def together(db: Session) -> Iterator[None]:
    """Keep what `carry_out` is given until the block ends. Raises Outrun; the transaction must not be committed then."""
    kept = db.info[_KEPT] = _Kept()
    try:
        yield
    finally:
        del db.info[_KEPT]
    kept.carry_out(db)


def carry_out(db: Session, statement: Any, row: dict[str, Any], *, lock: str = "", one: bool = True) -> bool:
    """Carry the statement out, now or with the others like it; says whether it came true of `one` row.

    `lock` is an agent whose row is locked first: on PostgreSQL a count is true only then.
    """
    kept: _Kept | None = db.info.get(_KEPT)
    if kept is not None:
        kept.add(statement, row, lock=lock, one=one)
        return True
    if lock:
        _lock(db, [lock])
    return db.connection().execute(statement, row).rowcount == 1


class _Kept:
    """Statements in the order in which they first came, each with its rows."""

    def __init__(self) -> None:
        self._rows: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
        self._exact: set[Any] = set()
        self._locks: set[str] = set()

    def add(self, statement: Any, row: dict[str, Any], *, lock: str, one: bool) -> None:
        self._rows[statement].append(row)
        if one:
            self._exact.add(statement)
        if lock:
            self._locks.add(lock)

    def carry_out(self, db: Session) -> None:
        if self._locks:
            _lock(db, sorted(self._locks))
        for statement, rows in self._rows.items():
            done = db.connection().execute(statement, rows).rowcount
            if statement in self._exact and done != len(rows):
                raise Outrun


def _lock(db: Session, agents: list[str]) -> None:
    if db.get_bind().dialect.name != "sqlite":  # whose writers come one by one
        locked = select(Agent.id).where(col(Agent.id).in_(agents)).order_by(col(Agent.id)).with_for_update()
        db.connection().execute(locked).all()
