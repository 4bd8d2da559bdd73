"""Markets from the command line: what a program may read of them, and the steps that a named person takes.

The steps are those of the console, through the same function; here they only get a person, a version and plain answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.payments import Payments
from shop.ground.errors import Refusal, found
from shop.ground.instants import iso
from shop.launches.changing.proposals import APPROVE, REDRAW, UNDO, act, approve, call_off, proposals
from shop.launches.changing.safety import follow_up
from shop.launches.changing.table import allowed, exposure_of, mode_of_pause
from shop.launches.changing.transitions import Asked, NotReady, in_the_way
from shop.launches.changing.undoing import undo_of
from shop.launches.models import Proposal
from shop.launches.places_taken import taken_by
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.words import gate_detail
from shop.markets.in_order import markets_in_order
from shop.markets.models import LaunchEvent, Market
from shop.staff.may import works_for
from shop.staff.models import Person

Facts = dict[str, Any]

WHY = {
    "wrong_step": "the market's state is {state}; {action} does not lead on from there, or changes nothing",
    "not_ready": "these gates are in the way",
    "reason_missing": "a reason is needed",
    "still_owed": "still owed: {orders} orders, {requests} requests, {cases} cases, {refunds} refunds, {recalls} recalls",
    "not_yet_go": "the scorecard says {recommended}; --override REASON opens the market all the same",
    "second_person_needed": "a second person has to agree to this",
    "nobody_else": "a second person has to agree, and nobody else of {market} could",
    "own_proposal": "whoever asked for it cannot be the second person",
    "proposal_over": "it no longer waits: {now_is}",
    "order_taken": "a market that has taken an order cannot be a draft again",
    "duties_last": "customers may ask for something until {last_day}, {endless} orders without a last day; see --handover",
    "winding_incomplete": "still to be written down: {lacking}",
    "cannot_undo": "this cannot be undone: {because}",
    "stale_form": "somebody else has just changed the market, which is now: {now_is}",
    "busy": "the database is busy; nothing was changed",
}


class NobodyToAct(Exception):
    """No person was named who may change this market; the message says whom to name."""


@dataclass(frozen=True, slots=True)
class Steering:
    """What the market commands need of the house. `tongue` words what gates found."""

    database: Database
    payments: Payments
    sources: Sources
    tongue: Tongue
    now: datetime

    def markets(self) -> list[Facts]:
        """Every market in the exporter's order."""
        with self.database.reading() as db:
            markets = markets_in_order(db)
            facts, used = gather(db, self.sources, now=self.now), taken_by(db, markets, now=self.now)
            return [
                _summary(each, gates_of(each, facts[each.id], now=self.now), used[each.id].orders) for each in markets
            ]

    def market(self, market_id: str) -> Facts:
        """One market with its gates, the steps that lead on, and its history. Raises NotFound."""
        with self.database.reading() as db:
            market = found(db.get(Market, market_id))
            events = db.exec(
                select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id))
            ).all()
            facts = gather(db, self.sources, now=self.now, only=market_id)[market_id]
            gates = gates_of(market, facts, now=self.now)
            return {
                **_summary(market, gates, taken_by(db, [market], now=self.now)[market_id].orders),
                "steps": [step.action for step in allowed(market.state)],
                "gates": [self.gate(each) for each in gates],
                "history": [event_told(each) for each in events],
            }

    def take_step(
        self,
        market_id: str,
        action: str,
        *,
        person: str,
        reason: str = "",
        mode: str = "",
        exposure: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        **besides: Any,
    ) -> Facts:
        """Take one step in the name of `person` (id or address) and tell the event, or the proposal it became.

        `exposure` holds what shall differ of Exposed, `without` the caps to be lifted, `besides` what else of Asked.
        Raises NobodyToAct, and what `act` raises.
        """
        with self.database.reading() as db:
            market = found(db.get(Market, market_id))
            actor = actor_of(db, person, market_id)
            undo = undo_of(db, market, now=self.now) if action == UNDO else None
        changed: dict[str, Any] = {name: value for name, value in (exposure or {}).items() if value is not None}
        changed |= dict.fromkeys(without)
        exposed = replace(exposure_of(market), **changed)
        mode = mode_of_pause(market, mode) if action == "pause" else mode
        asked = Asked(mode=mode, exposed=exposed, undoes=(undo.event.id or 0) if undo else 0, **besides)
        with self.database.writing() as db:
            done = act(
                db, market_id, action, asked, person=actor.id, reason=reason, version=market.version,
                sources=self.sources, now=self.now,
            )  # fmt: skip
        if isinstance(done, Proposal):
            return {"market": market_id, **_proposal(done)}
        follow_up(self.database, self.payments, done, now=self.now)
        return {"market": market_id, **event_told(done)}

    def redraw(self, market_id: str, *, person: str, reason: str) -> Facts:
        """Draw a percentage anew in the name of `person`, or propose it. Raises NobodyToAct, and what `act` raises."""
        return self.take_step(market_id, REDRAW, person=person, reason=reason)

    def proposals(self, market_id: str) -> list[Facts]:
        """What waits for a second person, and what became of earlier proposals. Raises NotFound."""
        with self.database.reading() as db:
            return [_proposal(each) for each in proposals(db, found(db.get(Market, market_id)).id)]

    def approve(self, market_id: str, number: int, *, person: str) -> Facts:
        """Agree to a proposal in the name of `person`. Raises NobodyToAct, and what `approve` raises."""
        with self.database.writing() as db:
            second = actor_of(db, person, market_id, act=APPROVE)
            event = approve(db, market_id, number, person=second.id, sources=self.sources, now=self.now)
        follow_up(self.database, self.payments, event, now=self.now)
        return {"market": market_id, **event_told(event)}

    def call_off(self, market_id: str, number: int, *, person: str) -> None:
        """Call a proposal off in the name of `person`. Raises NobodyToAct, and what `call_off` raises."""
        with self.database.writing() as db:
            call_off(db, market_id, number, person=actor_of(db, person, market_id, act=APPROVE).id, now=self.now)

    def currency(self, market_id: str) -> str:
        """The currency of the market. Raises NotFound."""
        with self.database.reading() as db:
            return found(db.get(Market, market_id)).currency

    def refused(self, refusal: Refusal) -> Facts:
        """A refusal for a program: its name, a sentence, and the gates or values that explain it."""
        values = dict(refusal.values)
        if isinstance(refusal, NotReady):
            values["gates"] = [self.gate(each) for each in values["gates"]]
        values["changes"] = [event_told(each) for each in values.get("changes", ())]
        values = {
            name: each.isoformat() if isinstance(each, date) else each
            for name, each in values.items()
            if each or name != "changes"
        }
        says = WHY.get(refusal.name, refusal.name.replace("_", " ")).format(**values)
        return {"refused": refusal.name, "says": says, **values}

    def gate(self, result: GateResult) -> Facts:
        """One gate's answer."""
        waiver = result.waiver
        return {
            "gate": result.gate, "status": result.status, "blocking": result.blocking, "detail": gate_detail(result, self.tongue),
            "waived_by": waiver.person if waiver else None, "waived_until": waiver.until.isoformat() if waiver else None,
        }  # fmt: skip


