"""Writing down a market's targets and stop lines, and keeping in its history what became of which.

Before the first launch this is a plan, and asks for nothing. Afterwards whoever moves a line says why: it is moved with
the figures in sight.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from shop.ground.errors import StaleForm, found
from shop.launches.changing.transitions import ReasonMissing
from shop.markets.history import note_deed
from shop.markets.models import Market
from shop.scorecard.stop_lines import WRITTEN_ANEW, Changed, Written, as_json, history, lines, write_lines


def set_lines(
    db: Session, market_id: str, written: Iterable[Written], *, person: str, reason: str, seen: int, now: datetime
) -> list[Changed]:
    """Write these lines down; `seen` is the number of the newest line that the form was drawn on (`newest`).

    Raises NotFound, StaleForm, or ReasonMissing where a market that has been launched changes a line without one.
    """
    market = found(db.get(Market, market_id))
    if newest(db, market_id) != seen:
        raise StaleForm(now_is=WRITTEN_ANEW)
    held = len(lines(db, market_id))
    changed = write_lines(db, market_id, written, person=person, reason=reason, now=now)
    if changed and asks_reason(market) and not reason.strip():
        raise ReasonMissing(action="stop_lines")
    if changed:
        note_deed(db, market_id, "stop_lines", person=person, now=now, reason=reason, changed=_told(changed, held))
    return changed


def asks_reason(market: Market) -> bool:
    """Whether the market has been launched, so that a line is no longer written down before there are data."""
    return market.ever_sold


def newest(db: Session, market_id: str) -> int:
    """The number of the line that was written down last; 0 where there is none."""
    return next((each.id for each in history(db, market_id) if each.id is not None), 0)


def _told(changed: Iterable[Changed], held: int) -> dict[str, tuple[object, object]]:
    """What became of what, value by value: `dispute_rate.bad` was 0.0075 and is 0.01. New lines are only numbered: what
    they say stands in the lines themselves."""
    told: dict[str, tuple[object, object]] = {}
    added = 0
    for each in changed:
        if each.old is None:
            added += 1
            continue
        old, new = as_json(each.old), as_json(each.new)
        told |= {f"{each.new.metric}.{name}": (old[name], new[name]) for name in new if old[name] != new[name]}
    return {"stop_lines": (held, held + added), **told} if added else told
