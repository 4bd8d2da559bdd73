"""The rows of duty, read and written by the hundred thousand: only those that differ, and as the database keeps them.

SQLite keeps an instant as a text. Making one costs more than storing it, and thousands of agents begin at the same
instant, so a text is made once; the columns are named here without the types that would make it again for every row.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, String, TableClause, bindparam, column, delete, insert, select, table
from sqlmodel import Session

from shop.ground.duty import Interval

Kept = list[tuple[Any, Any]]  # starts and ends, in order, as the database keeps them
NAMES = ("starts_at", "ends_at")
COLUMNS = ("agent", *NAMES)
MANY = 1_000
PUT = "INSERT INTO duty_interval (agent, starts_at, ends_at) VALUES (?, ?, ?)"
STREAM = "COPY duty_interval (agent, starts_at, ends_at) FROM STDIN"


def _rows(kind: Any) -> TableClause:
    return table("duty_interval", column("agent", String()), *(column(name, kind) for name in NAMES))


_AS_TEXT, _AS_INSTANT = _rows(String()), _rows(DateTime(timezone=True))


def standing(db: Session, agents: Collection[str] | None = None) -> dict[str, Kept]:
    """What stands there of these agents, or of all."""
    rows = _table(db)
    query = select(rows).order_by(rows.c.agent, rows.c.starts_at)
    found: defaultdict[str, Kept] = defaultdict(list)
    for agent, start, end in db.connection().execute(
        query if agents is None else query.where(rows.c.agent.in_(agents))
    ):
        found[agent].append((start, end))
    return found


def write(
    db: Session, duty: Mapping[str, Collection[Interval]], before: Mapping[str, Kept], *, seen: Interval
) -> set[str]:
    """Make the rows what `duty` says; `before` is what stands there. Says whose hours within `seen` are others now."""
    keep: Callable[[datetime], Any] = _text if _table(db) is _AS_TEXT else _same
    first, last = keep(seen.start), keep(seen.end)
    gone, new, changed = [], [], set()
    for agent in sorted(duty.keys() | before.keys()):
        after = [(keep(each.start), keep(each.end)) for each in duty.get(agent, ())]
        was = before.get(agent, [])
        if was == after:
            continue
        left, came = set(was) - set(after), set(after) - set(was)
        gone += [{"whose": agent, "since": start} for start, _end in left]
        new += [(agent, start, end) for start, end in sorted(came)]
        if any(start < last and first < end for start, end in left | came):
            changed.add(agent)
    rows = _table(db)
    if gone:
        this = rows.c.agent == bindparam("whose"), rows.c.starts_at == bindparam("since")
        db.connection().execute(delete(rows).where(*this), gone)
    _insert(db, new)
    return changed


def _insert(db: Session, new: Sequence[tuple[str, Any, Any]]) -> None:
    """Many rows go past all that is done for each parameter; PostgreSQL takes them as one stream."""
    connection, rows = db.connection(), _table(db)
    if len(new) < MANY:
        if new:
            connection.execute(insert(rows), [dict(zip(COLUMNS, each, strict=True)) for each in new])
    elif rows is _AS_TEXT:
        connection.exec_driver_sql(PUT, list(new))
    else:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(STREAM) as stream:
            for start in range(0, len(new), MANY):
                stream.write("".join(_line(*each) for each in new[start : start + MANY]))


def intervals(kept: Kept) -> tuple[Interval, ...]:
    """Kept hours as intervals."""
    return tuple(Interval(_instant(start), _instant(end)) for start, end in kept)


def _table(db: Session) -> TableClause:
    return _AS_TEXT if db.get_bind().dialect.name == "sqlite" else _AS_INSTANT


def _same(instant: datetime) -> datetime:
    return instant


@lru_cache(maxsize=1 << 17)
def _text(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def _line(agent: str, start: datetime, end: datetime) -> str:
    """A row as COPY reads it; the driver's own way of making it takes three times as long."""
    return f"{_escaped(agent)}\t{_text(start)}+00\t{_text(end)}+00\n"


@lru_cache(maxsize=16)
def _escaped(word: str) -> str:
    return word.translate(_ESCAPES)


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _instant(kept: Any) -> datetime:
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept.astimezone(UTC)
