"""The files that a set-up has or may have, and their rows as the person at the console may see them."""

from collections.abc import Iterator

from sqlmodel import Session, select

from shop.catalogue.models import ProductText
from shop.ground.errors import NotFound
from shop.launches.arrival import Console
from shop.markets.in_order import markets_in_order
from shop.upkeep.editing.tables import RawRow, Table, table
from shop.upkeep.reading import Columns
from shop.upkeep.workshop.column_words import COLUMNS, kind_of
from shop.upkeep.workshop.reach import sees, sees_sheet
from shop.upkeep.workshop.sheet_words import SHEETS, sheet_id

TOML = ("exporter", "markets", "agents", "on_call", "stop_sales", "schedules")
PLACES = {
    "questions": "knowledge/questions.toml",
    "crisis": "crisis/cards.toml",
    "research_questions": "research/questions.csv",
    "research_signatures": "research/signatures.csv",
}
BY_LANGUAGE = {"texts": "texts", "answers": "knowledge", "macros": "macros", "crisis_texts": "crisis",
               "checklists": "checklists"}  # fmt: skip


def sheet_files(db: Session, console: Console) -> list[str]:
    """Every file that this person may look at, in the order of the workshop; also those that hold nothing yet."""
    markets = markets_in_order(db)
    spoken = [tag for each in markets for tag in each.languages.split()]
    written = sorted(db.exec(select(ProductText.language).distinct()).all())
    languages = list(dict.fromkeys(["en", *spoken, *written]))
    theirs = [each.id for each in console.staff.own(markets)]
    return [
        file
        for kind in SHEETS
        for file in _of_kind(kind, languages, theirs)
        if sees_sheet(console.staff, kind_of(file))
    ]


def sheet_file(db: Session, console: Console, sheet: str) -> str:
    """The file of this place in an address. Raises NotFound, also for one that this person may not see."""
    for file in sheet_files(db, console):
        if sheet_id(file) == sheet:
            return file
    raise NotFound


def whole_table(db: Session, console: Console, file: str) -> Table:
    """The file as it is now; without rows where it is not written yet."""
    try:
        return table(db, console.sources.policies, file)
    except NotFound:
        return Table(file, _described_only(file), (next(iter(COLUMNS[kind_of(file)])),), ())


def own_rows(found: Table, console: Console) -> list[RawRow]:
    """The rows of the file that this person may see."""
    return [row for row in found.rows if sees(console.staff, row.file, row.cells)]


def found_row(rows: list[RawRow], key: tuple[str, ...]) -> RawRow:
    """The row of this key. Raises NotFound."""
    row = next((each for each in rows if each.key == key), None)
    if row is None:
        raise NotFound
    return row


def _of_kind(kind: str, languages: list[str], markets: list[str]) -> Iterator[str]:
    if kind in BY_LANGUAGE:
        yield from (f"{BY_LANGUAGE[kind]}/{tag}.toml" for tag in languages)
    elif kind == "research":
        yield from (f"research/{market}.toml" for market in markets)
    else:
        yield PLACES.get(kind) or f"{kind}.{'toml' if kind in TOML else 'csv'}"


def _described_only(file: str) -> Columns:
    return dict.fromkeys(COLUMNS[kind_of(file)], str)
