"""Edits laid over the tables they are of: the rows as they are to be, or what somebody else has changed meanwhile."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.upkeep.cells import Day
from shop.upkeep.editing.edits import Difference, Edit, StaleEdit, differences
from shop.upkeep.editing.shapes import FIXED, Shape, shape_of
from shop.upkeep.editing.tables import RawRow, read_rows, version, write_rows
from shop.upkeep.models import ChangedRow
from shop.upkeep.reading import BadSetup, Cell, Complaint
from shop.upkeep.wrong import Wrong

Key = tuple[str, ...]
Rows = dict[Key, RawRow]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that an edit touches: under which key it was and is to be, and its cells before and after (None: no row)."""

    file: str
    old_key: Key
    key: Key
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def leaves(self) -> bool:
        """Whether there is to be no row under the old key any more."""
        return self.before is not None and (self.after is None or self.key != self.old_key)


@dataclass(frozen=True, slots=True)
class Applied:
    """What the edits come to: the rows they touch, and the touched files as they would be (None: no longer there)."""

    wanted: tuple[Wanted, ...]
    files: dict[str, bytes | None]


def apply(db: Session, files: Mapping[str, bytes], edits: Sequence[Edit], *, now: datetime) -> Applied:
    """Lay the edits over the files. Edits that change nothing are left out.

    Raises StaleEdit with all that others have changed, or BadSetup for what no file could hold.
    """
    tables = {file: read_rows(file, files.get(file)) for file in {each.file for each in edits}}
    faults: list[Complaint] = []
    stale: list[Difference] = []
    wanted: dict[tuple[str, Key], Wanted] = {}
    for edit in edits:
        rows = tables[edit.file]
        try:
            want = _wanted(edit, rows, now=now)
            if (edit.file, want.old_key) in wanted:
                raise Wrong(N_("stands there twice"))
        except Wrong as wrong:
            faults.append(_complaint(edit, wrong))
            continue
        if alike(edit.file, want.before, want.after):
            continue
        if edit.seen != _seen(rows.get(want.old_key)):
            stale += _stale(db, edit, want)
        elif want.key != want.old_key and want.key in rows:
            columns = ", ".join(shape_of(edit.file).key)
            faults.append(_complaint(edit, Wrong(N_("there is already a row with this %(columns)s"), columns=columns)))
        else:
            _put(rows, want)
            wanted[edit.file, want.old_key] = want
    if faults:
        raise BadSetup(faults)
    if stale:
        raise StaleEdit(stale)
    return Applied(tuple(wanted.values()), _laid(tables, {file for file, _key in wanted}))


