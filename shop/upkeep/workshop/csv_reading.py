"""A spreadsheet as edits of one file: what is new, what differs, what is gone; every wrong line is named.

Numbers and days are read as spreadsheets of many countries write them: `229,00`, `24.11.2026`, cells parted by semicolons.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.base.fields import decimal
from shop.base.i18n import N_
from shop.base.spreadsheets import guarded, unguarded
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import RawRow, Table
from shop.upkeep.workshop.cell_forms import NUMBERS, plain_text
from shop.upkeep.workshop.column_words import described
from shop.upkeep.wrong import Wrong

MARKS = (",", ";", "\t")
_SAYS_ITS_MARK = re.compile(r'"?sep=([,;\t])"?[ ;,\t]*\r?\n', re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: +([0-9]{2}:[0-9]{2})(?::00)?)?")
Key = tuple[str, ...]
May = Callable[[Mapping[str, Any]], bool]


@dataclass(slots=True)
class Read:
    """What a spreadsheet means: edits, which line each key stands on, and what is wrong with which line."""

    edits: list[Edit] = field(default_factory=list)
    lines: dict[Key, int] = field(default_factory=dict)
    wrong: list[tuple[int, Wrong]] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0


def written_sheet(table: Table, rows: list[RawRow]) -> bytes:
    """The rows as a spreadsheet, with a mark by which it is known to be UTF-8."""
    file = io.StringIO(newline="")
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow(table.columns)
    for row in rows:
        lines.writerow([guarded(_text(table.file, each, row.cells.get(each, ""))) for each in table.columns])
    return file.getvalue().encode("utf-8-sig")


def read_sheet(data: bytes, table: Table, rows: list[RawRow], *, removes: bool, may: May) -> Read:
    """Compare the spreadsheet with these rows. Columns that it does not have stay as they are."""
    read = Read()
    present = {each.key: each for each in rows}
    for line, cells in _lines(data, table, read):
        key = tuple(cells[each] for each in table.key)
        if key in read.lines:
            read.wrong.append((line, Wrong(N_("is the same row as line %(number)s"), number=read.lines[key])))
            continue
        read.lines[key] = line
        edit = _edit(table, key, cells, present.get(key))
        if edit is None:
            read.same += 1
        elif not (may({**(present[key].cells if key in present else {}), **cells})):
            read.wrong.append((line, Wrong(N_("is none of the rows that you may change"))))
        else:
            read.edits.append(edit)
            read.added, read.changed = read.added + (not edit.seen), read.changed + bool(edit.seen)
    if removes and not read.wrong:
        gone = [each for each in rows if each.key not in read.lines and may(each.cells)]
        read.edits += [Edit(table.file, each.key, None, each.version) for each in gone]
        read.removed = len(gone)
    return read


def _lines(data: bytes, table: Table, read: Read) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of the spreadsheet as cells by column; without any where it has no header that can be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        read.wrong.append((1, Wrong(N_("is not UTF-8. Please save it as “CSV UTF-8”."))))
        return
    said_mark = _SAYS_ITS_MARK.match(text)
    text, above = (text[said_mark.end() :], 1) if said_mark else (text, 0)
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = said_mark[1] if said_mark else max(MARKS, key=first.count)
    sheet = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    try:
        header = _named_columns(sheet)
        if wrong := list(_header(header, table)):
            read.wrong += [(max(1, above + sheet.line_num), each) for each in wrong]
            return
        before = above + sheet.line_num
        for cells in sheet:
            line, before = before + 1, above + sheet.line_num
            if not any(each.strip() for each in cells):
                continue
            if len(cells) > len(header) and not any(cells[len(header) :]):
                cells = cells[: len(header)]
            if len(cells) == len(header):
                plain = ((name, unguarded(each).strip()) for name, each in zip(header, cells, strict=True))
                yield line, {name: _as_kept(table.file, name, each) for name, each in plain}
            else:
                said = N_("has %(number)s cells, the first line %(columns)s")
                read.wrong.append((line, Wrong(said, number=len(cells), columns=len(header))))
    except csv.Error as error:
        read.wrong.append((above + sheet.line_num, Wrong(N_("cannot be read: %(error)s"), error=str(error))))


def _named_columns(sheet: Iterator[list[str]]) -> list[str]:
    """The first line that says anything, without the empty cells behind it."""
    header = next((cells for cells in sheet if any(each.strip() for each in cells)), [])
    names = [each.strip() for each in header]
    while names and not names[-1]:
        names.pop()
    return names


def _as_kept(file: str, column: str, cell: str) -> str:
    """The cell as the set-up writes it: a point before decimals, the year first."""
    widget = described(file, column).widget
    if widget in NUMBERS:
        plain = decimal(cell).removesuffix("%")
        return plain if _PLAIN.fullmatch(plain) else cell
    if widget in ("day", "moment") and (found := _DAY_FIRST.fullmatch(cell)):
        day = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
        return f"{day}T{found[4]}" if found[4] and found[4] != "00:00" else day
    return cell


def _header(header: list[str], table: Table) -> Iterator[Wrong]:
    for each in table.key:
        if each not in header:
            yield Wrong(N_("the column %(column)s is missing"), column=each)
    for each in header:
        if each not in table.columns:
            yield Wrong(N_("the column %(column)s is unknown"), column=each)
        elif header.count(each) > 1:
            yield Wrong(N_("the column %(column)s stands there twice"), column=each)


def _edit(table: Table, key: Key, cells: Mapping[str, str], row: RawRow | None) -> Edit | None:
    if row is None:
        return Edit(table.file, key, dict(cells))
    differs = {
        name: cell for name, cell in cells.items() if cell != _text(table.file, name, row.cells.get(name, "")).strip()
    }
    return Edit(table.file, key, differs, row.version) if differs else None


def _text(file: str, column: str, cell: Any) -> str:
    return plain_text(described(file, column), cell)
