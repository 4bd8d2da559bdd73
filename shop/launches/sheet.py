"""One market's page, and the page that confirms a step: what is, what would be, and what that touches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, NN_, Tongue
from shop.base.web import Form
from shop.checkout.stopping import ALL_MARKETS, stops_in, texts_of
from shop.ground.errors import found
from shop.ground.instants import local
from shop.launches.arrival import Console
from shop.launches.board import PATHS, Line, clocks, gates_met, lines
from shop.launches.changing.exposure import ENDED, everybody
from shop.launches.changing.invitations import invitations
from shop.launches.changing.touched import Touched, touched
from shop.launches.changing.transitions import AUDIENCES, MODES, STEPS, Step, WrongStep, state_before_pause
from shop.launches.duty import next_on_duty, on_duty
from shop.launches.models import Waiver
from shop.launches.readying.readiness import WAIVABLE, GateResult, blockers
from shop.launches.readying.waiving import waivers_told
from shop.launches.words import (
    ACTIONS,
    AUDIENCE_WORDS,
    MODE_WORDS,
    clock,
    gate_row,
    gate_title,
    orders_used,
    state_word,
    who_may_buy,
)
from shop.markets.exposure_models import Invitation
from shop.markets.models import LaunchEvent, Market, StopSale, StopSaleText
from shop.staff.models import Person

ACTION_OF = {**{action: action for action in STEPS}, **{path: action for action, path in PATHS.items()}}


@dataclass(frozen=True, slots=True)
class PlacedForm:
    """A form among others on one page; `id` keeps the ids of its fields apart from theirs."""

    id: str
    values: dict[str, str]
    errors: dict[str, str]


def line_of(db: Session, console: Console, market_id: str) -> Line:
    """The market as the board knows it. Raises NotFound."""
    return found(next(iter(lines(db, console, market_id)), None))


def sheet(db: Session, console: Console, line: Line) -> dict[str, Any]:
    """Everything the market's page shows."""
    market, tongue, now = line.market, console.staff.tongue, console.now
    people = dict(db.exec(select(Person.id, Person.name)).all())
    stops = stops_in(db, market.id)
    texts = texts_of(db, stops)
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": line.url,
        "state_word": state_word(market.state, tongue),
        "who": who_may_buy(market, tongue),
        "clocks": clocks(market, console),
        "duty": on_duty(market, line.there, tongue),
        "next": next_on_duty(line.hours, console.exporter.zone, tongue, now=now),
        "orders": orders_used(line.used, market.order_cap, tongue),
        "steps": _steps(db, line, tongue),
        "gates_met": gates_met(line.gates, tongue),
        "gates": [gate_row(each, tongue) for each in line.gates],
        "previews": [
            {"label": tongue.language_name(each), "url": f"/{market.id}/{each}/"} for each in market.languages.split()
        ],
        "waivable": [(each, gate_title(each, tongue)) for each in sorted(WAIVABLE)],
        "audiences": [] if everybody(db, market) else audiences(tongue),
        "exposed": market.state not in ENDED,
        "everywhere": console.staff.works_for(ALL_MARKETS),
        "notices": [(each, tongue.language_name(each)) for each in market.languages.split()],
        "invitations": [_invitation_row(each, people, console) for each in invitations(db, market.id)],
        "stops": [_stop_row(each, texts[each.id], people, console) for each in stops],
        "history": _history(db, market, people, console),
    }


def confirmation(db: Session, console: Console, line: Line, action: str) -> dict[str, Any]:
    """What a step would change, and what it touches. Raises WrongStep when it is not allowed."""
    market, tongue = line.market, console.staff.tongue
    step = STEPS[action]
    if market.state not in step.sources:
        raise WrongStep(market=market.id, state=state_word(market.state, tongue), action=action)
    target = step.target or state_before_pause(db, market.id)
    modes = [(each, tongue.say(MODE_WORDS[each])) for each in MODES if each != market.pause_mode]
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": line.url,
        "step": step,
        "label": tongue.say(ACTIONS[action]),
        "before": (market.state, state_word(market.state, tongue), who_may_buy(market, tongue)),
        "after": (target, state_word(target, tongue)),
        "modes": modes if action == "pause" else [],
        "audiences": audiences(tongue) if target == "soft" and action == "launch" else [],
        "capped": action in ("launch", "open"),
        "touched": _touched_words(
            touched(db, market.id, now=console.now), action, tongue, stopped=len(stops_in(db, market.id))
        ),
        "blocking": [gate_row(each, tongue) for each in _step_blockers(step, line, target)],
    }


def audiences(tongue: Tongue) -> list[tuple[str, str]]:
    """To whom a soft launch may be open."""
    return [(each, tongue.say(AUDIENCE_WORDS[each])) for each in AUDIENCES]


def exposure_form(market: Market) -> Form:
    """The exposure as it stands, as a form."""
    percent = f"{market.percent_bp / 100:g}"
    cap = "" if market.order_cap is None else str(market.order_cap)
    values = {
        "audience": market.audience or "invitation",
        "percent": percent,
        "order_cap": cap,
        "in_chooser": "yes" if market.in_chooser else "",
    }
    return Form({**values, "version": str(market.version)})


def _step_blockers(step: Step, line: Line, target: str) -> tuple[GateResult, ...]:
    """The gates that forbid the step. Who may buy is chosen on the confirm page, so it is not held against a launch."""
    if not step.widens:
        return ()
    return tuple(each for each in blockers(line.gates, target) if step.action != "launch" or each.gate != "caps.set")


