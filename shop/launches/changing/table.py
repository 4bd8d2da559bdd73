"""The table of launch states: which steps lead from where to where, what each asks, and to whom a market is open."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.i18n import N_
from shop.launches.readying.facts import Facts
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market

# What an open market is; what was asked of the soft launch would only mislead in a later pause.
FOR_EVERYBODY: Mapping[str, Any] = {"audience": "", "percent_bp": 10_000, "in_chooser": True}
EXPOSURE = "exposure"  # changing who may buy, which is no step of the table
MODES = ("sell_stop", "hidden", "safety")
AUDIENCES = ("invitation", "percentage")
STATE_WORDS = {
    "draft": N_("Draft"),
    "ready": N_("Ready"),
    "soft": N_("Soft launch"),
    "open": N_("Open"),
    "paused": N_("Paused"),
    "winding_down": N_("Winding down"),
    "closed": N_("Closed"),
}


@dataclass(frozen=True, slots=True)
class Exposed:
    """To whom a market is open: `audience` invitation, percentage or everybody (empty), and how many orders it takes.

    Named as the columns of Market, where the caps are told of.
    """

    audience: str
    percent_bp: int = 0
    order_cap: int | None = None
    in_chooser: bool = False
    daily_cap: int | None = None
    value_cap: int | None = None
    customer_cap: int | None = None
    minutes_per_contact: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed change. An empty target is the state before the pause; `reasoned` asks a reason.

    `widens` asks gates and a person; `seconded` a second one, where the market asks for two.
    """

    action: str
    sources: tuple[str, ...]
    target: str
    widens: bool = False
    reasoned: bool = False
    seconded: bool = False


STEPS = {
    each.action: each
    for each in (
        Step("ready", ("draft",), "ready", widens=True),
        Step("redraft", ("ready", "soft", "open", "paused", "winding_down", "closed"), "draft"),
        Step("launch", ("ready",), "soft", widens=True, seconded=True),
        Step("open", ("ready", "soft"), "open", widens=True, seconded=True),
        Step("pause", ("soft", "open", "paused"), "paused", reasoned=True),
        Step("resume", ("paused",), "", widens=True, reasoned=True, seconded=True),
        Step("wind_down", ("soft", "open", "paused"), "winding_down", reasoned=True),
        Step("close", ("winding_down",), "closed", reasoned=True),
    )
}


def allowed(state: str) -> tuple[Step, ...]:
    """The steps that lead on from a state, in the order of the table."""
    return tuple(step for step in STEPS.values() if state in step.sources)


def mode_of_pause(market: Market, mode: str = "") -> str:
    """How to pause a market: unless told otherwise selling stops, and one that is paused already stays as it is."""
    return mode or market.pause_mode or MODES[0]


def state_before_pause(db: Session, market_id: str) -> str:
    """The selling state from which the market was paused; the soft launch when no event tells."""
    query = select(LaunchEvent.from_state).where(LaunchEvent.market == market_id, LaunchEvent.to_state == "paused")
    query = query.where(col(LaunchEvent.from_state).in_(SELLING)).order_by(col(LaunchEvent.id).desc())
    return db.exec(query).first() or "soft"


def exposure_of(market: Market) -> Exposed:
    """To whom the market is open, as it stands."""
    return Exposed(**{each.name: getattr(market, each.name) for each in fields(Exposed)})


def exposure_in(target: str, asked: Exposed | None, market: Market) -> Exposed:
    """To whom the market will be open in the state `target`: as was asked, or else as it is."""
    shown = asked or exposure_of(market)
    return replace(shown, **FOR_EVERYBODY) if target == "open" else shown


def same_state(
    market: Market, action: str, *, person: str, reason: str, now: datetime, facts: Facts | None = None
) -> LaunchEvent:
    """An event that leaves the state what it is, decided on these facts if on any."""
    return LaunchEvent(
        market=market.id,
        at=now,
        action=action,
        from_state=market.state,
        to_state=market.state,
        person=person,
        reason=reason.strip(),
        mode=market.pause_mode,
        snapshot=snapshot(facts) if facts else "",
    )


def snapshot(facts: Facts) -> str:
    """SHA-256 over the facts, so that an event says what it was decided on."""
    return hashlib.sha256(canonical(asdict(facts)).encode()).hexdigest()
