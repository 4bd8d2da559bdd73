"""The console's door to stop lines: what was written down before there were data, and what was said of it since."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_, Tongue
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.ground.instants import local
from shop.launches.arrival import AT, Console
from shop.launches.fields import read_number, read_reason
from shop.launches.stop_lines.fields import form_of, read_lines
from shop.launches.stop_lines.line_words import hints
from shop.launches.stop_lines.writing import asks_reason, newest, set_lines
from shop.launches.words import clock
from shop.markets.models import Market
from shop.scorecard.figure_words import bound_words
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import StopLine
from shop.scorecard.stop_lines import history, lines, proposed
from shop.scorecard.words import ROLE_WORDS
from shop.staff.names import names_of

SEE, CHANGE = ({"act": act} for act in ("board.see", "market.change"))
MOST_PAST = 60


@get("/console/markets/{market:str}/stop-lines", dependencies=AT, opt=SEE, sync_to_thread=True)
def stop_lines(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """Every figure with its target and stop line, or what is proposed where nothing is written down."""
    return _draw(console, market, None, done=done)


@post("/console/markets/{market:str}/stop-lines", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def stop_lines_taken(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Write the lines down under one's own name."""
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        row = found(db.get(Market, market))
    written = read_lines(form, tongue, row.currency)
    seen = read_number(form, "seen", at_most=10**9, at_least=0, tongue=tongue)
    reason = read_reason(form, tongue, needed=asks_reason(row))
    if form.errors or seen is None:
        return _draw(console, market, form)
    with console.changing() as db:
        set_lines(db, market, written, person=console.staff.person.id, reason=reason, seen=seen, now=console.now)
    return see_other(f"/console/markets/{market}/stop-lines?done=lines_written")


def _draw(console: Console, market: str, form: Form | None, *, done: str = "") -> Response[str]:
    console.check(market)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        row = found(db.get(Market, market))
        held, past, seen = lines(db, market), history(db, market)[:MOST_PAST], newest(db, market)
        people = names_of(db, [each.person for each in past])
    seeds = {each.metric: each for each in proposed()}
    fresh = form_of(held, seeds, row.currency)
    fresh.values["seen"] = str(seen)
    return console.page(
        "stop_lines",
        title=tongue.say(N_("Targets and stop lines")),
        status=422 if form else 200,
        done=done,
        form=form or fresh,
        place=tongue.territory(row.country),
        url=f"/console/markets/{market}",
        may_change=console.staff.may("market.change"),
        launched=asks_reason(row),
        missing=not held,
        metrics=[_metric(key, held=held, seed=seeds[key], row=row, tongue=tongue, form=form) for key in METRICS],
        roles=[(role, tongue.say(word)) for role, word in ROLE_WORDS.items()],
        past=[_past(each, row, people, console) for each in past],
    )


def _metric(
    key: str, *, held: dict[str, StopLine], seed: Any, row: Market, tongue: Tongue, form: Form | None
) -> dict[str, Any]:
    metric, line = METRICS[key], held.get(key) or seed
    return {
        "key": key,
        "kind": metric.kind,
        "title": tongue.say(metric.title),
        "explains": tongue.say(metric.explains),
        "counted": tongue.say(metric.n_means),
        "happened": tongue.say(metric.k_means),
        "ok": bound_words(metric.key, line.ok, row.currency, tongue),
        "bad": bound_words(metric.key, line.bad, row.currency, tongue),
        "role": tongue.say(ROLE_WORDS[line.role]),
        "written": key in held,
        "wrong": bool(form and any(name.startswith(f"{key}-") for name in form.errors)),
        "currency": row.currency,
        "hints": hints(metric, line.bad, line.n_min, tongue),
    }


def _past(line: StopLine, row: Market, people: dict[str, str], console: Console) -> dict[str, str]:
    tongue, metric = console.staff.tongue, METRICS.get(line.metric)
    if metric is None:
        return {"title": line.metric}
    return {
        "title": tongue.say(metric.title),
        "ok": bound_words(metric.key, line.ok, row.currency, tongue),
        "bad": bound_words(metric.key, line.bad, row.currency, tongue),
        "person": people.get(line.person, line.person),
        "reason": line.reason,
        "made": clock(line.made_at, console.exporter.zone, tongue),
        "date": tongue.date(local(line.made_at, console.exporter.zone).date()),
        "ended": clock(line.ended_at, console.exporter.zone, tongue) if line.ended_at else "",
    }


HANDLERS = [stop_lines, stop_lines_taken]
