"""The board: every market with its state, both clocks, who answers, what it may take, how it does, what is missing.

The gravest stands first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.cases.overdue import by_market, open_cases, overdue
from shop.base.i18n import N_, Tongue
from shop.checkout.refunds import refused
from shop.launches.arrival import Console
from shop.launches.changing.transitions import in_the_way
from shop.launches.duty import answering, hours_ahead, next_on_duty, on_duty
from shop.launches.judging.board_card import judged
from shop.launches.models import Proposal, Schedule
from shop.launches.places_taken import Taken, exposure_words, taken_by
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gathering import gates_of, gather
from shop.launches.schedules.pending import next_of
from shop.launches.schedules.plan_words import step_words
from shop.launches.words import (
    ACTIONS,
    clock,
    distance,
    gate_title,
    state_word,
)
from shop.markets.gate import SELLING
from shop.markets.in_order import markets_in_order
from shop.markets.models import AnswerHours, LaunchEvent, Market
from shop.scorecard.reading import JUDGED, Reading, readings
from shop.scorecard.words import rule_sentence
from shop.staff.names import names_of
from shop.support.known.training import untrained_by
from shop.support.shifts.hours import there_now
from shop.support.shifts.speakers import Speaker

CASES = "/desk/cases"
GRAVITY = ("paused", "soft", "winding_down", "open", "ready", "draft", "closed")


@dataclass(frozen=True, slots=True)
class Line:
    """One market as the board knows it; `there` is everybody at work now who may answer it, if it is theirs.

    `planned` is its next planned step, `last` its last change, `last_by` and `last_agreed_by` the names of whose it was
    and of the second person, `waiting` how many steps wait for one.
    """

    market: Market
    gates: tuple[GateResult, ...]
    hours: list[AnswerHours]
    there: list[Speaker]
    taken: Taken
    read: Reading | None = None
    planned: Schedule | None = None
    last: LaunchEvent | None = None
    last_by: str = ""
    last_agreed_by: str = ""
    waiting: int = 0
    cases: int = 0
    overdue: int = 0
    refused: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The market's own page."""
        return f"/console/markets/{self.market.id}"

    @property
    def blocking(self) -> tuple[GateResult, ...]:
        """The gates that would forbid the market the state it is in, or the next one."""
        return in_the_way(self.gates, self.market.state)


def lines(db: Session, console: Console, only: str = "") -> list[Line]:
    """This person's markets, the gravest first; or just the one with the id `only`."""
    now = console.now
    facts = gather(db, console.sources, now=now, only=only)
    hours, there = hours_ahead(db, now=now), there_now(db, now=now)
    markets = console.staff.own(markets_in_order(db, col(Market.id).in_(facts)))
    gates = {each.id: gates_of(each, facts[each.id], now=now) for each in markets}
    besides = _besides(db, markets, gates, now=now)
    cases, late = open_cases(db), by_market(overdue(db, console.sources.policies, now=now))
    no_refund, unready = refused(db), untrained_by(db, facts)
    found = [
        Line(
            each,
            gates[each.id],
            hours.get(each.id, []),
            answering(each.id, there, unready[each.id]),
            **besides[each.id],
            cases=cases.get(each.id, 0),
            overdue=late.get(each.id, 0),
            refused=tuple(number for market, number in no_refund if market == each.id),
        )
        for each in markets
    ]
    return sorted(found, key=_gravity)


def _besides(
    db: Session, markets: Sequence[Market], gates: Mapping[str, tuple[GateResult, ...]], *, now: datetime
) -> dict[str, dict[str, Any]]:
    """What kept rows tell of each market, in a constant number of queries."""
    ids = [each.id for each in markets]
    blocked = {each.id: [gate.gate for gate in in_the_way(gates[each.id], each.state)] for each in markets}
    taken, planned = taken_by(db, markets, now=now), next_of(db, ids)
    read = readings(db, [each for each in markets if each.state in JUDGED], now=now, gates=blocked)
    newest = select(func.max(LaunchEvent.id)).where(col(LaunchEvent.market).in_(ids)).group_by(col(LaunchEvent.market))
    last = {each.market: each for each in db.exec(select(LaunchEvent).where(col(LaunchEvent.id).in_(newest))).all()}
    people = names_of(db)
    proposed = select(Proposal.market, func.count()).where(Proposal.outcome == "").group_by(col(Proposal.market))
    waiting = dict(db.exec(proposed).all())
    return {
        each: {
            "taken": taken[each],
            "read": read.get(each),
            "planned": planned.get(each),
            "last": last.get(each),
            "last_by": people.get(last[each].person, last[each].person) if each in last else "",
            "last_agreed_by": people.get(last[each].approved_by, last[each].approved_by) if each in last else "",
            "waiting": waiting.get(each, 0),
        }
        for each in ids
    }


