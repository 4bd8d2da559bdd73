"""What a document is made of, as plain values: sections of texts, tables and lists, and lines left for a pen. Pure.

An empty cell that is no `optional` one prints as a visible blank, and is counted. Whatever a document says can be laid
flat, so that two states of it are compared line by line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar
from unicodedata import bidirectional

DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing that is said; `sub` stands below it, `lang` is the language it is in where that is another one."""

    text: str
    sub: str = ""
    lang: str = ""
    code: bool = False
    optional: bool = False

    @property
    def blank(self) -> bool:
        """Whether it is still to be filled in."""
        return not self.text and not self.optional

    @property
    def whole(self) -> str:
        """All of it, as it is compared."""
        return "\n".join(filter(None, (self.text, self.sub)))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, known by its key; the first cell names it."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs; in a `frame` where they are to be said or sent word for word, `loud` where they must not be missed."""

    block: ClassVar[str] = "text"
    key: str
    cell: Cell
    title: str = ""
    frame: bool = False
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a head; without one, names with what is said of them."""

    block: ClassVar[str] = "table"
    key: str
    rows: tuple[Row, ...]
    head: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Sentences one after the other: `steps` in their order, `ticks` to be ticked off, `points`, or `never`."""

    block: ClassVar[str] = "list"
    key: str
    items: tuple[str, ...]
    kind: str = "points"
    title: str = ""
    lang: str = ""
    needed: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is there although something must be."""
        return self.needed and not self.items


@dataclass(frozen=True, slots=True)
class Pen:
    """Room for a pen: so many ruled lines, or empty rows under a head."""

    block: ClassVar[str] = "pen"
    lines: int
    head: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line for each who signs, with what they sign for."""

    block: ClassVar[str] = "signature"
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing that helps, by its name."""

    block: ClassVar[str] = "drawing"
    name: str
    label: str


Block = Text | Table | Listed | Pen | Signature | Drawing


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a heading; `alone` begins a new page."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a document says: where it stands, what it is about, and what it says."""

    where: str
    what: str
    says: str


@dataclass(frozen=True, slots=True)
class Sheets:
    """A whole document."""

    sections: tuple[Section, ...] = field(default=())

    @property
    def blanks(self) -> int:
        """How many things are still to be filled in."""
        return sum(_blanks(block) for section in self.sections for block in section.blocks)

    def laid_flat(self) -> dict[tuple[str, ...], Line]:
        """Everything it says by its place, in its order."""
        return {
            (section.key, *place): Line(section.title, what, says)
            for section in self.sections
            for block in section.blocks
            for place, what, says in _flat(block)
        }


def direction(text: str, around: str) -> str:
    """Which way a text runs: as its first letter does, and as what is around it where it has none."""
    return next((DIRECTIONS[kind] for each in text if (kind := bidirectional(each)) in DIRECTIONS), around)


def _blanks(block: Block) -> int:
    match block:
        case Text():
            return int(block.cell.blank)
        case Table():
            return sum(cell.blank for row in block.rows for cell in row.cells)
        case Listed():
            return int(block.blank)
    return 0


def _flat(block: Block) -> Iterator[tuple[tuple[str, ...], str, str]]:
    match block:
        case Text():
            yield (block.key,), block.title, block.cell.whole
        case Table():
            for row in block.rows:
                name, *rest = row.cells
                yield (
                    (block.key, row.key),
                    name.text,
                    "\n".join(filter(None, (name.sub, *(each.whole for each in rest)))),
                )
        case Listed():
            yield (block.key,), block.title, "\n".join(block.items)
