"""One market's page of the console: everything it shows, and its form of who may buy as it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.checkout.stopping import stops_in, texts_of
from shop.ground.errors import found
from shop.ground.instants import local
from shop.ground.money import Money
from shop.launches.arrival import Console
from shop.launches.auditing.trail_words import deed, who, why
from shop.launches.board import PATHS, Line, clocks, gates_met, last_words, lines, planned_words
from shop.launches.changing.exposure import everybody
from shop.launches.changing.invitations import invitations
from shop.launches.changing.table import AUDIENCES, STEPS
from shop.launches.duty import next_on_duty, on_duty
from shop.launches.judging.board_card import judged
from shop.launches.ladder import rungs, steps, undo_words, ways
from shop.launches.models import Waiver
from shop.launches.places_taken import exposure_words
from shop.launches.readying.readiness import WAIVABLE
from shop.launches.readying.waiving import waivers_told
from shop.launches.words import (
    AUDIENCE_WORDS,
    clock,
    gate_row,
    gate_title,
    state_word,
)
from shop.markets.exposure_models import Invitation
from shop.markets.gate import ENDING
from shop.markets.models import LaunchEvent, Market, StopSale, StopSaleText
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of

HISTORY = 10  # the latest events; the rest stand on a page of their own
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
    people = names_of(db)
    stops = stops_in(db, market.id)
    texts = texts_of(db, stops)
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": line.url,
        "state_word": state_word(market.state, tongue),
        "clocks": clocks(market, console),
        "duty": on_duty(market, line.there, tongue),
        "next": next_on_duty(line.hours, console.exporter.zone, tongue, now=now),
        "exposure": exposure_words(market, line.taken, tongue),
        "judged": judged(market, line.read, tongue),
        "planned": planned_words(line, console),
        "last": last_words(line, console),
        "rungs": rungs(db, line, tongue),
        "steps": steps(db, line, tongue),
        "undo": undo_words(db, line, console, now=now),
        "ways": [(url, tongue.say(label)) for url, label in ways(line, console.staff)],
        "gates_met": gates_met(line.gates, tongue),
        "gates": [gate_row(each, tongue) for each in line.gates],
        "previews": [
            {"label": tongue.language_name(each), "url": f"/{market.id}/{each}/"} for each in market.languages.split()
        ],
        "waivable": [(each, gate_title(each, tongue)) for each in sorted(WAIVABLE)],
        "audiences": [] if everybody(db, market) else audiences(tongue),
        "exposed": market.state not in ENDING,
        "everywhere": console.staff.works_for(ALL_MARKETS),
        "notices": [(each, tongue.language_name(each)) for each in market.languages.split()],
        "invitations": [_invitation_row(each, people, console) for each in invitations(db, market.id)],
        "stops": [_stop_row(each, texts[each.id], people, console) for each in stops],
        "history": _history(db, market, people, console),
    }


def audiences(tongue: Tongue) -> list[tuple[str, str]]:
    """To whom a soft launch may be open."""
    return [(each, tongue.say(AUDIENCE_WORDS[each])) for each in AUDIENCES]


def exposure_form(market: Market) -> Form:
    """The exposure as it stands, as a form."""
    value = Money(market.value_cap, market.currency).plain if market.value_cap is not None else ""
    caps = ("order_cap", "daily_cap", "customer_cap")
    values = {
        "audience": market.audience or "invitation",
        "percent": f"{market.percent_bp / 100:g}",
        "in_chooser": "yes" if market.in_chooser else "",
        "value_cap": value,
        "minutes_per_contact": str(market.minutes_per_contact or ""),
        **{each: "" if (cap := getattr(market, each)) is None else str(cap) for each in caps},
    }
    return Form({**values, "version": str(market.version)})


def _history(db: Session, market: Market, people: dict[str, str], console: Console) -> list[dict[str, str]]:
    query = select(LaunchEvent).where(LaunchEvent.market == market.id).order_by(col(LaunchEvent.id).desc())
    waivers, tongue = waivers_told(db, market.id), console.staff.tongue
    return [
        {
            **_event_row(each, people, console, market),
            "reason": _waiver_words(waivers[each.id], tongue) if each.id in waivers else why(each),
        }
        for each in db.exec(query.limit(HISTORY)).all()
    ]


def _event_row(event: LaunchEvent, people: dict[str, str], console: Console, market: Market) -> dict[str, str]:
    tongue = console.staff.tongue
    return {
        "what": deed(event, tongue),
        "state": event.to_state,
        "state_word": state_word(event.to_state, tongue),
        "home": clock(event.at, console.exporter.zone, tongue),
        "there": clock(event.at, market.zone, tongue),
        "day": tongue.date(local(event.at, console.exporter.zone).date()),
        "person": who(event, people, tongue),
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