def _summary(market: Market, gates: tuple[GateResult, ...], orders: int) -> Facts:
    return {
        "market": market.id, "country": market.country, "currency": market.currency, "languages": market.languages.split(),
        "state": market.state, "pause_mode": market.pause_mode, "audience": market.audience,
        "percent": market.percent_bp / 100, "order_cap": market.order_cap, "orders": orders,
        "daily_cap": market.daily_cap, "value_cap": market.value_cap, "customer_cap": market.customer_cap,
        "minutes_per_contact": market.minutes_per_contact,
        "in_the_way": [each.gate for each in in_the_way(gates, market.state)],
    }  # fmt: skip


def actor_of(db: Session, named: str, market: str, *, act: str = "market.change") -> Person:
    """The person who takes the step: the one named, or the only one who may."""
    people = [
        each for each in db.exec(select(Person).order_by(Person.id)).all()
        if works_for(each, market, act)
    ]  # fmt: skip
    fitting = [each for each in people if named.lower() in (each.id, each.email)] if named else people
    if len(fitting) != 1:
        who = ", ".join(each.id for each in people) or "nobody yet (softlaunch user add)"
        raise NobodyToAct(f"say with --person who does this; may change {market}: {who}")
    return fitting[0]


def event_told(event: LaunchEvent) -> Facts:
    return {
        "at": iso(event.at), "action": event.action, "from": event.from_state, "to": event.to_state, "person": event.person,
        "reason": event.reason, "mode": event.mode, "approved_by": event.approved_by, "rule": event.rule,
    }  # fmt: skip


def _proposal(proposal: Proposal) -> Facts:
    return {
        "proposal": proposal.id, "at": iso(proposal.at), "action": proposal.action, "person": proposal.person,
        "reason": proposal.reason, "outcome": proposal.outcome, "ended_by": proposal.ended_by,
    }  # fmt: skip
