"""Moving a market from one launch state to another: the table of what is allowed, and the one function that does it.

Narrowing (pausing, winding down, closing) never waits for a gate or for a second person. Widening is always a
person's, and checks the gates again in the very transaction that widens. A change decided on an older version of the
market is refused with what has changed since, and every change is an event that is never touched again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.announcing import announce
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.ground.errors import Refusal, StaleForm, found
from shop.launches.changing.counts import count_ended
from shop.launches.changing.guards import (
    SecondPersonNeeded,
    check_go,
    check_no_orders,
    check_owed,
    keep_handover,
    needs_second,
)
from shop.launches.changing.recounting import count_anew
from shop.launches.changing.snapshots import frozen, keep_snapshot
from shop.launches.changing.table import MODES, STATE_WORDS, STEPS, Exposed, Step, exposure_in, state_before_pause
from shop.launches.changing.winding import Winding, check_winding, keep_winding, last_order_at
from shop.launches.models import Proposal
from shop.launches.readying.facts import Facts, GateResult
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.readying.readiness import blockers
from shop.launches.schedules import pending
from shop.markets.gate import SELLING
from shop.markets.history import note
from shop.markets.models import LaunchEvent, Market


class WrongStep(Refusal):
    """The market is in a state from which this step does not lead on; `state` is the word for it."""


class NotReady(Refusal):
    """Gates that must be met are not; `gates` holds their results. The market stays what it was."""


class ReasonMissing(Refusal):
    """This step is kept with a reason, and none was given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step asks besides its name: the `mode` of a pause, to whom a launch is open, how the market winds down, to
    whom its duties are handed over, or which event is to be taken back.

    `override` is a word against the scorecard, and `seen` what that said to who gave it.
    """

    mode: str = ""
    exposed: Exposed | None = None
    override: str = ""
    winding: Winding | None = None
    handover: str = ""
    undoes: int = 0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A change that nothing forbids: the market's new values and exposure, and the event that will tell of it."""

    market: Market
    event: LaunchEvent
    shown: Exposed
    values: dict[str, Any] = field(default_factory=dict)


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
    override: str = "",
    seen: str = "",
    winding: Winding | None = None,
    handover: str = "",
    approved_by: str = "",
    rule: str = "",
    told: Mapping[str, Any] | None = None,
) -> LaunchEvent:
    """Take one step and note it. `person` is an id, empty where a `rule` of the system acts; `approved_by` a second one.

    `told` is what else the event tells besides the market's own values: what -> [old, new].

    Raises NotFound, StaleForm, WrongStep, ReasonMissing, NotReady (with the gates), and what the step's guards raise
    (`guards.py`, `winding.py`); then nothing changed.
    """
    asked = Asked(mode, exposed, override, winding, handover, seen=seen)
    market = decided_on(db, market_id, version)
    decided = decide(
        db, market, action, asked, person=person, reason=reason, sources=sources, now=now, approved_by=approved_by,
        rule=rule,
    )  # fmt: skip
    ended = count_ended(db, market, decided.event.to_state, now=now)
    decided.event.details = json.dumps({**ended, **(told or {})}, default=iso_text)
    event = write_change(db, market, decided.values, shown=decided.shown, event=decided.event)
    _follow(db, event, asked, now=now)
    return event


def decide(
    db: Session,
    market: Market,
    action: str,
    asked: Asked,
    *,
    person: str,
    reason: str,
    sources: Sources,
    now: datetime,
    approved_by: str = "",
    rule: str = "",
    proposing: bool = False,
) -> Decided:
    """What a step would change, once all its guards were asked; nothing is written but an override.

    `proposing` is for who only asks for it: the second person's word is not missed yet.
    """
    step = found(STEPS.get(action))
    _check_step(market, step, asked.mode)
    if step.reasoned and not reason.strip():
        raise ReasonMissing(action=action)
    if step.widens and not person:
        raise ValueError("the system never widens by itself")
    target = step.target or state_before_pause(db, market.id)
    shown = exposure_in(target, asked.exposed, market)
    if not proposing:
        _check_second(db, market, step, person=person, approved_by=approved_by)
    if step.widens:
        facts = facts_as(db, market, shown, sources, now=now)
        check_gates(market, facts, target, now=now)
    _guard(db, market, step, asked, person=person, sources=sources, proposing=proposing, now=now)
    event = LaunchEvent(
        market=market.id,
        at=now,
        action=action,
        from_state=market.state,
        to_state=target,
        person=person,
        reason=reason.strip(),
        mode=asked.mode if target == "paused" else "",
        snapshot="" if proposing else keep_snapshot(db, market.id, frozen(db, market, sources, now=now), now=now),
        approved_by=approved_by,
        rule=rule,
    )
    return Decided(market, event, shown, _values(market, target, asked))


