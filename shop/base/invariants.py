"""What must hold, as a slice states it: a sentence, what to do if it does not hold, and the query for what breaks it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

READ_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it must be: its number or key, and the values that do not agree."""

    subject: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must hold at every instant. `letter` is its group, I1 to I10; `says` and `remedy` are messages.

    `broken` asks in one statement wherever it compares: what was changed between two would look broken. With `look` it
    names what a person should look at, and nothing is broken by it.
    """

    key: str
    letter: str
    says: str
    remedy: str
    broken: Callable[[Session, datetime], Iterable[Broken]]
    look: bool = False


def naming(*columns: Any) -> Any:
    """A query for what is broken: the subject first, then the values that do not agree, labelled as they are told."""
    return select(*columns)


def broken_rows(db: Session, query: Any) -> Iterator[Broken]:
    """What a query found, row by row: the first column is the subject, the others are values by their names."""
    for row in db.connection().execute(query, execution_options={"yield_per": READ_AT_ONCE}):
        (_name, subject), *values = row._asdict().items()
        yield Broken(str(subject), dict(values))
