"""The board: every market with its state, both clocks, who answers, what is missing; and what needs a look.

The gravest stands first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.overdue import by_market, open_cases, overdue
from shop.base.i18n import N_, Tongue
from shop.base.outbox import Effect
from shop.checkout.refunds import refused
from shop.launches.arrival import Console
from shop.launches.changing.exposure import orders_used_by
from shop.launches.changing.transitions import in_the_way
from shop.launches.duty import answering, hours_ahead, native_within, next_on_duty, on_duty
from shop.launches.readying.gathering import gates_of, gather
from shop.launches.readying.readiness import GateResult
from shop.launches.words import clock, distance, gate_sentence, gate_title, orders_used, state_word, who_may_buy
from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.markets.models import AnswerHours, Market
from shop.support.shifts.hours import there_now
from shop.support.shifts.speakers import Speaker

CASES = "/desk/cases"
GRAVITY = ("paused", "soft", "winding_down", "open", "ready", "draft", "closed")
SOON = timedelta(hours=48)
NEARLY_FULL = 0.8
WAIVER_ENDS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One market as the board knows it; `there` is everybody at work now who may answer it, if it is theirs."""

    market: Market
    gates: tuple[GateResult, ...]
    hours: list[AnswerHours]
    there: list[Speaker]
    used: int
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
    used = orders_used_by(db)
    cases, late = open_cases(db), by_market(overdue(db, console.sources.policies, now=now))
    no_refund = refused(db)
    query = select(Market).where(col(Market.id).in_(facts)).order_by(col(Market.position), col(Market.id))
    found = [
        Line(
            each,
            gates_of(each, facts[each.id], now=now),
            hours.get(each.id, []),
            answering(db, each.id, there),
            used.get(each.id, 0),
            cases.get(each.id, 0),
            late.get(each.id, 0),
            tuple(number for market, number in no_refund if market == each.id),
        )
        for each in db.exec(query).all()
        if console.staff.works_for(each.id)
    ]
    return sorted(found, key=_gravity)


def rows(board: Sequence[Line], console: Console) -> list[dict[str, Any]]:
    """The board's rows in the person's tongue."""
    return [_row(line, console) for line in board]


def looks(db: Session, board: Sequence[Line], console: Console) -> list[dict[str, str]]:
    """What needs a look, one sentence each, with where to look."""
    tongue = console.staff.tongue
    found = [
        {"market": tongue.territory(line.market.country), "text": text, "url": line.url}
        for line in board
        for text in _market_looks(line, tongue, console.now)
    ] + [look for line in board for look in _refund_looks(line, tongue)]
    given_up = _given_up(db) if console.staff.may("mail.see") else 0
    if given_up:
        text = tongue.count(
            N_("%(num)s message or refund could not be carried out."),
            N_("%(num)s messages or refunds could not be carried out."),
            given_up,
        )
        found.append({"market": "", "text": text, "url": "/console/mail"})
    return found


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


def _given_up(db: Session) -> int:
    return db.exec(select(func.count()).select_from(Effect).where(col(Effect.dead_at).is_not(None))).one()


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
        "who": who_may_buy(market, tongue),
        "gates": gates_met(line.gates, tongue),
        "missing": [gate_title(each.gate, tongue) for each in line.gates if each.blocking],
        **clocks(market, console),
        "duty": on_duty(market, line.there, tongue),
        "next": next_on_duty(line.hours, console.exporter.zone, tongue, now=now),
        "orders": orders_used(line.used, market.order_cap, tongue) if market.ever_sold or line.used else "",
        "cases": tongue.count("%(num)s open case", "%(num)s open cases", line.cases) if line.cases else "",
        "cases_url": f"{CASES}?market={market.id}",
        "pause_url": f"{line.url}/{PATHS['pause']}" if pausing else "",
    }


def _refund_looks(line: Line, tongue: Tongue) -> list[dict[str, str]]:
    """Money that should be with its customer and is not."""
    market, found = tongue.territory(line.market.country), []
    if line.overdue:
        text = tongue.count("%(num)s refund is overdue.", "%(num)s refunds are overdue.", line.overdue)
        found.append({"market": market, "text": text, "url": f"{CASES}?tab=overdue&market={line.market.id}"})
    for number in line.refused:
        text = tongue.say(N_("The payment service refused a refund. Order: %(number)s"), number=number)
        found.append({"market": market, "text": text, "url": f"/desk/orders/{number}"})
    return found


def _market_looks(line: Line, tongue: Tongue, now: datetime) -> list[str]:
    market, selling = line.market, line.market.state in SELLING
    texts = []
    if market.state == "paused":
        texts.append(tongue.say(N_("Paused. %(mode)s."), mode=who_may_buy(market, tongue)))
    if selling:
        texts += [gate_sentence(each, tongue) for each in line.blocking]
        unheard = [each for each in market.languages.split() if not native_within(line.hours, each, now + SOON)]
        if unheard:
            names = tongue.list([tongue.language_name(each) for each in unheard])
            texts.append(
                tongue.say(N_("No native speaker is on duty within 48 hours. Languages: %(names)s"), names=names)
            )
        if market.order_cap is not None and line.used >= NEARLY_FULL * market.order_cap:
            texts.append(
                tongue.say(N_("Orders taken: %(orders)s"), orders=orders_used(line.used, market.order_cap, tongue))
            )
    texts += [gate_sentence(each, tongue) for each in line.gates if each.status == "ending"]
    texts += [
        tongue.say(
            N_("The waiver ends on %(day)s: %(gate)s"),
            day=tongue.date(each.waiver.until),
            gate=gate_title(each.gate, tongue),
        )
        for each in line.gates
        if each.waiver and each.waiver.until - day_in(market, now) <= WAIVER_ENDS
    ]
    return texts


PATHS: Mapping[str, str] = {
    "ready": "readiness",
    "launch": "launch",
    "open": "opening",
    "pause": "pause",
    "resume": "resumption",
    "wind_down": "winding-down",
    "close": "closure",
    "redraft": "draft",
}
