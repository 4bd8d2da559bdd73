"""`on_call_overrides.csv`: who is on call for a while in place of who would be in turn.

Those that are known here stay as they are, for one may have been ended before its time, or dropped before it began; none
is removed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, select

from shop.base.i18n import N_
from shop.support.crisis.models import OnCallOverride
from shop.upkeep.cells import word
from shop.upkeep.moments import moment
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong, shown

OVERRIDE: Columns = {"rotation": word, "person": word, "starts": moment, "ends": moment}
OVERRIDE_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "on_call_overrides": (OVERRIDE, ("rotation", "person", "starts")),
}
OVERRIDE_NAMES = {("on_call_overrides", "person"): "people"}


def check_overrides(rows: list[Row], rotations: Mapping[str, Row]) -> Iterator[Fault]:
    """A rotation that there is, and an end after the beginning."""
    for row in rows:
        rotation, starts, ends = row.get("rotation"), row.get("starts"), row.get("ends")
        if rotation is not None and rotation not in rotations:
            yield row, "rotation", Wrong(N_("'%(given)s' is no rotation of on_call.toml"), given=shown(rotation))
        if isinstance(starts, datetime) and isinstance(ends, datetime) and ends <= starts:
            yield row, "ends", Wrong(N_("must lie after %(column)s"), column="starts")


def store_overrides(db: Session, rows: list[Row]) -> None:
    """Write those that nobody has written here before."""
    known = {(each.rotation, each.person, each.starts_at) for each in db.exec(select(OnCallOverride)).all()}
    db.add_all(
        OnCallOverride(rotation=row["rotation"], person=row["person"], starts_at=row["starts"], ends_at=row["ends"])
        for row in rows
        if (row["rotation"], row["person"], row["starts"]) not in known
    )
