"""The exporter's door to a market's end: writing it down, what is still to be done, and closing."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.base.web import Form, see_other
from shop.catalogue.naming import names_of
from shop.ground.errors import found
from shop.ground.money import Money
from shop.launches.arrival import AT, Console
from shop.launches.changing.guards import StillOwed
from shop.launches.changing.obligations import obligations
from shop.launches.changing.second_console import taken
from shop.launches.changing.table import STATE_WORDS, STEPS
from shop.launches.changing.touched import touched
from shop.launches.changing.touched_words import count_words
from shop.launches.changing.transitions import Asked, WrongStep
from shop.launches.changing.winding import Left, fate_done, fates_of, left_in
from shop.launches.changing.winding_form import WAY_WORDS, field_labels, fresh_form, read_winding
from shop.launches.fields import LONGEST_TEXT, read_reason, read_version
from shop.launches.models import StockFate, WindDown
from shop.launches.words import clock
from shop.markets.calendar import day_in
from shop.markets.models import Market

SEE, CHANGE = ({"act": each} for each in ("board.see", "market.change"))
WINDING, CLOSURE = "/console/markets/{market:str}/winding-down", "/console/markets/{market:str}/closure"
BEFORE = STEPS["wind_down"].sources


@get(WINDING, dependencies=AT, opt=SEE, sync_to_thread=True)
def winding_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """Writing a market's end down; once it winds down, what is still owed and what becomes of its goods."""
    return _winding(console, market, None, done=done)


@post(WINDING, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def winding_taken(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Wind the market down."""
    console.check(market)
    tongue = console.staff.tongue
    version = read_version(form, tongue)
    reason = read_reason(form, tongue, needed=True)
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        goods = left_in(db, here)
    winding = read_winding(form, goods, tongue, today=day_in(here, console.now), currency=here.currency)
    if form.errors or version is None:
        return _winding(console, market, form)
    return taken(
        console,
        payments,
        market=market,
        action="wind_down",
        asked=Asked(winding=winding),
        reason=reason,
        version=version,
    )


@post(f"{WINDING}/stock/{{sku:str}}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def goods_seen_to(market: FromPath[str], sku: FromPath[str], console: NamedDependency[Console]) -> Response[Any]:
    """Note that the pieces of a SKU are seen to."""
    console.check(market)
    with console.changing() as db:
        fate_done(db, market, sku, person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}/winding-down?done=fate_done")


@get(CLOSURE, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def closure_page(market: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """What is still owed, until when, and to whom it would pass."""
    return _closure(console, market, None)


@post(CLOSURE, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def closure_taken(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Close the market."""
    console.check(market)
    tongue = console.staff.tongue
    version = read_version(form, tongue)
    reason = read_reason(form, tongue, needed=True)
    if form.errors or version is None:
        return _closure(console, market, form)
    asked = Asked(handover=form.text("handover")[:LONGEST_TEXT])
    return taken(console, payments, market=market, action="close", asked=asked, reason=reason, version=version)


def _winding(console: Console, market: str, form: Form | None, *, done: str = "") -> Response[str]:
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        if here.state in ("draft", "ready"):
            raise WrongStep(market=market, state=tongue.say(STATE_WORDS[here.state]), action="wind_down")
        goods = _named(db, left_in(db, here), tongue) if here.state in BEFORE else []
        ended = _ended(db, console, here) if here.state not in BEFORE else {}
        under_way = touched(db, market, now=console.now)
    fresh = fresh_form(goods, today=day_in(here, console.now), version=here.version, contact=console.staff.person.name)
    return console.page(
        "winding",
        title=tongue.say(N_("Wind down")),
        done=done,
        status=422 if form else 200,
        form=form or fresh,
        goods=goods,
        labels=field_labels(goods),
        ways=[(way, tongue.say(word)) for way, word in WAY_WORDS.items()],
        sessions=under_way.sessions,
        owed=count_words(under_way.owed, tongue),
        may=console.staff.may("market.change"),
        **ended,
        **console.head(here),
    )


def _named(db: Session, goods: list[Left], tongue: Tongue) -> list[Left]:
    """The goods as they are called in the reader's language, or else in English, or else in the market's."""
    names = names_of(db, [each.sku for each in goods], tongue.language)
    return [replace(each, name=names.get(each.sku, each.name)) for each in goods]


def _ended(db: Session, console: Console, market: Market) -> dict[str, Any]:
    """What was written down, and what became of the goods."""
    tongue, written, fates = console.staff.tongue, db.get(WindDown, market.id), fates_of(db, market.id)
    names = names_of(db, [each.sku for each in fates], tongue.language)
    return {
        "written": written,
        "until": clock(market.last_order_at, market.zone, tongue) if market.last_order_at else "",
        "fates": [{**_fate(each, market, console), "name": names.get(each.sku, "")} for each in fates],
        "duties": _duties(db, console, market),
    }


def _closure(console: Console, market: str, form: Form | None) -> Response[str]:
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        if here.state not in STEPS["close"].sources:
            raise WrongStep(market=market, state=tongue.say(STATE_WORDS[here.state]), action="close")
        under_way = touched(db, market, now=console.now)
        duties = _duties(db, console, here)
        undone = sum(each.done_at is None for each in fates_of(db, market))
    if any(under_way.owed.values()):
        raise StillOwed(**under_way.owed)
    return console.page(
        "closure",
        title=tongue.say(N_("Close")),
        status=422 if form else 200,
        form=form or Form({"version": str(here.version)}),
        duties=duties,
        undone=undone,
        **console.head(here),
    )


def _duties(db: Session, console: Console, market: Market) -> dict[str, Any]:
    left, tongue = obligations(db, market, console.sources.policies, now=console.now), console.staff.tongue
    return {
        "over": left.over(day_in(market, console.now)),
        "last": tongue.date(left.last_day) if left.last_day else "",
        "endless": left.endless,
    }


def _fate(fate: StockFate, market: Market, console: Console) -> dict[str, Any]:
    tongue = console.staff.tongue
    return {
        "sku": fate.sku,
        "pieces": tongue.number(fate.pieces),
        "way": tongue.say(WAY_WORDS[fate.fate]),
        "cost": tongue.money(Money(fate.cost, market.currency)) if fate.cost else "",
        "owner": fate.owner,
        "done": clock(fate.done_at, console.exporter.zone, tongue) if fate.done_at else "",
    }


HANDLERS = [winding_page, winding_taken, goods_seen_to, closure_page, closure_taken]
