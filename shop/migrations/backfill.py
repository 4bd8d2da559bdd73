"""Filling a new column of a large table while others sell from it: in batches, each a transaction of its own.

The middle of three steps: a release adds the column, empty and written by its code from then on; this fills the rows from
before; a later release asks for it. Interrupted, it is begun again and goes on where it was: what is filled is left alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, TableClause, column, func, select, table, text, update
from sqlalchemy.sql.dml import ReturningUpdate

from shop.base.db import Database
from shop.ground.errors import Busy

ROWS = 1_000
BUSY_PAUSE = 1.0  # seconds
TURN = 0.01  # seconds; on SQLite there is one writer, and whoever waits to sell comes first
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backfill:
    """`column` of `table` becomes `value`, an SQL expression over the same row, wherever it is still empty."""

    table: str
    column: str
    value: str
    key: str = "id"

    def batch(self, after: object, rows: int) -> ReturningUpdate[Any]:
        """One batch after the row `after`, in the order of the primary key; gives the keys of its rows."""
        target = self._target
        key, filled = target.c[self.key], target.c[self.column]
        chosen = select(key).where(key > after, filled.is_(None)).order_by(key).limit(rows)
        return update(target).where(key.in_(chosen), filled.is_(None)).values({filled: text(self.value)}).returning(key)

    def first(self) -> Select[Any]:
        """The lowest key that is to be filled."""
        target = self._target
        return select(func.min(target.c[self.key])).where(target.c[self.column].is_(None))

    @property
    def _target(self) -> TableClause:
        return table(self.table, column(self.key), column(self.column))


# What `softlaunch migrate` fills once the tables have the newest shape. A line stays for as long as a release may be skipped.
BACKFILLS: tuple[Backfill, ...] = (
    Backfill("request_promise", "market", "(SELECT market FROM request WHERE ref = request_promise.request)"),
)


def fill(
    database: Database,
    backfill: Backfill,
    *,
    rows: int = ROWS,
    told: Told = lambda _line: None,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Fill what is empty, `rows` at a time, and say how many rows were; others have a turn in between.

    Ends when nothing is left, or less than a batch that old code has written meanwhile: that is filled by another call
    once nobody writes any more. A batch that loses against somebody who sells is tried again. `value` must not be empty
    for any row.
    """
    filled, first = 0, _first(database, backfill)
    while first is not None:
        done = _pass(database, backfill, first, rows=rows, told=told, wait=wait)
        filled, before, first = filled + done, first, _first(database, backfill)
        if first == before:
            raise ValueError(f"{backfill.value} is empty for {backfill.table} {first}")
        if done < rows:
            break
    return filled


def _pass(
    database: Database, backfill: Backfill, first: object, *, rows: int, told: Told, wait: Callable[[float], None]
) -> int:
    filled, after = 0, first - 1 if isinstance(first, int) else ""
    while True:
        try:
            with database.writing() as db:
                done = db.connection().execute(backfill.batch(after, rows)).scalars().all()
        except Busy:
            wait(BUSY_PAUSE)
            continue
        if not done:
            return filled
        after, filled = max(done), filled + len(done)
        told(f"{backfill.table}.{backfill.column}: {filled} rows filled")
        wait(TURN)


def _first(database: Database, backfill: Backfill) -> object:
    with database.reading() as db:
        return db.connection().execute(backfill.first()).scalar()
