"""Where a customer's personal data stands: every column of every table, classified once in inventory.toml.

Export and erasure read nothing else; a column that is not classified fails a test.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

CLASSES = ("none", "personal", "words", "money", "safety", "retained", "staff")
OF_CUSTOMER = ("personal", "words")  # what is emptied
NAMED, BY_NUMBER, FIXED = "named", "numbered", "fixed"
EMPTY = {"orders.address": "{}", "request.details": "{}", "api_kept_answer.body": "{}"}  # they hold JSON, and stay JSON
EMPTIED_BEFORE = {"hold.address": "{}"}  # as earlier versions left a column, which is no less empty
_FILE = Path(__file__).with_name("inventory.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One table. `kind` and `key` say how a customer's rows are found: the kind of number, and the column that holds it.

    Rows without such a number are found by what their words say (`named` or `numbered`; `fixed` where they are never
    changed), or not at all. `tie` is a kind and a column that say of a row so found that it is about the customer.
    """

    table: Table
    kind: str = ""
    key: str = ""
    by_words: str = ""
    tie: str = ""
    removed: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, *classes: str) -> tuple[str, ...]:
        """The columns of these classes, in the table's own order."""
        mine = {column for each in classes for column in self.columns.get(each, ())}
        return tuple(column.name for column in self.table.columns if column.name in mine)

    def emptied(self, *classes: str) -> dict[str, Any]:
        """What stands in the columns of these classes, or in all that are a customer's, once they are emptied."""
        return {name: self.empty(name)[0] for name in self.of(*(classes or OF_CUSTOMER))}

    def empty(self, name: str) -> tuple[Any, ...]:
        """What may stand in an emptied column: first what is put there now."""
        column = f"{self.table.name}.{name}"
        now = None if self.table.c[name].nullable else EMPTY.get(column, "")
        return (now, EMPTIED_BEFORE[column]) if column in EMPTIED_BEFORE else (now,)


@cache
def inventory() -> tuple[Place, ...]:
    """Every table, by name."""
    written = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(_place(name, row) for name, row in written.items())


def found_by_number() -> tuple[Place, ...]:
    """The tables of which a customer's rows are found by a number or an address."""
    return tuple(each for each in inventory() if each.kind)


def _place(name: str, row: Mapping[str, Any]) -> Place:
    ways = row.get("by", "").split()
    kind, _, key = next((each for each in ways if ":" in each), "").partition(":")
    by_words = next((each for each in ways if ":" not in each), "")
    columns = {each: tuple(row[each].split()) for each in CLASSES if each in row}
    return Place(
        table=SQLModel.metadata.tables[name],
        kind=kind,
        key=key,
        by_words=by_words,
        tie=row.get("tie", ""),
        removed=row.get("removed", False),
        columns=columns,
    )
