"""Which columns a file of the set-up has, and which of them together name a row."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.base.i18n import N_
from shop.ground.errors import NotFound
from shop.upkeep.cells import language, market_id
from shop.upkeep.checklist_sheets import CHECKLIST
from shop.upkeep.crisis_sheets import CARD, CARD_TEXT, CONTACT, ROTATION
from shop.upkeep.enclosures import PICTURE_TYPES
from shop.upkeep.knowledge_sheets import ANSWER, MACRO, QUESTION
from shop.upkeep.reading import Cell, Columns
from shop.upkeep.research_sheets import ANSWER as FINDING
from shop.upkeep.research_sheets import QUESTION as OPEN_QUESTION
from shop.upkeep.research_sheets import SIGNATURE
from shop.upkeep.sheets import EXPORTER, OPTIONAL_TABLES, SHEETS, TABLES, TEXT


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns and key. A file that is one row has no key; of a picture or paper that row is the whole file."""

    columns: Columns
    key: tuple[str, ...]
    whole: str = ""  # the one cell of a file that is no table: `data` (bytes) of a picture, `text` of a paper


def _given(given: object) -> object:
    return given


_NAMED: Mapping[str, Shape] = {
    "exporter.toml": Shape(EXPORTER, ()),
    **{f"{name}.csv": Shape(columns, key) for name, (columns, key) in SHEETS.items()},
    **{f"{name}.toml": Shape(columns, ("id",)) for name, columns in {**TABLES, **OPTIONAL_TABLES}.items()},
    "crisis/cards.toml": Shape(CARD, ("key",)),
    "contacts.csv": Shape(CONTACT, ("market", "role", "name")),
    "on_call.toml": Shape(ROTATION, ("id",)),
    "knowledge/questions.toml": Shape(QUESTION, ("key",)),
    "research/questions.csv": Shape(OPEN_QUESTION, ("market", "topic", "question")),
    "research/signatures.csv": Shape(SIGNATURE, ("market", "person")),
}
# folder -> what its other TOML files are named for, and how they look
_BY_STEM: Mapping[str, tuple[Cell, Shape]] = {
    "texts": (language, Shape(TEXT, ("sku",))),
    "crisis": (language, Shape(CARD_TEXT, ("key",))),
    "knowledge": (language, Shape(ANSWER, ("key",))),
    "macros": (language, Shape(MACRO, ("key",))),
    "checklists": (language, Shape(CHECKLIST, ("key",))),
    "research": (market_id, Shape(FINDING, ("topic",))),
}
_PICTURE = Shape({"data": _given}, (), "data")
_PAPER = Shape({"text": _given}, (), "text")

# What is only ever added to, or signed, on a page of its own; file -> what to say to who would edit it.
FIXED: Mapping[str, str] = {
    "launches.csv": N_("The history of a market is written by its steps and never edited."),
    "prices.csv": N_("Earlier prices are kept as they were: a reduction must name them."),
    "signoffs.csv": N_("Policies are signed on their own page by who has read them."),
    "waivers.csv": N_("Gates are waived on the market's readiness page."),
    "stop_lines.csv": N_("Targets and stop lines are written down on the market's own page."),
    "stop_sales.toml": N_("A sale is stopped, and goes on, on the market's own page."),
    "on_call_overrides.csv": N_("Who stands in on call is written down on the page of who is on call."),
    "winding_down.csv": N_("How a market ends is written down on its own page."),
    "stock_fates.csv": N_("How a market ends is written down on its own page."),
    "schedules.toml": N_("Steps are planned, and called off, on the market's own page."),
    "research/signatures.csv": N_("Research is signed on its own page by who has read it."),
}


def shape_of(file: str) -> Shape:
    """How the file of that name looks. Raises NotFound for a name that no file of a set-up has."""
    if file in _NAMED:
        return _NAMED[file]
    folder, _, own = file.rpartition("/")
    stem, _, ending = own.rpartition(".")
    if folder == "art" and f".{ending}" in PICTURE_TYPES and stem:
        return _PICTURE
    if folder == "papers" and ending == "md" and stem:
        return _PAPER
    if folder in _BY_STEM and ending == "toml":
        named, shape = _BY_STEM[folder]
        try:
            named(stem)
        except ValueError:
            raise NotFound from None
        return shape
    raise NotFound
