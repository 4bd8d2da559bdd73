"""The door to what was done to markets: the page of all of them, that of one, and both as a file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, select

from shop.base.fields import whole
from shop.base.i18n import N_, NP_
from shop.base.web import NO_INDEX, Form
from shop.ground.errors import found
from shop.ground.instants import YEARS, as_day
from shop.launches.arrival import AT, Console
from shop.launches.auditing.trail import PAGE, SYSTEM, Sought, as_csv, trail
from shop.launches.auditing.trail_words import deed_word, event_row
from shop.launches.words import ACTIONS
from shop.markets.in_order import markets_in_order
from shop.markets.models import LaunchEvent, Market
from shop.staff.names import names_of

SEE = {"act": "audit.see"}
ALL, ONE = "/console/audit", "/console/markets/{market:str}/audit"


@get(ALL, dependencies=AT, opt=SEE, sync_to_thread=True)
def audit_page(
    console: NamedDependency[Console],
    market: FromQuery[str] = "",
    action: FromQuery[str] = "",
    person: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[str]:
    """What was done to this person's markets, the newest first."""
    form = Form({"market": market, "action": action, "person": person, "since": since, "until": until})
    return _page(console, form, ALL, before=before)


@get(ONE, dependencies=AT, opt=SEE, sync_to_thread=True)
def market_audit_page(
    market: FromPath[str],
    console: NamedDependency[Console],
    action: FromQuery[str] = "",
    person: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[str]:
    """What was done to one market."""
    console.check(market)
    form = Form({"market": market, "action": action, "person": person, "since": since, "until": until})
    return _page(console, form, f"/console/markets/{market}/audit", before=before, only=market)


@get("/console/audit.csv", dependencies=AT, opt=SEE, sync_to_thread=True)
def audit_file(
    console: NamedDependency[Console],
    market: FromQuery[str] = "",
    action: FromQuery[str] = "",
    person: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """Everything the page would show, from its first page to its last, as a CSV file."""
    form = Form({"market": market, "action": action, "person": person, "since": since, "until": until})
    with console.database.reading() as db:
        markets = console.staff.own(markets_in_order(db))
        file = as_csv(
            trail(db, _sought(console, form, markets), at_most=None),
            {each.id: each.zone for each in markets},
            names_of(db),
        )
    headers = {
        **NO_INDEX,
        "content-disposition": 'attachment; filename="audit.csv"',
        "x-content-type-options": "nosniff",
    }
    return Response(file.encode(), media_type="text/csv", headers=headers)


def _page(console: Console, form: Form, url: str, *, before: str, only: str = "") -> Response[str]:
    tongue, home = console.staff.tongue, console.exporter.zone
    with console.database.reading() as db:
        markets = console.staff.own(markets_in_order(db))
        here = found(next((each for each in markets if each.id == only), None)) if only else None
        events = trail(db, _sought(console, form, markets), before=whole(before, digits=9), at_most=PAGE + 1)
        people, deeds = names_of(db), _deeds(db)
    by_id = {each.id: each for each in markets}
    asked = {name: value for name, value in form.values.items() if value}
    place = tongue.territory(here.country) if here else ""
    everything, by_name = ("", tongue.say(N_("All"))), sorted(people.items(), key=lambda each: each[1])
    return console.page(
        "audit",
        title=tongue.say(NP_("of markets", "History")),
        current="/console" if only else ALL,
        form=form,
        url=url,
        place=place,
        market_url=f"/console/markets/{only}" if only else "",
        rows=[event_row(each, by_id[each.market], people=people, home=home, tongue=tongue) for each in events[:PAGE]],
        markets=[] if only else [everything, *((each.id, tongue.territory(each.country)) for each in markets)],
        actions=[everything, *((each, deed_word(each, tongue)) for each in deeds)],
        people=[("", tongue.say(N_("Everybody"))), *by_name, (SYSTEM, tongue.say(N_("By itself")))],
        file_url=f"/console/audit.csv?{urlencode(asked)}",
        next_url=_following(events, url, asked),
        narrowed=bool(asked.keys() - {"market"} if only else asked),
    )


def _sought(console: Console, form: Form, markets: Sequence[Market]) -> Sought:
    """What the form asks, within this person's markets; a market that is none of theirs finds nothing."""
    theirs = frozenset(each.id for each in markets)
    named = form.text("market")
    asked = theirs & {named} if named else theirs
    days = {name: _day(console, form, name) for name in ("since", "until")}
    return Sought(
        asked or frozenset({""}), form.text("action"), form.text("person"), zone=console.exporter.zone, **days
    )


def _day(console: Console, form: Form, name: str) -> Any:
    if not form.text(name):
        return None
    day = as_day(form.text(name))
    if day is None or day.year not in YEARS:
        form.fail(name, console.staff.tongue.say(N_("Please enter a date.")))
        return None
    return day


def _following(events: Sequence[LaunchEvent], url: str, asked: dict[str, str]) -> str:
    return f"{url}?{urlencode({**asked, 'before': str(events[PAGE - 1].id)})}" if len(events) > PAGE else ""


def _deeds(db: Session) -> list[str]:
    """What has been done at all, in the order of the table of deeds; what it does not know comes last."""
    done = set(db.exec(select(LaunchEvent.action).distinct()).all())
    return [each for each in ACTIONS if each in done] + sorted(done - ACTIONS.keys())


HANDLERS = [audit_page, market_audit_page, audit_file]
