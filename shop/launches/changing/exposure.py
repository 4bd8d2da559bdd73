"""Changing to whom a soft launch is open, and how many orders a market may take, without changing its state."""

from datetime import datetime

from sqlmodel import Session, select

from shop.ground.errors import Refusal, found
from shop.launches.changing.transitions import (
    AUDIENCES,
    STATE_WORDS,
    Exposed,
    check_gates,
    decided_on,
    exposure_of,
    facts_as,
    same_state,
    state_before_pause,
    write_change,
)
from shop.launches.readying.gathering import Sources
from shop.markets.exposure_models import Exposure
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market

ENDED = ("winding_down", "closed")


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
) -> LaunchEvent:
    """Set audience, percentage and order cap. Wider than before asks the gates while it sells; narrower does not.

    Nobody who was let in is put out: stored admissions stay. Raises NotFound, StaleForm, WrongExposure or NotReady.
    """
    market = decided_on(db, market_id, version)
    _check_audience(db, market, exposed)
    facts = facts_as(db, market, exposed, sources, now=now)
    if market.state in SELLING and widens(exposure_of(market), exposed):
        check_gates(market, facts, market.state, now=now)
    event = same_state(market, "exposure", person=person, reason=reason, now=now, facts=facts)
    return write_change(db, market, {}, shown=exposed, event=event)


def orders_used_by(db: Session) -> dict[str, int]:
    """How many orders of each market count against its cap: those paid, and those held for a payment under way."""
    return {each.market: each.paid + each.held for each in db.exec(select(Exposure)).all()}


def widens(before: Exposed, after: Exposed) -> bool:
    """Whether somebody who could not buy before could after."""
    fewer_orders = after.order_cap is not None and (before.order_cap is None or after.order_cap <= before.order_cap)
    if not fewer_orders and after.order_cap != before.order_cap:
        return True
    if after.audience == "percentage":
        return before.audience != "percentage" or after.percent_bp > before.percent_bp
    return False


def everybody(db: Session, market: Market) -> bool:
    """Whether the market is for everybody: it is open, or was when it was paused."""
    return market.state == "open" or (market.state == "paused" and state_before_pause(db, market.id) == "open")


def names_audience(db: Session, market_id: str) -> bool:
    """Whether to whom the market is open must be chosen: it is not for everybody, and not at its end. Raises NotFound."""
    market = found(db.get(Market, market_id))
    return market.state not in ENDED and not everybody(db, market)


def _check_audience(db: Session, market: Market, exposed: Exposed) -> None:
    wanted = ("",) if everybody(db, market) else AUDIENCES
    if exposed.audience not in wanted or market.state in ENDED:
        raise WrongExposure(market=market.id, state=STATE_WORDS[market.state])
