"""The console's door to the record: promises kept and broken by market, ratings by market and language; never by person."""

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base.i18n import N_
from shop.markets.models import Market
from shop.support.staffed.console import AT, SEE, CoverageDesk
from shop.support.staffed.record import FEWEST_SHOWN, Record, Said, promise_record, ratings
from shop.support.staffed.words import length

URL = "/console/record"
PERIODS = (7, 28, 90, 365)
PERIOD = 28


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def record_page(desk: NamedDependency[CoverageDesk], days: FromQuery[str] = "") -> Response[str]:
    """What was promised in a period and what came of it, and what customers said."""
    period = next((each for each in PERIODS if str(each) == days), PERIOD)
    since, tongue = desk.now - timedelta(days=period), desk.staff.tongue
    with desk.database.reading() as db:
        markets = desk.markets(db)
        kept = promise_record(db, [each.id for each in markets], since, now=desk.now)
        said = ratings(db, markets, since)
    return desk.page(
        "record",
        title=tongue.say(N_("Promises kept, and ratings")),
        periods=[
            {
                "label": tongue.count("%(num)s day", "%(num)s days", each),
                "url": f"{URL}?days={each}",
                "current": each == period,
                "count": None,
            }
            for each in PERIODS
        ],
        promises=[_promises(each, kept.get(each.id, Record()), desk) for each in markets],
        ratings=[
            _rating(each, language, said[each.id][language], desk)
            for each in markets
            for language in said.get(each.id, ())
        ],
        fewest=tongue.number(FEWEST_SHOWN),
    )


def _promises(market: Market, record: Record, desk: CoverageDesk) -> dict[str, Any]:
    tongue = desk.staff.tongue
    median, worst = record.median_late, record.worst_late
    return {
        "place": tongue.territory(market.country),
        "all": record.all,
        "kept": tongue.number(record.kept),
        "share": tongue.percent(round(record.kept / record.all * 100) * 100) if record.all else "",
        "broken": tongue.number(record.broken),
        "unanswered": tongue.number(record.unanswered) if record.unanswered else "",
        "median": length(median, tongue) if median is not None else "",
        "worst": length(worst, tongue) if worst is not None else "",
    }


def _rating(market: Market, language: str, said: Said, desk: CoverageDesk) -> dict[str, Any]:
    tongue = desk.staff.tongue
    return {
        "place": tongue.territory(market.country),
        "language": tongue.language_name(language),
        "number": tongue.number(said.number),
        "mean": "" if said.mean is None else tongue.number(round(said.mean, 1)),
        "few": said.few,
    }


HANDLERS = [record_page]
