"""Waiving a gate that cannot be met: only some gates, only by a named person, only until a day."""

import re
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from shop.ground.errors import Refusal, found
from shop.ground.instants import parse_date
from shop.launches.models import Waiver
from shop.launches.readiness import WAIVABLE
from shop.markets.models import LaunchEvent, Market


class NotWaivable(Refusal):
    """The gate guards law, price, language or papers, which nobody here may waive."""


def note_of(gate: str, until: date, reason: str) -> str:
    """How a waiver stands in the market's history."""
    return f"{gate}, {until.isoformat()}: {reason}"


def waiver_of(note: str) -> tuple[str, date, str] | None:
    """Gate, last day and reason of such a note; None for any other text."""
    read = re.fullmatch(r"([a-z_.]+), (\d{4}-\d{2}-\d{2}): (.*)", note, re.DOTALL)
    return (read[1], parse_date(read[2]), read[3]) if read else None


def waive(db: Session, market_id: str, gate: str, *, person: str, reason: str, until: date, now: datetime) -> None:
    """Give the market a waiver of the gate, in place of an earlier one, and note it. Raises NotFound or NotWaivable."""
    market = found(db.get(Market, market_id))
    if gate not in WAIVABLE:
        raise NotWaivable(gate=gate)
    row = {"person": person, "reason": reason, "until": until}
    given = insert(Waiver).values(market=market_id, gate=gate, **row)
    db.connection().execute(given.on_conflict_do_update(index_elements=["market", "gate"], set_=row))
    db.add(
        LaunchEvent(
            market=market_id,
            at=now,
            action="waive",
            from_state=market.state,
            to_state=market.state,
            person=person,
            reason=note_of(gate, until, reason),
            mode=market.pause_mode,
        )
    )
