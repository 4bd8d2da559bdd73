"""Drawing a percentage anew: another number is hashed with, so other visitors of the same share may buy."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.launches.changing.exposure import WrongExposure
from shop.launches.changing.guards import SecondPersonNeeded
from shop.launches.changing.table import STATE_WORDS, exposure_of, same_state
from shop.launches.changing.transitions import ReasonMissing, decided_on, write_change
from shop.markets.admission import BY_DRAW
from shop.markets.exposure_models import Admission
from shop.markets.models import LaunchEvent, Market

DRAWN_IN = ("ready", "soft", "paused")


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a market's percentage was drawn: the number of the draw, and how many visitors it let in for good."""

    draw: int
    let_in: int


def may_redraw(market: Market) -> bool:
    """Whether a percentage decides there at all."""
    return market.audience == "percentage" and market.state in DRAWN_IN


def drawn(db: Session, market: Market) -> Drawn:
    """How the percentage was drawn so far. Who was let in stays in, whatever is drawn."""
    kept = select(func.count()).select_from(Admission).where(Admission.market == market.id)
    return Drawn(market.draw, db.exec(kept.where(col(Admission.via) == BY_DRAW)).one())


def check_redraw(market: Market, reason: str) -> None:
    """Raises WrongExposure where nothing is drawn, or ReasonMissing."""
    if not may_redraw(market):
        raise WrongExposure(market=market.id, state=STATE_WORDS[market.state])
    if not reason.strip():
        raise ReasonMissing(action="redraw")


def redraw(
    db: Session, market_id: str, *, person: str, reason: str, version: int, now: datetime, approved_by: str = ""
) -> LaunchEvent:
    """Draw anew, and note it. Raises NotFound, StaleForm, what `check_redraw` raises, or SecondPersonNeeded.

    Visitors who looked around and were not drawn may be now, and the other way round; stored admissions stay. So each
    draw lets in more, and waits for a second person where the market asks for one.
    """
    market = decided_on(db, market_id, version)
    check_redraw(market, reason)
    if market.four_eyes and approved_by in ("", person):
        raise SecondPersonNeeded(action="redraw")
    event = same_state(market, "redraw", person=person, reason=reason, now=now)
    event.approved_by = approved_by
    return write_change(db, market, {"draw": market.draw + 1}, shown=exposure_of(market), event=event)
