"""What was changed in the set-up, newest first: all of it, one change with its rows, and the changes of one row."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.launches.words import clock
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of
from shop.upkeep.editing.following import kept_cells, key_text
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.workshop.at_sheet import AtSheet
from shop.upkeep.workshop.column_words import kind_of
from shop.upkeep.workshop.reach import CHANGE, sees, sees_sheet
from shop.upkeep.workshop.sheet_words import sheet_name

MOST = 20


def row_trail(here: AtSheet, key: Sequence[str]) -> list[dict[str, Any]]:
    """The last changes of one row."""
    console = here.console
    with console.database.reading() as db:
        query = (
            select(SetupChange)
            .join(ChangedRow, col(ChangedRow.change) == col(SetupChange.id))
            .where(ChangedRow.file == here.file, ChangedRow.key == key_text(key))
            .order_by(col(SetupChange.id).desc())
            .limit(MOST)
        )
        return told_changes(db, list(db.exec(query).unique().all()), here.console)


def told_changes(db: Session, changes: Sequence[SetupChange], console: Any) -> list[dict[str, Any]]:
    """Changes as a list tells them: when, who, why, and how much."""
    tongue, names = console.staff.tongue, names_of(db, [each.person for each in changes])
    ids = [each.id for each in changes]
    files: dict[int, list[str]] = {}
    rows: dict[int, int] = {}
    for change, file, number in _counted(db, ids, console):
        files.setdefault(change, []).append(sheet_name(file, tongue))
        rows[change] = rows.get(change, 0) + number
    undone = set(db.exec(select(SetupChange.undoes).where(col(SetupChange.undoes).in_(ids))).all())
    return [
        {
            "url": f"/console/workshop/changes/{each.id}",
            "number": tongue.number(each.id or 0),
            "at": clock(each.at, console.exporter.zone, tongue),
            "date": tongue.date(each.at.date()),
            "person": names.get(each.person, each.person),
            "reason": each.reason,
            "undoes": each.undoes,
            "undone": each.id in undone,
            "files": tongue.list(files.get(each.id or 0, [])),
            "rows": tongue.count("%(num)s row", "%(num)s rows", rows.get(each.id or 0, 0)),
        }
        for each in changes
    ]


def sees_changed(row: ChangedRow, console: Any) -> bool:
    """Whether the person may look at it on both sides: nobody is told what a row was in a market that is not theirs."""
    sides = [kept_cells(side) or {} for side in (row.before, row.after) if side]
    return sees_sheet(console.staff, kind_of(row.file)) and all(sees(console.staff, row.file, each) for each in sides)


def _counted(db: Session, changes: Sequence[int | None], console: Any) -> list[tuple[int, str, int]]:
    """Each change's files with how many rows of them the person may look at."""
    theirs = col(ChangedRow.change).in_(changes)
    if console.staff.may(CHANGE, ALL_MARKETS):
        counted = select(ChangedRow.change, ChangedRow.file, func.count()).where(theirs)
        return list(db.exec(counted.group_by(col(ChangedRow.change), col(ChangedRow.file))).all())
    seen = Counter(
        (row.change, row.file) for row in db.exec(select(ChangedRow).where(theirs)) if sees_changed(row, console)
    )
    return [(change, file, number) for (change, file), number in sorted(seen.items())]
