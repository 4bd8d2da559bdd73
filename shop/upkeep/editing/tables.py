"""The files of the set-up as tables of raw rows: what a form shows, and what an edit was drawn from."""

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli_w
from sqlmodel import Session

from shop.base.spreadsheets import guarded, unguarded
from shop.policies.library import PolicyLibrary
from shop.upkeep.editing.shapes import Shape, shape_of
from shop.upkeep.reading import Columns
from shop.upkeep.writing.files import written
from shop.upkeep.writing.spelling import EMPTY


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it: the text of a CSV cell, the value of a TOML key; one that is not written is ""."""

    file: str
    key: tuple[str, ...]
    cells: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Changes with every cell; what a form says it was drawn from."""
        return version(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A file: what its columns read, those that together name a row, and its rows in their order."""

    file: str
    columns: Columns
    key: tuple[str, ...]
    rows: tuple[RawRow, ...]


def version(cells: Mapping[str, Any]) -> str:
    """A short hash of a row's cells; an empty cell and none are the same."""
    said = json.dumps({name: cell for name, cell in cells.items() if cell != ""}, sort_keys=True, default=_plain)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def table(db: Session, policies: PolicyLibrary, file: str, *, goods: Collection[str] | None = None) -> Table:
    """The file as the database has it now; rows about a SKU only for `goods`, if given.

    Raises NotFound for what is no file of a set-up.
    """
    shape = shape_of(file)
    rows = read_rows(file, written(db, policies, {file}, goods=goods).get(file))
    return Table(file, shape.columns, shape.key, tuple(rows.values()))


def read_rows(file: str, data: bytes | None) -> dict[tuple[str, ...], RawRow]:
    """The rows of a file by their keys, in their order; none of a file that there is not."""
    shape = shape_of(file)
    if data is None:
        return {}
    if shape.whole:
        cell = data.decode() if shape.whole == "text" else data
        return {(): RawRow(file, (), {shape.whole: cell})}
    rows = _csv_cells(data, shape) if file.endswith(".csv") else _toml_cells(data, shape)
    keyed = ((tuple([cells[each] for each in shape.key]), cells) for cells in rows)
    return {key: RawRow(file, key, cells) for key, cells in keyed}


def write_rows(file: str, rows: Iterable[Mapping[str, Any]]) -> bytes | None:
    """The file with these rows; None for one that there is not without any."""
    shape = shape_of(file)
    cells = list(rows)
    if shape.whole:
        content = cells[0][shape.whole] if cells else None
        return content.encode() if isinstance(content, str) else content
    if file.endswith(".csv"):
        return _csv_bytes(shape, cells)
    if not cells:
        return None if "/" in file else EMPTY
    if not shape.key:
        return tomli_w.dumps(_filled(cells[0])).encode()
    return tomli_w.dumps({each[shape.key[0]]: _filled(each, besides=shape.key[0]) for each in cells}).encode()


def _csv_cells(data: bytes, shape: Shape) -> list[dict[str, str]]:
    """The rows of a file that `writing/` wrote: with all the columns of its shape, in their order."""
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    if next(lines, []) != list(shape.columns):
        raise ValueError("the file has other columns than its shape")
    return [dict(zip(shape.columns, map(unguarded, line), strict=True)) for line in lines if any(line)]


def _csv_bytes(shape: Shape, rows: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(shape.columns)
    lines.writerows([guarded(each.get(column, "")) for column in shape.columns] for each in rows)
    return file.getvalue().encode()


def _toml_cells(data: bytes, shape: Shape) -> list[dict[str, Any]]:
    given = tomllib.loads(data.decode())
    tables = [{**each, shape.key[0]: title} for title, each in given.items()] if shape.key else [given]
    return [{column: each.get(column, "") for column in shape.columns} for each in tables]


def _filled(cells: Mapping[str, Any], *, besides: str = "") -> dict[str, Any]:
    return {name: cell for name, cell in cells.items() if cell != "" and name != besides}


def _plain(value: object) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)