def decided_on(db: Session, market_id: str, version: int) -> Market:
    """The market, if it is still the one that the form showed. Raises NotFound or StaleForm."""
    market = found(db.get(Market, market_id))
    if market.version != version:
        raise stale(db, market, version)
    return market


def stale(db: Session, market: Market, version: int) -> StaleForm:
    """The refusal of a form that was drawn at `version`: what the market is now, and the events that came between."""
    since = select(LaunchEvent).where(LaunchEvent.market == market.id, LaunchEvent.version > version)
    return StaleForm(
        now_is=STATE_WORDS[market.state], changes=list(db.exec(since.order_by(col(LaunchEvent.id)).limit(20)).all())
    )


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
    """The one statement that changes a market, its event with what was and what is, and the revisions. Raises StaleForm.

    Whatever was proposed for the market as it was before is outdated by it.
    """
    wanted = {**values, **asdict(shown)}
    changed = {name: [getattr(market, name), new] for name, new in wanted.items() if getattr(market, name) != new}
    before = market.version
    mine = update(Market).where(col(Market.id) == market.id, col(Market.version) == before)
    if db.connection().execute(mine.values(**wanted, version=Market.version + 1)).rowcount != 1:
        db.refresh(market)
        raise stale(db, market, before)
    event.details = json.dumps({**json.loads(event.details or "{}"), **changed}, default=iso_text, sort_keys=True)
    event.version = before + 1
    note(db, event)
    db.flush()
    count_anew(db, market, changed, now=event.at)
    waiting = update(Proposal).where(col(Proposal.market) == market.id, col(Proposal.outcome) == "")
    db.connection().execute(waiting.values(outcome="outdated", ended_at=event.at, event=event.id))
    raise_revision(db, market_scope(market.id), EVERYWHERE)
    said = {"action": event.action, "from": event.from_state, "to": event.to_state, "mode": event.mode}
    announce(db, "market.changed", market=market.id, subject=market.id, data=said, now=event.at)
    return event


def iso_text(value: object) -> str:
    """An instant or day as it stands in an event's details."""
    return value.isoformat() if isinstance(value, date) else str(value)


def in_the_way(results: tuple[GateResult, ...], state: str) -> tuple[GateResult, ...]:
    """What would forbid a market the state it is in while it sells, or else the next one: to be ready."""
    return blockers(results, state if state in SELLING else "ready")


def _check_step(market: Market, step: Step, mode: str) -> None:
    wrong_mode = step.action == "pause" and (
        mode not in MODES or (market.state == "paused" and mode == market.pause_mode)
    )
    if market.state not in step.sources or wrong_mode:
        raise WrongStep(market=market.id, state=STATE_WORDS[market.state], action=step.action)


def _check_second(db: Session, market: Market, step: Step, *, person: str, approved_by: str) -> None:
    """Raises SecondPersonNeeded; nobody is their own second person."""
    asked = needs_second(db, market, seconded=step.seconded, person=person)
    if asked and approved_by in ("", person):
        raise SecondPersonNeeded(action=step.action)


def _guard(
    db: Session,
    market: Market,
    step: Step,
    asked: Asked,
    *,
    person: str,
    sources: Sources,
    proposing: bool,
    now: datetime,
) -> None:
    """What this step asks of its own."""
    match step.action:
        case "redraft":
            check_no_orders(db, market)
        case "open":
            check_go(db, market, word=asked.override, seen=asked.seen, person=person, approved=not proposing, now=now)
        case "wind_down":
            check_winding(db, market, asked.winding, now=now)
        case "close":
            check_owed(db, market, sources, handover=asked.handover, now=now)


def _values(market: Market, target: str, asked: Asked) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": target,
        "pause_mode": asked.mode if target == "paused" else "",
        "ever_sold": market.ever_sold or target in SELLING,
    }
    if target == "winding_down" and asked.winding is not None:
        values["last_order_at"] = last_order_at(market, asked.winding)
    return values


def _follow(db: Session, event: LaunchEvent, asked: Asked, *, now: datetime) -> None:
    """What a step brings with it: what was written down is kept, and what was scheduled stands still or ends."""
    if event.action == "wind_down" and asked.winding is not None:
        keep_winding(db, event, asked.winding)
    if event.action == "close":
        keep_handover(db, event.market, asked.handover)
    if event.action == "pause" and event.mode != "safety":
        pending.freeze(db, event.market, now=now, person=event.person)
    elif event.action in ("pause", "wind_down", "close", "redraft"):
        pending.cancel(db, event.market, now=now, person=event.person)