def rows(board: Sequence[Line], console: Console) -> list[dict[str, Any]]:
    """The board's rows in the person's tongue."""
    return [_row(line, console) for line in board]


def gates_met(gates: Sequence[GateResult], tongue: Tongue) -> str:
    """How many gates are met or waived."""
    met = sum(each.status != "missing" for each in gates)
    return tongue.say(N_("Gates: %(met)s of %(all)s"), met=tongue.number(met), all=tongue.number(len(gates)))


def clocks(market: Market, console: Console) -> dict[str, str]:
    """The time there, at home, and how far they lie apart."""
    tongue, home = console.staff.tongue, console.exporter.zone
    return {
        "there": clock(console.now, market.zone, tongue),
        "home": clock(console.now, home, tongue),
        "distance": distance(console.now, market.zone, home, tongue),
    }


def _gravity(line: Line) -> tuple[bool, bool, int, int]:
    selling = line.market.state in SELLING
    return (
        line.market.state != "paused",
        not (selling and line.blocking),
        GRAVITY.index(line.market.state),
        line.market.position,
    )


def _row(line: Line, console: Console) -> dict[str, Any]:
    market, tongue, now = line.market, console.staff.tongue, console.now
    pausing = market.state in SELLING and console.staff.may("market.change")
    return {
        "id": market.id,
        "name": tongue.territory(market.country),
        "url": line.url,
        "state": market.state,
        "state_word": state_word(market.state, tongue),
        "exposure": exposure_words(market, line.taken, tongue),
        "judged": judged(market, line.read, tongue),
        "planned": planned_words(line, console),
        "last": last_words(line, console),
        "gates": gates_met(line.gates, tongue),
        "missing": [gate_title(each.gate, tongue) for each in line.gates if each.blocking],
        **clocks(market, console),
        "duty": on_duty(market, line.there, tongue),
        "next": next_on_duty(line.hours, console.exporter.zone, tongue, now=now),
        "cases": tongue.count("%(num)s open case", "%(num)s open cases", line.cases) if line.cases else "",
        "cases_url": f"{CASES}?market={market.id}",
        "pause_url": f"{line.url}/{PATHS['pause']}" if pausing else "",
    }


def planned_words(line: Line, console: Console) -> dict[str, str] | None:
    """The next planned step, on the clock there and on the one at home."""
    plan, tongue = line.planned, console.staff.tongue
    if plan is None:
        return None
    return {
        "what": step_words(plan, line.market, tongue),
        "there": clock(plan.due_at, line.market.zone, tongue),
        "home": clock(plan.due_at, console.exporter.zone, tongue),
        "url": f"{line.url}/schedules",
    }


def last_words(line: Line, console: Console) -> str:
    """The last change: what, by whom, when (at home), and who agreed. Of what the house did by itself the rule is told."""
    event, tongue = line.last, console.staff.tongue
    if event is None:
        return ""
    said = {
        "what": tongue.say(ACTIONS.get(event.action, event.action)),
        "person": line.last_by or rule_sentence(event.rule, "", tongue) or tongue.say(N_("by itself")),
        "moment": clock(event.at, console.exporter.zone, tongue),
    }
    words = tongue.say(N_("%(what)s: %(person)s, %(moment)s"), **said)
    agreed = tongue.say(N_("Agreed to by: %(name)s"), name=line.last_agreed_by) if line.last_agreed_by else ""
    return " · ".join(filter(None, (words, agreed)))


PATHS: Mapping[str, str] = {
    "ready": "declaration",
    "launch": "launch",
    "open": "opening",
    "pause": "pause",
    "resume": "resumption",
    "wind_down": "winding-down",
    "close": "closure",
    "redraft": "draft",
}
