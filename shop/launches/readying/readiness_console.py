"""The console's page of a market's readiness: every gate with its evidence, who sees to it, and when it turns red."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.base.web import see_other
from shop.ground.errors import found
from shop.launches.arrival import AT, Console
from shop.launches.readying.contacts_tried import contacts_tried
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gate_words import GROUPS, OWNERS
from shop.launches.readying.gathering import gates_of, gather
from shop.launches.readying.mending import THE_EXPORTERS
from shop.launches.readying.readiness import WAIVABLE, by_days_left
from shop.launches.words import gate_row, state_word
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.staff.may import EXPORTER
from shop.staff.models import Person

SEE, TRY = ({"act": act} for act in ("board.see", "crisis.change"))
SHOWN = ("blocking", "warning", "waived", "good")


@get("/console/markets/{market:str}/readiness", dependencies=AT, opt=SEE, sync_to_thread=True)
def readiness_page(
    market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = ""
) -> Response[str]:
    """What is in the way first, then warnings and waivers, then what is in order, by the days until it turns red."""
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        facts = gather(db, console.sources, now=console.now, only=market)[market]
        owners = {"exporter": _exporters(db), "specialist": facts.specialist}
    today = day_in(here, console.now)
    gates = gates_of(here, facts, now=console.now)
    costs = console.staff.may("setup.change", here.id)
    rows = [
        (_part(each), _row(each, owners, today=today, tongue=tongue, market=here.id, sees_costs=costs))
        for each in by_days_left(gates)
    ]
    return console.page(
        "readiness",
        title=tongue.say(N_("Readiness")),
        done=done,
        may_try=console.staff.may("crisis.change"),
        market=here,
        place=tongue.territory(here.country),
        url=f"/console/markets/{market}",
        state_word=state_word(here.state, tongue),
        parts={part: [row for kind, row in rows if kind == part] for part in SHOWN},
        counted=tongue.say(
            N_("Gates: %(met)s of %(all)s"), met=tongue.number(_met(gates)), all=tongue.number(len(gates))
        ),
        today=tongue.date(today),
        may_waive=console.staff.may("market.change"),
    )


@post("/console/markets/{market:str}/readiness/contacts", dependencies=AT, opt=TRY, sync_to_thread=True)
def tried_form(market: FromPath[str], console: NamedDependency[Console]) -> Response[Any]:
    """Note under one's name that every crisis contact of the market has been tried today and answered."""
    console.check(market)
    with console.changing() as db:
        contacts_tried(db, market, person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}/readiness?done=tried#crisis.contacts")


def _part(result: GateResult) -> str:
    if result.blocking:
        return "blocking"
    if result.status == "waived":
        return "waived"
    return "warning" if result.warning else "good"


def _row(
    result: GateResult, owners: dict[str, str], *, today: date, tongue: Tongue, market: str, sees_costs: bool
) -> dict[str, Any]:
    days = (result.until - today).days if result.until else None
    return {
        **gate_row(result, tongue),
        "group": tongue.say(GROUPS[result.group]),
        "owner": tongue.say(N_("%(role)s: %(name)s"), role=tongue.say(OWNERS[result.owner]), name=owners[result.owner])
        if owners[result.owner]
        else tongue.say(OWNERS[result.owner]),
        "until": tongue.date(result.until) if result.until else "",
        "days": tongue.count("%(num)s day left", "%(num)s days left", max(days, 0)) if days is not None else "",
        "fix": "" if result.gate in THE_EXPORTERS and not sees_costs else result.fix_url,
        "waive_url": f"/console/markets/{market}#waivers" if result.gate in WAIVABLE and result.blocking else "",
    }


def _met(gates: tuple[GateResult, ...]) -> int:
    return sum(each.status != "missing" for each in gates)


def _exporters(db: Session) -> str:
    """Who stands for the exporter: the first of them."""
    named = (
        select(Person.name)
        .where(Person.role == EXPORTER, Person.markets == "", col(Person.deactivated).is_(False))
        .order_by(Person.id)
    )
    return db.exec(named).first() or ""


HANDLERS = [readiness_page, tried_form]
