"""A row's raw cells as the fields of a form, and back: `price`, `markets.de`, `shifts.0.start`, `order_button.1.value`.

A CSV cell is its text; a TOML value keeps its kind. What a reader leaves alone goes back as the very cell it was.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shop.base.fields import decimal
from shop.base.web import Form
from shop.upkeep.workshop.described import Columns, Described

NUMBERS = ("number", "amount", "percent")
MOST_ROWS = 60  # of a field that holds rows
MIDNIGHT = "T00:00"
NAMED = Described("")


def values_of(columns: Columns, cells: Mapping[str, Any], *, before: str = "") -> dict[str, str]:
    """The fields of these cells; `before` stands before each name."""
    values: dict[str, str] = {}
    for column, about in columns.items():
        values |= _values(about, f"{before}{column}", cells.get(column, ""))
    return values


def cells_of(columns: Columns, form: Form, *, toml: bool) -> dict[str, Any]:
    """The cells that the form means, one for each column."""
    return {column: _cell(about, form, column, toml=toml) for column, about in columns.items()}


def changed_cells(columns: Columns, form: Form, cells: Mapping[str, Any], *, toml: bool) -> dict[str, Any]:
    """Of the form's cells those that say something else than these cells do."""
    known = cells_of(columns, Form(values_of(columns, cells)), toml=toml)
    coming = cells_of(columns, form, toml=toml)
    return {name: cell for name, cell in coming.items() if not _same(columns[name], cell, known[name])}


def plain_text(about: Described, cell: Any) -> str:
    """A cell that is one text, as a spreadsheet holds it."""
    return " ".join(map(str, cell)) if isinstance(cell, list) else _text(about, cell).removesuffix(MIDNIGHT)


def rows_sent(form: Form, name: str) -> int:
    """How many rows of a field of rows the form holds, the empty ones at its end left out."""
    before = f"{name}."
    numbers = {
        int(number)
        for each, value in form.values.items()
        if each.startswith(before)
        and value
        and (number := each.removeprefix(before).partition(".")[0]).isdecimal()
        and len(number) < 4
    }
    return min(max(numbers, default=-1) + 1, MOST_ROWS)


def parts_of(about: Described) -> Columns:
    """The columns of a field's rows."""
    return about.parts or {"name": NAMED, "value": about.values or NAMED}


def _same(about: Described, cell: Any, known: Any) -> bool:
    """Ticks say the same in any order."""
    if about.widget == "several":
        return {*(cell if isinstance(cell, list) else cell.split())} == {
            *(known if isinstance(known, list) else known.split())
        }
    return bool(cell == known)


def _values(about: Described, name: str, cell: Any) -> dict[str, str]:
    match about.widget:
        case "several":
            parts = cell if isinstance(cell, list) else str(cell).split()
            return {f"{name}.{each}": "yes" for each in parts}
        case "pairs" | "table":
            values: dict[str, str] = {}
            for number, row in enumerate(_rows(about, cell)):
                values |= values_of(parts_of(about), row, before=f"{name}.{number}.")
            return values
        case _:
            return {name: _text(about, cell)}


def _rows(about: Described, cell: Any) -> list[dict[str, Any]]:
    if isinstance(cell, list):
        return [dict(each) for each in cell if isinstance(each, Mapping)]
    if not isinstance(cell, Mapping):
        return []
    if about.widget == "pairs":
        return [{"name": name, "value": value} for name, value in cell.items()]
    return [{"name": name, **_gathered(about.parts, value)} for name, value in cell.items()]


def _gathered(parts: Columns, value: Mapping[str, Any]) -> dict[str, Any]:
    """A table's keys, those that no part is named for gathered in its part of pairs."""
    pairs = next((name for name, each in parts.items() if each.widget == "pairs"), "")
    own = {name: each for name, each in value.items() if name in parts}
    return own | ({pairs: {name: each for name, each in value.items() if name not in parts}} if pairs else {})


def _text(about: Described, cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        cell = cell.isoformat()
    if isinstance(cell, list):
        return (" " if about.widget == "words" else "\n").join(map(str, cell))
    said = "" if cell is None else str(cell)
    return f"{said}{MIDNIGHT}" if about.widget == "moment" and len(said) == len("2026-12-01") else said


def _cell(about: Described, form: Form, name: str, *, toml: bool) -> Any:
    match about.widget:
        case "several":
            ticked = [
                each.removeprefix(f"{name}.") for each, value in form.values.items() if _is_tick(each, value, name)
            ]
            return ticked if toml else " ".join(ticked)
        case "pairs" | "table":
            return _of_rows(about, form, name)
        case "list":
            lines = [line.strip() for line in form.text(name).splitlines() if line.strip()]
            return lines if toml else "\n".join(lines)
        case "flag":
            ticked_ = form.text(name) == "yes"
            return ticked_ if toml else ("yes" if ticked_ else "no")
        case _:
            return _plain(about, form.text(name), toml=toml)


def _is_tick(field: str, value: str, name: str) -> bool:
    return field.startswith(f"{name}.") and value == "yes"


def _plain(about: Described, said: str, *, toml: bool) -> Any:
    said = said.replace("\r\n", "\n").replace("\r", "\n")
    if about.widget in NUMBERS:
        said = decimal(said).rstrip("%")
    if about.widget == "moment":
        said = said.removesuffix(MIDNIGHT)
    if about.widget not in ("text", "list"):
        said = " ".join(said.split())
    whole = about.widget in ("number", "percent", "choice") and said.isascii() and said.isdecimal() and len(said) < 13
    return int(said) if toml and whole else said


def _of_rows(about: Described, form: Form, name: str) -> Any:
    parts, rows = parts_of(about), []
    for number in range(rows_sent(form, name)):
        row = cells_of(parts, Form(form.below(f"{name}.{number}.")), toml=True)
        if any(cell not in ("", False, [], {}) for cell in row.values()):
            rows.append(row)
    if about.widget == "pairs":
        return {str(row["name"]): row["value"] for row in rows}
    if "name" not in parts:
        return [{key: cell for key, cell in row.items() if cell != ""} for row in rows]
    return {str(row["name"]): _spread(parts, row) for row in rows}


def _spread(parts: Columns, row: Mapping[str, Any]) -> dict[str, Any]:
    spread: dict[str, Any] = {}
    for name, cell in row.items():
        if parts[name].widget == "pairs":
            spread |= cell
        elif name != "name" and cell != "":
            spread[name] = cell
    return spread
