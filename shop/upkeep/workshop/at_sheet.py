"""One file of the set-up as the person at the console finds it, and the pages that show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from litestar import Response

from shop.base.i18n import N_, Tongue
from shop.launches.arrival import Console
from shop.upkeep.editing.tables import RawRow, Table
from shop.upkeep.reading import must_be_filled
from shop.upkeep.workshop.column_words import COLUMNS, described, kind_of, label
from shop.upkeep.workshop.described import Columns
from shop.upkeep.workshop.reach import GUARDED, Spoken, changes, changes_sheet, read_spoken
from shop.upkeep.workshop.row_fields import Known, known, shown
from shop.upkeep.workshop.sheet_files import own_rows, sheet_file, sheet_files, whole_table
from shop.upkeep.workshop.sheet_words import named_for, sheet_name, sheet_purpose, sheet_url, sheet_words

URL = "/console/workshop"
NESTED = ("pairs", "table", "list")


@dataclass
class AtSheet:
    """A file with its rows, as far as this person may see them."""

    console: Console
    file: str
    table: Table
    rows: list[RawRow]
    known: Known
    spoken: Spoken

    @property
    def tongue(self) -> Tongue:
        """The reader's tongue."""
        return self.console.staff.tongue

    @property
    def kind(self) -> str:
        """What the rows are."""
        return kind_of(self.file)

    @property
    def url(self) -> str:
        """Where the file is shown."""
        return sheet_url(self.file)

    @property
    def toml(self) -> bool:
        """Whether cells keep their kind."""
        return self.file.endswith(".toml")

    @cached_property
    def columns(self) -> Columns:
        """The file's columns as they are described, in the order of the description."""
        told = COLUMNS.get(self.kind, {})
        order = [
            *(each for each in told if each in self.table.columns),
            *(c for c in self.table.columns if c not in told),
        ]
        return {each: described(self.file, each) for each in order}

    @cached_property
    def filled_in(self) -> Columns:
        """The columns that a form may fill in; the others are changed where more is asked for it."""
        guarded = GUARDED.get(self.kind, frozenset())
        return {each: about for each, about in self.columns.items() if each not in guarded}

    @cached_property
    def required(self) -> frozenset[str]:
        """The columns that must be filled in."""
        return frozenset(each for each, read in self.table.columns.items() if must_be_filled(read))

    @property
    def flat(self) -> bool:
        """Whether every cell is one text, so that the file can be a spreadsheet."""
        return self.kind != "exporter" and all(each.widget not in NESTED for each in self.columns.values())

    @property
    def may_change(self) -> bool:
        """Whether this person may change anything here."""
        return changes_sheet(self.console.staff, self.file, self.spoken)

    @property
    def may_add(self) -> bool:
        """Whether rows come and go here."""
        return self.may_change and self.kind != "exporter"

    def may_change_row(self, row: RawRow) -> bool:
        """Whether this person may change the row."""
        return changes(self.console.staff, self.file, row.cells, self.spoken)

    def name(self, key: Sequence[str]) -> str:
        """A row by its key, in words."""
        said = [self.word(column, each) for column, each in zip(self.table.key, key, strict=False)]
        return " · ".join(filter(None, said)) or sheet_name(self.file, self.tongue)

    def word(self, column: str, cell: Any, *, key: Sequence[str] = ()) -> str:
        """A cell in words; `key` is that of its row."""
        return shown(self.file, column, cell, self.known, key=key)

    def label(self, column: str) -> str:
        """A column's name."""
        return label(self.file, column, self.tongue) if column else self.tongue.say(N_("The whole row"))

    def row_url(self, key: Sequence[str], page: str = "row") -> str:
        """The address of a page about one row."""
        return f"{self.url}/{page}?{urlencode([('key', each) for each in key])}"

    def page(self, name: str, *, title: str = "", status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page about this file."""
        own = sheet_name(self.file, self.tongue)
        words = sheet_words(self.file)
        values |= {
            "sheet_name": own,
            "url": self.url,
            "purpose": sheet_purpose(self.file, self.tongue),
            "may_change": self.may_change,
            "may_add": self.may_add,
            "removes": words.removes,
            "elsewhere": words.elsewhere,
            "flat": self.flat,
            "written_in": named_for(self.file) if self.kind != "research" else "",
        }
        page = f"workshop/{name}"
        return self.console.page(page, title=title or own, status=status, done=done, current=URL, **values)


def at_sheet(console: Console, sheet: str) -> AtSheet:
    """The file of this place in an address, read now. Raises NotFound."""
    with console.database.reading() as db:
        file = sheet_file(db, console, sheet)
        found = whole_table(db, console, file)
        spoken = read_spoken(db)
        return AtSheet(console, file, found, own_rows(found, console), known(db, console.staff.tongue), spoken)


def all_sheets(console: Console) -> list[AtSheet]:
    """Every file that the person may see, read now."""
    with console.database.reading() as db:
        told = known(db, console.staff.tongue)
        spoken = read_spoken(db)
        found = [(file, whole_table(db, console, file)) for file in sheet_files(db, console)]
        return [AtSheet(console, file, each, own_rows(each, console), told, spoken) for file, each in found]
