"""Reading and checking an edit outside of any transaction: the set-up as it is, with the edit laid over it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.catalogue.models import Paper, Picture
from shop.policies.library import PolicyLibrary
from shop.upkeep.checking import check
from shop.upkeep.editing.applying import Applied, Key, apply
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.policy_files import PLACE
from shop.upkeep.reading import BadSetup, Complaint, Folder, Row
from shop.upkeep.resolving import resolve
from shop.upkeep.sheets import SHEETS, TABLES, Setup, read_setup
from shop.upkeep.turns import turns
from shop.upkeep.writing.enclosed import SUFFIXES
from shop.upkeep.writing.files import written

# Pictures and papers are heavy, and only edits of them read them.
READ = (
    "exporter.toml", "contacts.csv", "on_call.toml", *(f"{name}.csv" for name in SHEETS),
    *(f"{name}.toml" for name in TABLES), "texts/", "crisis/", "knowledge/", "macros/", "research/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that an edit was checked over, at which turn, and what it comes to."""

    turn: int
    files: dict[str, bytes]
    applied: Applied

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
    files = _outlines(db, named) | written(db, policies, {*READ, *named})
    return Plan(turn, files, apply(db, files, edits, now=now))


def checked(planned: Plan, policies: PolicyLibrary, *, now: datetime) -> Setup:
    """The set-up with the edit, found right by the import's own checks. Raises BadSetup.

    What was wrong before and has nothing to do with the edit (a document that has expired since) does not stand in its way.
    """
    folder, setup = read_over(planned.edited(), policies, now=now)
    if folder.complaints:
        touched = {(each.file, key) for each in planned.applied.wanted for key in (each.key, each.old_key)}
        before = {_told(each) for each in read_over(planned.files, policies, now=now)[0].complaints}
        mine = [each for each in folder.complaints if (each.file, each.key) in touched or _told(each) not in before]
        if mine:
            raise BadSetup(mine)
    return setup


def read_over(files: dict[str, bytes], policies: PolicyLibrary, *, now: datetime) -> tuple[Folder, Setup]:
    """The files as an import reads and checks them; the folder knows what is wrong."""
    folder = Folder(files)
    setup = read_setup(folder)
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
