"""The history of markets: writing an event down, with the request that asked for it. Events are only ever added.

Doors put the id of their request into the session (`session.info[REQUEST]`); what jobs and commands do has none.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from shop.base.audit import append
from shop.markets.models import LaunchEvent, Market

REQUEST = "request"
CHAIN = "launches:"  # with the market's id, the name of its chain in the audit

Changed = Mapping[str, tuple[Any, Any]]  # what changed -> what it was, what it is


def note(db: Session, event: LaunchEvent) -> LaunchEvent:
    """Put an event into its market's history and into the audit, in the caller's transaction."""
    event.request = db.info.get(REQUEST, "")
    return keep_event(db, event)


def keep_event(db: Session, event: LaunchEvent) -> LaunchEvent:
    """The same of an event that happened elsewhere, or before, and that no request here asked for."""
    db.add(event)
    db.flush()
    append(db, f"{CHAIN}{event.market}", event.action, str(event.id), content=event.model_dump(), now=event.at)
    return event


def note_deed(
    db: Session,
    market: str,
    action: str,
    *,
    person: str,
    now: datetime,
    reason: str = "",
    changed: Changed | None = None,
    approved_by: str = "",
    rule: str = "",
) -> LaunchEvent:
    """An event of something that leaves the market's state what it is; `changed` names what became of what."""
    state, mode = db.exec(select(Market.state, Market.pause_mode).where(Market.id == market)).one()
    details = json.dumps({name: list(pair) for name, pair in (changed or {}).items()}, ensure_ascii=False, default=str)
    event = LaunchEvent(
        market=market, at=now, action=action, from_state=state, to_state=state, person=person, reason=reason.strip(),
        mode=mode, details=details, approved_by=approved_by, rule=rule,
    )  # fmt: skip
    return note(db, event)
