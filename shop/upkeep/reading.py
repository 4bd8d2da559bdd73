"""Reading a set-up's folder: CSV and TOML files as rows that know their place, and everything that is wrong with them.

A cell is read by a function that takes the CSV text or the TOML value (an empty cell and a missing key are both "") and
raises ValueError with what is wrong. A bad cell is left out of its row, so that one mistake is told once.
"""

import csv
import io
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Cell = Callable[[object], Any]
Columns = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong; `place` is the line of a CSV file or the key of a TOML file, empty for a whole file."""

    file: str
    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.says}" if self.place else f"{self.file}: {self.says}"


class BadSetup(Exception):
    """The folder cannot be taken; `complaints` names everything that is wrong with it."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, self.complaints)))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a CSV file or a table of a TOML file: its readable cells by column."""

    file: str
    place: str
    cells: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def get(self, column: str) -> Any:
        """The cell; None for one that could not be read."""
        return self.cells.get(column)


class Folder:
    """The folder, and what has been found wrong so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaints: list[Complaint] = []
        self.unread: set[str] = set()  # files that could not be read in full; nothing is concluded from what they lack

    def complain(self, row: Row, column: str, says: str) -> None:
        """Note what is wrong with a row, naming the column as its kind of file does."""
        if row.file.endswith(".csv"):
            self.complaints.append(Complaint(row.file, row.place, f"{column}: {says}" if column else says))
        else:
            self.complaints.append(Complaint(row.file, ".".join(filter(None, (row.place, column))), says))

    def sheet(self, name: str, columns: Columns, key: tuple[str, ...], *, needed: bool = True) -> list[Row]:
        """The rows of a CSV file with these columns, of which optional ones may be left out; no two with the same key."""
        if not needed and not (self.path / name).exists():
            return []
        records = self._records(name, self._text(name))
        _place, header = next(records, ("", []))
        if name in self.unread or not self._header_fits(name, header, columns):
            return []
        rows = []
        for place, cells in records:
            if len(cells) == len(header):
                rows.append(self._read(name, place, dict(zip(header, cells, strict=True)), columns))
            else:
                self._give_up(name, Complaint(name, place, f"has {len(cells)} cells, the header {len(header)}"))
        return self._unique(rows, key)

    def tables(self, name: str, columns: Columns, key: str) -> list[Row]:
        """The tables of a TOML file, the name of each read as the column `key`."""
        rows = []
        for title, table in self._toml(name).items():
            if isinstance(table, dict):
                rows.append(self._read(name, title, {**table, key: title}, columns))
            else:
                self.complaints.append(Complaint(name, title, f"is no table; write [{title}] above its keys"))
        return rows

    def table(self, name: str, columns: Columns) -> Row:
        """A TOML file of plain keys."""
        given = self._toml(name)
        return Row(name, "", {}) if name in self.unread else self._read(name, "", given, columns)

    def _header_fits(self, name: str, header: list[str], columns: Columns) -> bool:
        wrong = [
            f"the column {each!r} is missing"
            for each in columns
            if each not in header and _must_be_filled(columns[each])
        ]
        wrong += [f"the column {each!r} is unknown" for each in header if each not in columns]
        wrong += [f"the column {each!r} stands there twice" for each in set(header) if header.count(each) > 1]
        self._give_up(name, *(Complaint(name, "line 1", each) for each in wrong))
        return not wrong

    def _records(self, name: str, text: str) -> Iterator[tuple[str, list[str]]]:
        """The file's records, each with the line on which it begins; empty lines are none."""
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        while True:
            place = f"line {lines.line_num + 1}"
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                return self._give_up(name, Complaint(name, place, str(error)))
            if any(cells):
                yield place, cells

    def _read(self, file: str, place: str, given: Mapping[str, object], columns: Columns) -> Row:
        row = Row(file, place, {})
        for unknown in given.keys() - columns.keys():
            self.complain(row, unknown, "is unknown")
        for column, read in columns.items():
            try:
                row.cells[column] = read(given.get(column, ""))
            except ValueError as error:
                self.complain(row, column, str(error))
        return row

    def _unique(self, rows: list[Row], key: tuple[str, ...]) -> list[Row]:
        seen: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            name = tuple(row.get(column) for column in key)
            if None not in name and (first := seen.setdefault(name, row)) is not row:
                self.complain(row, "", f"repeats {', '.join(key)} of {first.place}")
        return rows

    def _toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text(name))
        except tomllib.TOMLDecodeError as error:
            self._give_up(name, Complaint(name, "", str(error)))
            return {}

    def _text(self, name: str) -> str:
        """The file's text; empty when it cannot be read or holds nothing."""
        try:
            text = (self.path / name).read_text("utf-8-sig")
        except FileNotFoundError:
            self._give_up(name, Complaint(name, "", "is missing"))
        except (OSError, UnicodeDecodeError) as error:
            self._give_up(name, Complaint(name, "", f"cannot be read: {error}"))
        else:
            if text.strip():
                return text
            self._give_up(name, Complaint(name, "", "is empty"))
        return ""

    def _give_up(self, name: str, *complaints: Complaint) -> None:
        self.complaints += complaints
        if complaints:
            self.unread.add(name)


def _must_be_filled(read: Cell) -> bool:
    try:
        read("")
    except ValueError:
        return True
    return False
