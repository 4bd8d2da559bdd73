"""The events of markets, the newest first, a page at a time; narrowed down by market, deed, who, and days.

Pages are told apart by the number of their last event, so that events which come meanwhile shift nothing.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.base.spreadsheets import guarded
from shop.ground.instants import first_instant, iso, local
from shop.markets.models import LaunchEvent

PAGE = 50
SYSTEM = "-"  # who, where a rule of the system acted and no person
COLUMNS = (
    "id", "at", "at_there", "market", "action", "from", "to", "mode", "person", "name", "rule", "approved_by", "reason",
    "changed", "undoes", "snapshot", "request",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events are sought; an empty part asks nothing. Both days are included, by the clock of `zone`."""

    markets: frozenset[str] = frozenset()
    action: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"


def trail(db: Session, sought: Sought, *, before: int | None = None, at_most: int | None = PAGE) -> list[LaunchEvent]:
    """The events, the newest first, from before the event numbered `before`; `at_most` None is all of them."""
    query = select(LaunchEvent).order_by(col(LaunchEvent.id).desc())
    if sought.markets:
        query = query.where(col(LaunchEvent.market).in_(sought.markets))
    if sought.action:
        query = query.where(LaunchEvent.action == sought.action)
    if sought.person == SYSTEM:
        query = query.where(LaunchEvent.person == "")
    elif sought.person:
        signed = (col(LaunchEvent.person) == sought.person) | (col(LaunchEvent.approved_by) == sought.person)
        query = query.where(signed)
    if sought.since is not None:
        query = query.where(col(LaunchEvent.at) >= _beginning(sought.since, sought.zone))
    if sought.until is not None:
        query = query.where(col(LaunchEvent.at) < _beginning(sought.until + timedelta(days=1), sought.zone))
    if before is not None:
        query = query.where(col(LaunchEvent.id) < before)
    return list(db.exec(query if at_most is None else query.limit(at_most)).all())


def changed(event: LaunchEvent) -> dict[str, tuple[Any, Any]]:
    """What changed, from what to what. What is kept otherwise than as such a pair has only the new."""
    found: dict[str, Any] = json.loads(event.details or "{}")
    return {name: _pair(value) for name, value in found.items()}


def told(event: LaunchEvent, zone: str, people: Mapping[str, str]) -> dict[str, Any]:
    """An event for a program, with its time in UTC and on the market's clock."""
    return {
        "id": event.id,
        "at": iso(event.at),
        "at_there": local(event.at, zone).isoformat(),
        "market": event.market,
        "action": event.action,
        "from": event.from_state,
        "to": event.to_state,
        "mode": event.mode,
        "person": event.person,
        "name": people.get(event.person, event.person),
        "rule": event.rule,
        "approved_by": event.approved_by,
        "reason": event.reason,
        "changed": {name: list(pair) for name, pair in changed(event).items()},
        "undoes": event.undoes,
        "snapshot": event.snapshot,
        "request": event.request,
    }


def as_csv(events: Iterable[LaunchEvent], zones: Mapping[str, str], people: Mapping[str, str]) -> str:
    """The events as a CSV file that no spreadsheet reckons with."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for event in events:
        row = told(event, zones[event.market], people)
        row["changed"] = json.dumps(row["changed"], ensure_ascii=False, sort_keys=True) if row["changed"] else ""
        writer.writerow({name: "" if cell is None else guarded(str(cell)) for name, cell in row.items()})
    return out.getvalue()


def _pair(value: Any) -> tuple[Any, Any]:
    match value:
        case [old, new]:
            return old, new
        case _:
            return None, value


def _beginning(day: date, zone: str) -> datetime:
    return first_instant(datetime.combine(day, time()), zone)