def _steps(db: Session, line: Line, tongue: Tongue) -> list[dict[str, Any]]:
    steps = []
    for step in STEPS.values():
        if line.market.state in step.sources:
            blocked = _step_blockers(step, line, step.target or state_before_pause(db, line.market.id))
            steps.append(
                {
                    "label": tongue.say(ACTIONS[step.action]),
                    "url": f"{line.url}/{PATHS[step.action]}",
                    "action": step.action,
                    "blocked": [gate_title(each.gate, tongue) for each in blocked],
                }
            )
    return steps


def _history(db: Session, market: Market, people: dict[str, str], console: Console) -> list[dict[str, str]]:
    query = select(LaunchEvent).where(LaunchEvent.market == market.id).order_by(col(LaunchEvent.id).desc())
    waivers, tongue = waivers_told(db, market.id), console.staff.tongue
    return [
        {
            **_event_row(each, people, console, market),
            "reason": _waiver_words(waivers[each.id], tongue) if each.id in waivers else each.reason,
        }
        for each in db.exec(query.limit(100)).all()
    ]


def _event_row(event: LaunchEvent, people: dict[str, str], console: Console, market: Market) -> dict[str, str]:
    tongue = console.staff.tongue
    words = [tongue.say(ACTIONS.get(event.action, event.action))]
    words += [tongue.say(MODE_WORDS[event.mode])] if event.action == "pause" and event.mode in MODE_WORDS else []
    return {
        "what": ". ".join(words),
        "state": event.to_state,
        "state_word": state_word(event.to_state, tongue),
        "home": clock(event.at, console.exporter.zone, tongue),
        "there": clock(event.at, market.zone, tongue),
        "day": tongue.date(local(event.at, console.exporter.zone).date()),
        "person": people.get(event.person, event.person),
    }


def _waiver_words(waiver: Waiver, tongue: Tongue) -> str:
    said = N_("%(gate)s, until %(day)s: %(reason)s")
    return tongue.say(said, gate=gate_title(waiver.gate, tongue), day=tongue.date(waiver.until), reason=waiver.reason)


def _invitation_row(row: Invitation, people: dict[str, str], console: Console) -> dict[str, Any]:
    tongue = console.staff.tongue
    return {
        "id": row.id,
        "note": row.note,
        "word": tongue.say(_invitation_word(row, now=console.now)),
        "used": tongue.say(N_("%(used)s of %(cap)s"), used=tongue.number(row.used), cap=tongue.number(row.max_uses)),
        "until": tongue.moment(row.expires_at, console.exporter.zone),
        "person": people.get(row.person, row.person),
        "revocable": row.revoked_at is None,
    }


def _invitation_word(row: Invitation, *, now: datetime) -> str:
    if row.revoked_at is not None:
        return N_("Revoked")
    if row.expires_at <= now:
        return N_("Expired")
    return N_("Used up") if row.used >= row.max_uses else N_("Works")


def _stop_row(row: StopSale, texts: list[StopSaleText], people: dict[str, str], console: Console) -> dict[str, Any]:
    tongue = console.staff.tongue
    return {
        "id": row.id,
        "sku": row.sku,
        "everywhere": row.market == ALL_MARKETS,
        "liftable": console.staff.may("sale.stop") and console.staff.works_for(row.market),
        "reason": row.reason,
        "link": row.link,
        "texts": [
            {"language": each.language, "name": tongue.language_name(each.language), "text": each.text}
            for each in texts
        ],
        "since": tongue.moment(row.since, console.exporter.zone),
        "person": people.get(row.person, row.person),
    }


def _notices_words(stopped: int, tongue: Tongue) -> str:
    """What a safety pause does besides: it is the stops that say which products are dangerous."""
    if not stopped:
        return tongue.say(N_("A safety pause shows the notices of stopped products only; no sale is stopped here yet."))
    return tongue.count(
        "In a safety pause the products named by %(num)s stopped sale show a notice instead.",
        "In a safety pause the products named by %(num)s stopped sales show a notice instead.",
        stopped,
    )


def _touched_words(counts: Touched, action: str, tongue: Tongue, *, stopped: int) -> list[str]:
    under_way = (
        (counts.sessions, NN_("%(num)s payment is under way.", "%(num)s payments are under way.")),
        (
            counts.holds,
            NN_("%(num)s order holds goods until it is paid.", "%(num)s orders hold goods until they are paid."),
        ),
        (counts.orders, NN_("%(num)s paid order is not delivered yet.", "%(num)s paid orders are not delivered yet.")),
        (counts.requests, NN_("%(num)s request waits for an answer.", "%(num)s requests wait for an answer.")),
        (counts.cases, NN_("%(num)s case after the sale is open.", "%(num)s cases after the sale are open.")),
        (counts.refunds, NN_("%(num)s refund is not done yet.", "%(num)s refunds are not done yet.")),
        (counts.recalls, NN_("%(num)s recall is open.", "%(num)s recalls are open.")),
    )
    words = [tongue.count(*forms, number) for number, forms in under_way if number]
    words = words or [tongue.say(N_("Nothing is under way."))]
    if action == "pause":
        words.append(_notices_words(stopped, tongue))
    if action in ("pause", "wind_down"):
        words.append(tongue.say(N_("Payments under way may finish, and their orders are honoured.")))
        words.append(tongue.say(N_("Orders, returns, guarantees and requests go on as promised.")))
    if action == "pause":
        words.append(
            tongue.say(
                N_("Only a safety pause ends payments under way; money that arrives all the same is given back.")
            )
        )
    return words
