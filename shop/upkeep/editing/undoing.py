"""Taking a change back, while what it left is still there."""

import json
from datetime import datetime

from sqlmodel import col, select

from shop.base.db import Database
from shop.ground.errors import NotFound, found
from shop.policies.library import PolicyLibrary
from shop.upkeep.editing.changing import Confirm
from shop.upkeep.editing.changing import change as carry_out
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.following import kept_cells
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.editing.tables import version
from shop.upkeep.models import ChangedRow, SetupChange


def undo(
    database: Database,
    policies: PolicyLibrary,
    change: int,
    *,
    person: str,
    now: datetime,
    confirm: Confirm = lambda: None,
) -> int:
    """Put the rows of a change back to what they were before it; the number of the change that does so.

    Raises NotFound, StaleEdit when a row is no longer as that change left it, or BadSetup when it cannot be so again.
    """
    with database.reading() as db:
        found(db.get(SetupChange, change))
        query = select(ChangedRow).where(ChangedRow.change == change).order_by(col(ChangedRow.number).desc())
        edits = [_back(row) for row in db.exec(query).all()]
    if not edits:
        raise NotFound
    return carry_out(database, policies, edits, person=person, now=now, undoes=change, confirm=confirm)


def _back(row: ChangedRow) -> Edit:
    before, after = kept_cells(row.before), kept_cells(row.after)
    cells = None if before is None else {**dict.fromkeys(shape_of(row.file).columns, ""), **before}
    return Edit(row.file, tuple(json.loads(row.key)), cells, version(after) if after is not None else "")
