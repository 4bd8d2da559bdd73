"""Moving a market from one launch state to another: the table of what is allowed, and the one function that does it.

Narrowing (pausing, winding down, closing) never waits for a gate. Widening checks the gates again in the very
transaction that widens. A change decided on an older version of the market is refused, and every change is an event
that is never touched again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.pagecache import EVERYWHERE, market_scope, raise_revision
from shop.ground.errors import Refusal, StaleForm, found
from shop.launches.changing.touched import touched
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.readying.readiness import Facts, GateResult, blockers
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market

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


class WrongStep(Refusal):
    """The market is in a state from which this step does not lead on; `state` is the word for it."""


class NotReady(Refusal):
    """Gates that must be met are not; `gates` holds their results. The market stays what it was."""


class ReasonMissing(Refusal):
    """This step is kept with a reason, and none was given."""


class StillOwed(Refusal):
    """A market cannot be closed while `orders`, `requests`, `cases`, `refunds` or `recalls` are not done with."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """To whom a market is open: `audience` invitation, percentage or everybody (empty), and at most how many orders."""

    audience: str
    percent_bp: int = 0
    order_cap: int | None = None
    in_chooser: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed change. An empty target is the state before the pause; `widens` asks gates, `reasoned` a reason."""

    action: str
    sources: tuple[str, ...]
    target: str
    widens: bool = False
    reasoned: bool = False


STEPS = {
    each.action: each
    for each in (
        Step("ready", ("draft",), "ready", widens=True),
        Step("redraft", ("ready",), "draft"),
        Step("launch", ("ready",), "soft", widens=True),
        Step("open", ("ready", "soft"), "open", widens=True),
        Step("pause", ("soft", "open", "paused"), "paused", reasoned=True),
        Step("resume", ("paused",), "", widens=True),
        Step("wind_down", ("soft", "open", "paused"), "winding_down", reasoned=True),
        Step("close", ("winding_down",), "closed", reasoned=True),
    )
}


def allowed(state: str) -> tuple[Step, ...]:
    """The steps that lead on from a state, in the order of the table."""
    return tuple(step for step in STEPS.values() if state in step.sources)


def change_state(
    db: Session,
    market_id: str,
    action: str,
    *,
    person: str,
    reason: str,
    version: int,
    sources: Sources,
    now: datetime,
    mode: str = "",
    exposed: Exposed | None = None,
) -> LaunchEvent:
    """Take one step and note it. `person` is an id; a pause needs a `mode`, launch and open may bring `exposed`.

    Raises NotFound, StaleForm, WrongStep, ReasonMissing, NotReady (with the gates) or StillOwed; then nothing changed.
    """
    market, step = decided_on(db, market_id, version), found(STEPS.get(action))
    _check_step(market, step, mode)
    if step.reasoned and not reason.strip():
        raise ReasonMissing(action=action)
    target = step.target or state_before_pause(db, market_id)
    shown = _exposure_in(target, exposed or exposure_of(market))
    facts = facts_as(db, market, shown, sources, now=now)
    if step.widens:
        check_gates(market, facts, target, now=now)
    if target == "closed":
        _check_owed(db, market, now=now)
    values = {
        "state": target,
        "pause_mode": mode if target == "paused" else "",
        "ever_sold": market.ever_sold or target in SELLING,
    }
    return write_change(
        db,
        market,
        values,
        shown=shown,
        event=LaunchEvent(
            market=market.id,
            at=now,
            action=action,
            from_state=market.state,
            to_state=target,
            person=person,
            reason=reason.strip(),
            mode=mode if target == "paused" else "",
            snapshot=snapshot(facts),
        ),
    )


def state_before_pause(db: Session, market_id: str) -> str:
    """The selling state from which the market was paused; the soft launch when no event tells."""
    query = select(LaunchEvent.from_state).where(LaunchEvent.market == market_id, LaunchEvent.to_state == "paused")
    query = query.where(col(LaunchEvent.from_state).in_(SELLING)).order_by(col(LaunchEvent.id).desc())
    return db.exec(query).first() or "soft"


def exposure_of(market: Market) -> Exposed:
    """To whom the market is open, as it stands."""
    return Exposed(market.audience, market.percent_bp, market.order_cap, market.in_chooser)


def decided_on(db: Session, market_id: str, version: int) -> Market:
    """The market, if it is still the one that the form showed. Raises NotFound or StaleForm."""
    market = found(db.get(Market, market_id))
    if market.version != version:
        raise StaleForm(now_is=STATE_WORDS[market.state])
    return market


def facts_as(db: Session, market: Market, shown: Exposed, sources: Sources, *, now: datetime) -> Facts:
    """The market's facts as they would be with this exposure."""
    facts = gather(db, sources, now=now, only=market.id)[market.id]
    return replace(facts, audience=shown.audience, percent_bp=shown.percent_bp, order_cap=shown.order_cap)


def check_gates(market: Market, facts: Facts, target: str, *, now: datetime) -> None:
    """Raises NotReady when a gate forbids the market to be `target`."""
    missing = blockers(gates_of(market, facts, now=now), target)
    if missing:
        raise NotReady(market=market.id, gates=missing)


def write_change(
    db: Session, market: Market, values: dict[str, Any], *, shown: Exposed, event: LaunchEvent
) -> LaunchEvent:
    """The one statement that changes a market, its event, and the revisions. Raises StaleForm."""
    mine = update(Market).where(col(Market.id) == market.id, col(Market.version) == market.version)
    exposure = {
        "audience": shown.audience,
        "percent_bp": shown.percent_bp,
        "order_cap": shown.order_cap,
        "in_chooser": shown.in_chooser,
    }
    if db.connection().execute(mine.values(**values, **exposure, version=Market.version + 1)).rowcount != 1:
        raise StaleForm(now_is=STATE_WORDS[market.state])
    db.add(event)
    raise_revision(db, market_scope(market.id), EVERYWHERE)
    return event


def in_the_way(results: tuple[GateResult, ...], state: str) -> tuple[GateResult, ...]:
    """What would forbid a market the state it is in while it sells, or else the next one: to be ready."""
    return blockers(results, state if state in SELLING else "ready")


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
    canonical = json.dumps(asdict(facts), default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_step(market: Market, step: Step, mode: str) -> None:
    wrong_mode = step.action == "pause" and (
        mode not in MODES or (market.state == "paused" and mode == market.pause_mode)
    )
    if market.state not in step.sources or wrong_mode:
        raise WrongStep(market=market.id, state=STATE_WORDS[market.state], action=step.action)


def _exposure_in(target: str, shown: Exposed) -> Exposed:
    """An open market is for everybody; what was asked of the soft launch would only mislead in a later pause."""
    return Exposed("", 10_000, shown.order_cap, True) if target == "open" else shown


def _check_owed(db: Session, market: Market, *, now: datetime) -> None:
    owed = touched(db, market.id, now=now).owed
    if any(owed.values()):
        raise StillOwed(**owed)
