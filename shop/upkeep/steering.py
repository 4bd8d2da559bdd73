"""Markets from the command line: what a program may read of them, and the steps that a named person takes.

The steps are those of the console, through the same function; here they only get a person, a version and plain answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.payments import Payments
from shop.ground.errors import Refusal, found
from shop.ground.instants import iso
from shop.launches.changing.exposure import orders_used_by
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import NotReady, allowed, change_state, exposure_of, in_the_way
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.readying.readiness import GateResult
from shop.launches.words import gate_detail
from shop.markets.models import LaunchEvent, Market
from shop.staff.may import may, works_for
from shop.staff.models import Person

Facts = dict[str, Any]

WHY = {
    "wrong_step": "the market's state is {state}; {action} does not lead on from there, or changes nothing",
    "not_ready": "these gates are in the way",
    "reason_missing": "a reason is needed",
    "still_owed": "still owed: {orders} orders, {requests} requests, {cases} cases, {refunds} refunds, {recalls} recalls",
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
            markets = db.exec(select(Market).order_by(col(Market.position), col(Market.id))).all()
            facts, used = gather(db, self.sources, now=self.now), orders_used_by(db)
            return [
                _summary(each, gates_of(each, facts[each.id], now=self.now), used.get(each.id, 0)) for each in markets
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
                **_summary(market, gates, orders_used_by(db).get(market_id, 0)),
                "steps": [step.action for step in allowed(market.state)],
                "gates": [self.gate(each) for each in gates],
                "history": [_event(each) for each in events],
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
    ) -> Facts:
        """Take one step in the name of `person` (id or address) and tell the event.

        `exposure` holds what shall differ of Exposed. Raises NobodyToAct, and what `change_state` raises.
        """
        with self.database.reading() as db:
            market = found(db.get(Market, market_id))
            actor = _actor(db, person, market_id)
        changed = {name: value for name, value in (exposure or {}).items() if value is not None}
        with self.database.writing() as db:
            event = change_state(
                db, market_id, action, person=actor.id, reason=reason, version=market.version, sources=self.sources,
                now=self.now, mode=mode, exposed=replace(exposure_of(market), **changed),
            )  # fmt: skip
        follow_up(self.database, self.payments, event, now=self.now)
        return {"market": market_id, **_event(event)}

    def refused(self, refusal: Refusal) -> Facts:
        """A refusal for a program: its name, a sentence, and the gates or values that explain it."""
        values = dict(refusal.values)
        if isinstance(refusal, NotReady):
            values["gates"] = [self.gate(each) for each in values["gates"]]
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
        "in_the_way": [each.gate for each in in_the_way(gates, market.state)],
    }  # fmt: skip


def _actor(db: Session, named: str, market: str) -> Person:
    """The person who takes the step: the one named, or the only one who may."""
    people = [
        each for each in db.exec(select(Person).order_by(Person.id)).all()
        if may(each.role, "market.change") and works_for(each, market)
    ]  # fmt: skip
    fitting = [each for each in people if named.lower() in (each.id, each.email)] if named else people
    if len(fitting) != 1:
        who = ", ".join(each.id for each in people) or "nobody yet (softlaunch user add)"
        raise NobodyToAct(f"say with --person who does this; may change {market}: {who}")
    return fitting[0]


def _event(event: LaunchEvent) -> Facts:
    return {
        "at": iso(event.at), "action": event.action, "from": event.from_state, "to": event.to_state, "person": event.person,
        "reason": event.reason, "mode": event.mode,
    }  # fmt: skip
