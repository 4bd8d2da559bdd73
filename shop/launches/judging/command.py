"""The command `softlaunch scorecard`: GO, HOLD or STOP of one market, why, and every figure; the answer is no without a GO."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol

import typer
from rich.table import Table

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.terminal import WRONG_USE, end, say, say_no
from shop.ground.instants import iso
from shop.launches.changing.counts import EarlierCount, earlier_counts
from shop.launches.judging.seeing import Seen, seen
from shop.launches.readying.gathering import Sources
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.scorecard.figure_words import bound_words, span_words, steady_span, usual_span, value_words
from shop.scorecard.reading import MetricReading, Reading
from shop.scorecard.words import ROLE_WORDS, metric_title, reasons, verdict_of


class Standing(Protocol):
    """What the command is handed: the database, what gates ask besides, the reader's tongue and the clock."""

    @property
    def database(self) -> Database: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def tongue(self) -> Tongue: ...
    @property
    def now(self) -> datetime: ...


def scorecard(
    context: typer.Context,
    market: Annotated[str, typer.Argument(help="The market's id, such as jp.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")] = False,
) -> None:
    """Whether what was measured allows opening a market, with every figure; exits 1 unless it says GO."""
    opened: Callable[[], Standing] = context.obj
    standing = opened()
    with standing.database.reading() as db:
        row = db.get(Market, market)
        if row is None:
            end(WRONG_USE, f"there is no market {market!r}; see: softlaunch market list")
        found = seen(db, row, standing.sources, standing.tongue, now=standing.now)
        earlier = earlier_counts(db, market)
    tell = say if found.read.goes else say_no
    tell(as_json, _facts(found.read, earlier), _lines(found, earlier, standing.tongue))


def _facts(read: Reading, earlier: Sequence[EarlierCount]) -> dict[str, Any]:
    return {
        "market": read.market,
        "decision": read.recommendation.decision,
        "reasons": list(read.recommendation.reasons),
        "since": iso(read.since) if read.since else None,
        "epoch": read.epoch,
        "days": read.days,
        "orders": read.orders,
        "earlier": [_ended(each) for each in earlier],
        "hard": [{"code": each.code, "about": each.about} for each in read.hard],
        "override": {"decided": read.override.decided, "person": read.override.person, "reason": read.override.reason}
        if read.override
        else None,
        "metrics": [_metric(each) for each in read.metrics],
    }


def _ended(each: EarlierCount) -> dict[str, Any]:
    """A count that is over; what was not kept of it is null."""
    kept = {"decision": each.said, "days": each.days, "orders": each.orders}
    told = kept if each.said else dict.fromkeys(kept)
    return {"since": iso(each.since), "until": iso(each.until), **told}


def _metric(each: MetricReading) -> dict[str, Any]:
    line = each.line
    return {
        "metric": each.key,
        "k": each.k,
        "n": each.n,
        "point": each.point,
        "usual95": list(usual_span(each) or ()) or None,
        "anytime95": list(steady_span(each) or ()) or None,
        "ok": line.ok,
        "bad": line.bad,
        "better": line.better,
        "n_min": line.n_min,
        "k_min": line.k_min,
        "role": line.role,
        "decision": each.decision,
        "reason": each.reason,
        "warned": each.warned,
        "about_more": each.more,
    }


def _lines(found: Seen, earlier: Sequence[EarlierCount], tongue: Tongue) -> list[Any]:
    read, currency = found.read, found.market.currency
    table = Table("figure", "verdict", "measured", "surely", "target", "stop line", "more", box=None)
    for each in read.metrics:
        target, line = (bound_words(each.key, value, currency, tongue) for value in (each.line.ok, each.line.bad))
        measured = value_words(each.key, each.point, currency, tongue) if each.point is not None else ""
        surely = span_words(each.key, steady_span(each), currency, tongue)
        more = "" if not each.more else f"about {each.more}"
        table.add_row(metric_title(each.key, tongue), _verdict(each, tongue), measured, surely, target, line, more)
    why = [
        f"  {' '.join(filter(None, (f'{each.what}: {each.names}' if each.names else each.what, each.change)))}"
        for each in reasons(read, tongue, found.gates)
    ]
    since = f", since {day_in(found.market, read.since)}" if read.since else ""
    counted = f"days {read.days}, paid orders {read.orders}{since}"
    before = [f"earlier count: {_ended_line(each, found.market)}" for each in earlier]
    return [f"{read.market}: {read.recommendation.decision} ({counted})", *why, table, *before]


def _verdict(read: MetricReading, tongue: Tongue) -> str:
    aside = f" ({tongue.say(ROLE_WORDS[read.line.role])})" if read.line.role == "advisory" else ""
    return verdict_of(read) + aside


def _ended_line(each: EarlierCount, market: Market) -> str:
    kept = f"{each.said} (days {each.days}, paid orders {each.orders})" if each.said else "its figures were not kept"
    return f"{day_in(market, each.since)} to {day_in(market, each.until)}: {kept}"