def alike(file: str, one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether the two rows mean the same, however their cells are written."""
    if one is None or other is None:
        return one is other
    return next(_unlike(file, one, other), None) is None


def unlike(file: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The columns in which the two rows mean something else."""
    return list(_unlike(file, one, other))


def _unlike(file: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name, read in shape_of(file).columns.items():
        this, that = one.get(name, ""), other.get(name, "")
        if this != that and not _same(read, this, that):
            yield name


def _same(read: Cell, one: Any, other: Any) -> bool:
    try:
        return bool(read(one) == read(other))
    except ValueError:
        return False


def _laid(tables: Mapping[str, Rows], touched: set[str]) -> dict[str, bytes | None]:
    laid: dict[str, bytes | None] = {}
    for file in sorted(touched):
        try:
            laid[file] = write_rows(file, [row.cells for row in tables[file].values()])
        except (TypeError, ValueError, RecursionError) as error:  # nothing that a file could hold
            raise BadSetup([Complaint(file, "", Wrong(N_("cannot be kept: %(error)s"), error=error))]) from None
    return laid


def _wanted(edit: Edit, rows: Rows, *, now: datetime) -> Wanted:
    """The row as the edit would have it; raises Wrong."""
    if edit.file in FIXED:
        raise Wrong(FIXED[edit.file])
    shape = shape_of(edit.file)
    old_key = plain_key(shape, edit.key, now=now)
    row = rows.get(old_key)
    before = None if row is None else row.cells
    if edit.cells is None:
        return Wanted(edit.file, old_key, old_key, before, None)
    if strangers := sorted(edit.cells.keys() - shape.columns.keys()):
        raise Wrong(N_("the column '%(column)s' is unknown"), column=strangers[0])
    empty = dict.fromkeys(shape.columns, "")
    cells = {**(before or {**empty, **dict(zip(shape.key, old_key, strict=False))})}
    cells |= {name: (cell if shape.whole else _writable(cell, edit.file)) for name, cell in edit.cells.items()}
    key = plain_key(shape, tuple(str(cells[each]) for each in shape.key), now=now)
    cells |= dict(zip(shape.key, key, strict=True))
    if shape.key and not any(cells.values()):
        raise Wrong(N_("is empty"))
    return Wanted(edit.file, old_key if row is not None else key, key, before, cells)


def plain_key(shape: Shape, key: Iterable[str], *, now: datetime) -> Key:
    """The key as the files spell it: without blanks around it, a day counted from today as its date."""
    return tuple(_plain_cell(shape, name, cell, now) for name, cell in zip(shape.key, key, strict=False))


def _plain_cell(shape: Shape, name: str, cell: str, now: datetime) -> str:
    try:
        meant = shape.columns[name](cell)
    except ValueError:
        return cell
    if isinstance(meant, Day):
        return meant.on(now.date()).isoformat()
    return meant if isinstance(meant, str) else cell.strip()


def _writable(cell: Any, file: str) -> Any:
    """The cell as its kind of file holds it."""
    if isinstance(cell, str):
        if any("\ud800" <= each <= "\udfff" for each in cell):
            raise Wrong(N_("holds a control character"))
        return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if file.endswith(".csv"):
        if isinstance(cell, bool):
            return "yes" if cell else "no"
        return "" if cell is None else str(cell)
    if isinstance(cell, list):
        return [_writable(each, file) for each in cell]
    if isinstance(cell, Mapping):
        return {str(name): _writable(each, file) for name, each in cell.items() if each is not None} or ""
    return "" if cell is None else cell


def _put(rows: Rows, want: Wanted) -> None:
    """Put the row where it was, or last."""
    if want.after is None:
        del rows[want.old_key]
        return
    row = RawRow(want.file, want.key, dict(want.after))
    if want.key == want.old_key:
        rows[want.key] = row
        return
    renamed = {
        want.key if key == want.old_key else key: row if key == want.old_key else each for key, each in rows.items()
    }
    rows.clear()
    rows.update(renamed)


def _seen(row: RawRow | None) -> str:
    return "" if row is None else row.version


def _stale(db: Session, edit: Edit, want: Wanted) -> list[Difference]:
    """Who wants what is there already was not late, only second."""
    was = _kept_version(db, edit.file, want.old_key, edit.seen) if edit.seen else None
    return differences(edit.file, want.old_key, was=was, now=want.before, yours=want.after)


def _kept_version(db: Session, file: str, key: Key, seen: str) -> dict[str, Any] | None:
    """The cells of that version, if a change has kept them."""
    query = select(ChangedRow).where(ChangedRow.file == file, ChangedRow.key == json.dumps(key, ensure_ascii=False))
    for row in db.exec(query.order_by(col(ChangedRow.change).desc()).limit(50)).all():
        for kept in (row.before, row.after):
            cells: dict[str, Any] | None = json.loads(kept) if kept else None
            if cells is not None and version(cells) == seen:
                return cells
    return None


def _complaint(edit: Edit, wrong: Wrong) -> Complaint:
    place = "" if edit.file.endswith(".csv") else ".".join(edit.key)
    return Complaint(edit.file, place, wrong, edit.key)
