"""`schedules.toml`: the steps that are planned for a time of a market's own clock.

Loading a folder never has one taken late: a plan whose time has come by then is kept as held back, for a person to
decide. A plan that is known here, in whatever state, stays what it is.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from shop.base.i18n import N_
from shop.ground.instants import UnreadableTime, parse_wall
from shop.launches.changing.exposure import CAPS
from shop.launches.changing.table import AUDIENCES, EXPOSURE, MODES
from shop.launches.models import Schedule
from shop.launches.schedules.pending import PAUSED
from shop.launches.schedules.planning import PLANNABLE, asked_as_kept, wall_text
from shop.launches.schedules.resolving import resolve
from shop.upkeep.cells import choice, flag, market_id, optional, text, whole, word, zone_name
from shop.upkeep.moments import moment
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong, shown

COME = "time_came"  # the outcome of a plan that was loaded after its time
EXPOSED: Columns = {
    "audience": optional(choice(*AUDIENCES), ""), "percent_bp": whole(0, 10_000), "in_chooser": flag,
    "minutes_per_contact": whole(0, 600), "order_cap": whole(), "daily_cap": whole(), "customer_cap": whole(),
    "value_cap": whole(0, 10**15),
}  # fmt: skip


def wall(given: object) -> str:
    """A day with its time by the market's clock (`2026-12-01T09:00`), as a plan keeps it."""
    try:
        return wall_text(parse_wall(wall_text(given) if isinstance(given, datetime) else str(given)))
    except UnreadableTime:
        raise Wrong(N_("'%(given)s' is no time like 2026-11-24T09:00"), given=shown(given)) from None


def exposed(given: object) -> dict[str, Any]:
    """To whom the market is to be open; what is not named stays as the market has it."""
    if not isinstance(given, dict) or not given or given.keys() - EXPOSED.keys():
        raise Wrong(N_("must be a table of %(columns)s"), columns=", ".join(EXPOSED))
    read = {name: EXPOSED[name](cell) for name, cell in given.items()}
    # Of a cap 0 is no limit.
    return {name: (cell or None) if name in CAPS else cell for name, cell in read.items()}


PLAN: Columns = {
    "id": word, "market": market_id, "at": wall, "zone": zone_name, "action": choice(*PLANNABLE),
    "mode": optional(choice(*MODES), ""), "exposed": optional(exposed), "override": optional(text, ""),
    "reason": optional(text, ""), "person": word, "approved_by": optional(word, ""), "made_at": moment,
    "held_back": optional(flag, False),
}  # fmt: skip
PLAN_NAMES = {
    ("schedules", "market"): "markets", ("schedules", "person"): "people", ("schedules", "approved_by"): "people",
}  # fmt: skip


def check_plans(rows: list[Row]) -> Iterator[Fault]:
    """A date that there is, one plan for each time of a market, and an exposure where one is to be changed."""
    waiting: dict[tuple[str, str], Row] = {}
    for row in rows:
        at, zone, market = row.get("at"), row.get("zone"), row.get("market")
        if at and zone and resolve(datetime.fromisoformat(at), zone).due_at is None:
            yield row, "at", Wrong(N_("'%(given)s' is no time that the clocks there show"), given=at)
        if row.get("action") == EXPOSURE and row.cells.get("exposed", {}) is None:
            yield row, "exposed", Wrong(N_("is empty"))
        if at and market and row.get("held_back") is False:
            first = waiting.setdefault((market, at), row)
            if first is not row:
                yield row, "at", Wrong(N_("'%(given)s' is that of %(place)s as well"), given=at, place=first.where)


def plan_notes(rows: list[Row], *, now: datetime) -> list[str]:
    """The plans that are held back because their time has come, one sentence each."""
    return [
        f"schedules.toml: {row['action']} of {row['market']} was planned for {row['at']}; that is over, it is held back"
        for row in rows
        if not row["held_back"] and _due(row)[1] <= now
    ]


def store_plans(db: Session, rows: list[Row], *, now: datetime) -> None:
    """Plan what nobody has planned here for that time before; what is over by now is held back."""
    known = set(db.exec(select(Schedule.market, Schedule.wall)).all())
    for row in rows:
        if (row["market"], row["at"]) in known:
            continue
        kind, due = _due(row)
        outcome = PAUSED if row["held_back"] else COME if due <= now else ""
        same = ("market", "action", "reason", "zone", "person", "approved_by", "made_at")
        asked = asked_as_kept(row["mode"], row["override"], row["exposed"])
        values = {name: row[name] for name in same} | {"wall": row["at"], "asked": asked}
        held: dict[str, Any] = {"state": "frozen", "outcome": outcome, "ended_at": now} if outcome else {}
        db.add(Schedule(**values, kind=kind, due_at=due, **held))


def _due(row: Row) -> tuple[str, datetime]:
    meant = resolve(datetime.fromisoformat(row["at"]), row["zone"])
    assert meant.due_at is not None  # `check_plans` has refused it
    return meant.kind, meant.due_at
