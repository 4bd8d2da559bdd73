"""Reading and checking an edit outside of any transaction: the set-up as it is, with the edit laid over it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.catalogue.models import Paper, Picture
from shop.markets.visited import visited
from shop.policies.library import PolicyLibrary
from shop.upkeep.checking import check
from shop.upkeep.editing.applying import Applied, Key, Wanted, apply
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.narrowing import WHOLE, Part, part_of, reaches_further
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.policy_files import PLACE
from shop.upkeep.reading import BadSetup, Complaint, Folder, Row
from shop.upkeep.resolving import resolve
from shop.upkeep.sheets import Setup, read_setup
from shop.upkeep.turns import turns
from shop.upkeep.writing.enclosed import SUFFIXES
from shop.upkeep.writing.files import written
from shop.upkeep.wrong import Wrong

OFFERED = N_("has been offered, and its earlier prices are kept; take it out of the markets instead")
PRICED = 1  # where the key of an earlier price has the SKU


@dataclass(frozen=True, slots=True)
class Plan:
    """The part of the set-up that an edit is checked over, at which turn, what it comes to, and where customers meet it."""

    turn: int
    part: Part
    files: dict[str, bytes]
    applied: Applied
    visited: frozenset[str]  # markets in which customers may be

    def edited(self) -> dict[str, bytes]:
        """The files with the edit."""
        files = {**self.files, **self.applied.files}
        return {name: content for name, content in files.items() if content is not None}


def plan(db: Session, policies: PolicyLibrary, edits: Sequence[Edit], *, now: datetime) -> Plan:
    """Lay the edits over the set-up as it is now; raises StaleEdit, BadSetup or NotFound."""
    named = {each.file for each in edits}
    for file in named:
        shape_of(file)
    turn = turns(db)
    part = part_of(db, edits, now=now)
    planned = _over(db, policies, edits, part, turn=turn, now=now)
    if part == WHOLE or not reaches_further(planned.applied.wanted):
        return planned
    return _over(db, policies, edits, WHOLE, turn=turn, now=now)


def _over(db: Session, policies: PolicyLibrary, edits: Sequence[Edit], part: Part, *, turn: int, now: datetime) -> Plan:
    named = {each.file for each in edits}
    outlines = _outlines(db, named) if part == WHOLE else {}
    files = outlines | written(db, policies, part.names | named, goods=part.goods)
    return Plan(turn, part, files, apply(db, files, edits, now=now), visited(db))


def checked(planned: Plan, policies: PolicyLibrary, *, now: datetime) -> Setup:
    """The set-up with the edit, found right by the import's own checks. Raises BadSetup.

    What was wrong before and has nothing to do with the edit (a document that has expired since) does not stand in its way.
    """
    folder, setup = read_over(planned.edited(), policies, planned.part, now=now)
    if folder.complaints:
        touched = {(each.file, key) for each in planned.applied.wanted for key in (each.key, each.old_key)}
        before = {_told(each) for each in read_over(planned.files, policies, planned.part, now=now)[0].complaints}
        mine = [each for each in folder.complaints if (each.file, each.key) in touched or _told(each) not in before]
        if mine:
            raise BadSetup(_kept_for_prices(mine, planned.applied.wanted) or mine)
    return setup


def _kept_for_prices(complaints: Iterable[Complaint], wanted: Iterable[Wanted]) -> list[Complaint]:
    """Nobody can take earlier prices away: what would leave them behind is said of the article, and nothing else is."""
    gone = {row.old_key[0]: row.key for row in wanted if row.file == "products.csv" and row.leaves}
    priced = {each.key[PRICED] for each in complaints if each.file == "prices.csv" and len(each.key) > PRICED}
    return [Complaint("products.csv", "", Wrong(OFFERED), key) for sku, key in gone.items() if sku in priced]


def read_over(files: dict[str, bytes], policies: PolicyLibrary, part: Part, *, now: datetime) -> tuple[Folder, Setup]:
    """The files of this part as an import reads and checks them; the folder knows what is wrong."""
    folder = Folder(files, left_out=part.left_out)
    setup = read_setup(folder, goods=part.goods)
    setup.rows[PLACE] = []  # policies are written on their own page
    resolve(folder, setup, now=now)
    check(folder, setup, policies, now=now)
    return folder, setup


def row_of(setup: Setup, file: str, key: Key) -> Row | None:
    """The row as it was read."""
    if file == "exporter.toml":
        return setup.exporter
    return next((row for rows in setup.rows.values() for row in rows if row.file == file and row.key == key), None)


def _told(complaint: Complaint) -> tuple[str, Key, str, str]:
    return complaint.file, complaint.key, complaint.column, str(complaint.what)


def _outlines(db: Session, named: Iterable[str]) -> dict[str, bytes]:
    """The names of pictures and papers, without their contents, where an edit could leave one without its product."""
    asked = {each.partition("/")[0] for each in named}
    files: dict[str, bytes] = {}
    if asked & {"art", "products.csv"}:
        query = select(Picture.family, Picture.position, Picture.media_type)
        for family, position, media_type in db.exec(query.order_by(col(Picture.position))).all():
            number = f".{position}" if position > 1 else ""
            files[f"art/{family}{number}{SUFFIXES[media_type]}"] = b""
    if asked & {"papers", "products.csv"}:
        for family, kind, language in db.exec(select(Paper.family, Paper.kind, Paper.language)).all():
            files[f"papers/{family}.{kind}.{language}.md"] = b"# "
    return files
