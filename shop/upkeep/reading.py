"""Reading a set-up's folder: CSV and TOML files as rows that know their place, and everything that is wrong with them.

A cell is read by a function that takes the CSV text or the TOML value (an empty cell and a missing key are both "") and
raises Wrong (or any ValueError) with what is wrong. A bad cell is left out of its row, so that one mistake is told once.
"""

import csv
import io
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.base.spreadsheets import unguarded
from shop.upkeep.sources import InMemory, OnDisk
from shop.upkeep.wrong import Wrong, shown, wrong

Cell = Callable[[object], Any]
Columns = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong; `place` is the line of a CSV file or the key of a TOML file, empty for a whole file.

    What is wrong with a row knows the row's `key` as it was written, and the column, if it is about one.
    """

    file: str
    place: str
    what: Wrong
    key: tuple[str, ...] = ()
    column: str = ""

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.error}" if self.place else f"{self.file}: {self.error}"

    @property
    def error(self) -> str:
        """The English sentence; in a CSV file, whose places are lines, it begins with the column."""
        return f"{self.column}: {self.what}" if self.column and self.file.endswith(".csv") else str(self.what)

    def says(self, tongue: Tongue) -> str:
        """What is wrong, in this tongue; the place is not named."""
        return self.what.says(tongue)


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
    key: tuple[str, ...] = ()  # as it was written

    @property
    def where(self) -> Wrong:
        """Where the row stands, to be named in what is wrong with another one."""
        line = self.place.removeprefix("line ")
        return Wrong(N_("line %(number)s"), number=line) if line != self.place else Wrong(self.place)

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def get(self, column: str) -> Any:
        """The cell; None for one that could not be read."""
        return self.cells.get(column)


Fault = tuple[Row, str, Wrong]  # where, in which column, what


class Folder:
    """The files, from a folder on the disk or from memory (name -> bytes), and what has been found wrong so far."""

    def __init__(self, source: Path | Mapping[str, bytes], *, left_out: Collection[str] = ()) -> None:
        self.files = OnDisk(source) if isinstance(source, Path) else InMemory(source)
        self.complaints: list[Complaint] = []
        self.unread: set[str] = set()  # files that could not be read in full; nothing is concluded from what they lack
        self.unread.update(left_out)  # nor from those that were left out on purpose

    def complain(self, row: Row, column: str, what: Wrong) -> None:
        """Note what is wrong with a row, naming the column as its kind of file does."""
        place = row.place if row.file.endswith(".csv") else ".".join(filter(None, (row.place, column)))
        self.complaints.append(Complaint(row.file, place, what, row.key, column))

    def complain_of(self, file: str, what: Wrong) -> None:
        """Note what is wrong with a whole file."""
        self.complaints.append(Complaint(file, "", what))

    def sheet(self, name: str, columns: Columns, key: tuple[str, ...], *, needed: bool = True) -> list[Row]:
        """The rows of a CSV file with these columns, of which optional ones may be left out; no two with the same key."""
        if name in self.unread or (not needed and not self.files.has(name)):
            return []
        records = self._records(name, self._text(name))
        _place, header = next(records, ("", []))
        if name in self.unread or not self._header_fits(name, header, columns):
            return []
        rows = []
        for place, cells in records:
            if len(cells) == len(header):
                given = dict(zip(header, cells, strict=True))
                rows.append(self._read(name, place, given, columns, tuple(given.get(each, "") for each in key)))
            else:
                uneven = Wrong(N_("has %(cells)s cells, the header %(header)s"), cells=len(cells), header=len(header))
                self._give_up(name, Complaint(name, place, uneven))
        return self._unique(rows, key)

    def tables(self, name: str, columns: Columns, key: str) -> list[Row]:
        """The tables of a TOML file, the name of each read as the column `key`."""
        rows = []
        for title, table in self._toml(name).items():
            if isinstance(table, dict):
                rows.append(self._read(name, title, {**table, key: title}, columns, (title,)))
            else:
                no_table = Wrong(N_("is no table; write [%(name)s] above its keys"), name=shown(title))
                self.complaints.append(Complaint(name, title, no_table))
        return rows

    def tables_in(
        self, inside: str, columns: Columns, key: str, *, named: tuple[str, Cell], but: Collection[str] = ()
    ) -> list[Row]:
        """The tables of the TOML files that lie in this folder, but for some of them.

        `named` is the column that a file's name fills, and how it is read: a language, or a market.
        """
        rows, (column, read) = [], named
        for file in self.files.names(inside):
            name, stem = f"{inside}/{file}", file.removesuffix(".toml")
            if stem == file or stem in but:
                continue
            try:
                told = read(stem)
            except ValueError as error:
                self.complain_of(name, wrong(error))
                continue
            for row in self.tables(name, columns, key):
                row.cells[column] = told
                rows.append(row)
        return rows

    def table(self, name: str, columns: Columns) -> Row:
        """A TOML file of plain keys."""
        given = self._toml(name)
        return Row(name, "", {}) if name in self.unread else self._read(name, "", given, columns, ())

    def _header_fits(self, name: str, header: list[str], columns: Columns) -> bool:
        missing = [each for each in columns if each not in header and must_be_filled(columns[each])]
        unknown = [each for each in header if each not in columns]
        twice = sorted({each for each in header if header.count(each) > 1})
        faults = [
            *(Wrong(N_("the column '%(column)s' is missing"), column=each) for each in missing),
            *(Wrong(N_("the column '%(column)s' is unknown"), column=shown(each)) for each in unknown),
            *(Wrong(N_("the column '%(column)s' stands there twice"), column=shown(each)) for each in twice),
        ]
        self._give_up(name, *(Complaint(name, "line 1", each) for each in faults))
        return not faults

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
                return self._give_up(name, Complaint(name, place, Wrong(str(error))))
            if any(cells):
                yield place, [unguarded(each) for each in cells]

    def _read(self, file: str, place: str, given: Mapping[str, object], columns: Columns, key: tuple[str, ...]) -> Row:
        row = Row(file, place, {}, key)
        for unknown in given.keys() - columns.keys():
            self.complain(row, unknown, Wrong(N_("is unknown")))
        for column, read in columns.items():
            try:
                row.cells[column] = read(given.get(column, ""))
            except ValueError as error:
                self.complain(row, column, wrong(error))
        return row

    def _unique(self, rows: list[Row], key: tuple[str, ...]) -> list[Row]:
        seen: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            name = tuple(row.get(column) for column in key)
            if None not in name and (first := seen.setdefault(name, row)) is not row:
                repeated = Wrong(N_("repeats %(columns)s of %(place)s"), columns=", ".join(key), place=first.where)
                self.complain(row, "", repeated)
        return rows

    def _toml(self, name: str) -> dict[str, Any]:
        if name in self.unread:
            return {}
        try:
            return tomllib.loads(self._text(name))
        except tomllib.TOMLDecodeError as error:
            self._give_up(name, Complaint(name, "", Wrong(str(error))))
            return {}

    def _text(self, name: str) -> str:
        """The file's text; empty when it cannot be read or holds nothing."""
        try:
            text = self.files.read(name).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except FileNotFoundError:
            self._give_up(name, Complaint(name, "", Wrong(N_("is missing"))))
        except (OSError, UnicodeDecodeError) as error:
            self._give_up(name, Complaint(name, "", Wrong(N_("cannot be read: %(error)s"), error=error)))
        else:
            if text.strip():
                return text
            self._give_up(name, Complaint(name, "", Wrong(N_("is empty"))))
        return ""

    def _give_up(self, name: str, *complaints: Complaint) -> None:
        self.complaints += complaints
        if complaints:
            self.unread.add(name)


def must_be_filled(read: Cell) -> bool:
    """Whether a row cannot do without this cell."""
    try:
        read("")
    except ValueError:
        return True
    return False
