"""Changing to whom a soft launch is open, and how many orders a market may take, without changing its state."""

from datetime import datetime

from sqlmodel import Session

from shop.ground.errors import Refusal, found
from shop.launches.changing.guards import SecondPersonNeeded
from shop.launches.changing.table import (
    AUDIENCES,
    EXPOSURE,
    STATE_WORDS,
    Exposed,
    exposure_of,
    same_state,
    state_before_pause,
)
from shop.launches.changing.transitions import check_gates, decided_on, facts_as, write_change
from shop.launches.readying.gathering import Sources
from shop.markets.gate import ENDING, SELLING
from shop.markets.models import LaunchEvent, Market

CAPS = ("order_cap", "daily_cap", "value_cap", "customer_cap")


class WrongExposure(Refusal):
    """A market in this state cannot be open to such an audience; `state` is the word for it."""


def change_exposure(
    db: Session,
    market_id: str,
    exposed: Exposed,
    *,
    person: str,
    reason: str,
    version: int,
    sources: Sources,
    now: datetime,
    approved_by: str = "",
    rule: str = "",
) -> LaunchEvent:
    """Set audience, percentage and caps. Wider than before asks the gates while it sells; narrower does not.

    Nobody who was let in is put out: stored admissions stay. Raises NotFound, StaleForm, WrongExposure, NotReady, or
    SecondPersonNeeded where the market asks for one.
    """
    market = decided_on(db, market_id, version)
    check_exposure(db, market, exposed, sources, now=now)
    if asks_second(market, exposed) and approved_by in ("", person):
        raise SecondPersonNeeded(action=EXPOSURE)
    event = same_state(market, EXPOSURE, person=person, reason=reason, now=now)
    event.approved_by, event.rule = approved_by, rule
    return write_change(db, market, {}, shown=exposed, event=event)


def check_exposure(db: Session, market: Market, exposed: Exposed, sources: Sources, *, now: datetime) -> None:
    """Raises WrongExposure or NotReady for what the market cannot be open to."""
    _check_audience(db, market, exposed)
    if market.state in SELLING and widens(exposure_of(market), exposed):
        check_gates(market, facts_as(db, market, exposed, sources, now=now), market.state, now=now)


def asks_second(market: Market, exposed: Exposed) -> bool:
    """Whether a second person has to agree to this exposure: it is wider, and the market asks for two."""
    return market.four_eyes and widens(exposure_of(market), exposed)


def widens(before: Exposed, after: Exposed) -> bool:
    """Whether somebody who could not buy before could after, or more orders could be taken."""
    if any(_looser(getattr(before, each), getattr(after, each)) for each in CAPS):
        return True
    if _looser(before.minutes_per_contact or None, after.minutes_per_contact or None, more_is_wider=False):
        return True
    if after.audience == "percentage":
        return before.audience != "percentage" or after.percent_bp > before.percent_bp
    return False


def _looser(before: int | None, after: int | None, *, more_is_wider: bool = True) -> bool:
    """Whether a limit holds back less than before; None is no limit."""
    if before is None or after is None:
        return before is not None and after is None
    return after > before if more_is_wider else after < before


def everybody(db: Session, market: Market) -> bool:
    """Whether the market is for everybody: it is open, or was when it was paused."""
    return market.state == "open" or (market.state == "paused" and state_before_pause(db, market.id) == "open")


def names_audience(db: Session, market_id: str) -> bool:
    """Whether to whom the market is open must be chosen: it is not for everybody, and not at its end. Raises NotFound."""
    market = found(db.get(Market, market_id))
    return market.state not in ENDING and not everybody(db, market)


def _check_audience(db: Session, market: Market, exposed: Exposed) -> None:
    wanted = ("",) if everybody(db, market) else AUDIENCES
    if exposed.audience not in wanted or market.state in ENDING:
        raise WrongExposure(market=market.id, state=STATE_WORDS[market.state])
