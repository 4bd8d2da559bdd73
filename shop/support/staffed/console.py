"""The console's doors to coverage: all markets at a glance, and one with its table of hours, what-if and staffing.

Everything is asked for in the address, so a what-if changes nothing and can be sent to a colleague.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlmodel import Session

from shop.base.db import Database
from shop.base.fields import whole
from shop.base.i18n import N_, NP_
from shop.base.pages import Pages
from shop.base.web import Form
from shop.ground.errors import found
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.support.staffed.arrivals import Arrivals, arrivals
from shop.support.staffed.facts import MOST_WEEKS, WEEKS, Heard, heard, places
from shop.support.staffed.special_days import special_days
from shop.support.staffed.staffing_form import FIELDS as STAFFING_FIELDS
from shop.support.staffed.staffing_form import drawn
from shop.support.staffed.what_if import Imagined, UnreadableShift, imagined
from shop.support.staffed.words import clock, every_week, hours, single_dates, table, weekday

URL = "/console/coverage"
SEE = {"act": "coverage.see"}
SLOTS = 3  # hours of the week that are named for the requests that waited
IN_BOUNDS = ("good", "tick", NP_("coverage", "Within the limit"))
BEYOND = ("stop", "cross", NP_("coverage", "Above the limit"))


@dataclass(frozen=True, slots=True)
class CoverageDesk:
    """A person of the staff who looks at coverage."""

    staff: Staff
    database: Database
    pages: Pages
    now: datetime

    def markets(self, db: Session) -> Sequence[Market]:
        """This person's markets, in the order of the board."""
        return self.staff.own(markets_in_order(db))

    def page(self, name: str, *, title: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of the console in the person's tongue, which nobody keeps."""
        values |= {"title": title, "url": URL}
        return staff_page(self.pages, self.staff, f"console/{name}", current=URL, status=status, **values)


def provide_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> CoverageDesk:
    """The coverage as this person finds it now."""
    return CoverageDesk(staff, database, pages, now)


AT = {"desk": Provide(provide_desk, sync_to_thread=True)}


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def coverage_page(desk: NamedDependency[CoverageDesk]) -> Response[str]:
    """Every market and language: how much of the waking hours is covered, and by whom."""
    with desk.database.reading() as db:
        rows = [_row(each, desk) for each in heard(db, desk.markets(db), now=desk.now)]
    return desk.page("coverage", title=desk.staff.tongue.say(N_("Coverage")), rows=rows)


@get(f"{URL}/{{market:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def market_page(
    market: FromPath[str], desk: NamedDependency[CoverageDesk], request: Request[Any, Any, Any]
) -> Response[str]:
    """One market: the table of hours in each language, uncovered hours in words, what-if, contacts, staffing."""
    desk.staff.check_market(market)
    tongue = desk.staff.tongue
    form = Form({name: request.query_params.get(name, "") for name in ("add", "weeks", *STAFFING_FIELDS)})
    with desk.database.reading() as db:
        shown = found(db.get(Market, market))
        weeks, added = _weeks(form, desk), _added(db, form, desk)
        before = heard(db, [shown], weeks=weeks, now=desk.now)
        after = heard(db, [shown], weeks=weeks, imagined=added, now=desk.now) if added else before
        came = arrivals(db, shown, WEEKS, now=desk.now)
        days = special_days(db, shown, before[0].span, tongue) if before else {}
    estimate = drawn(form, came.get(shown.languages.split()[0]) if shown.languages else None, tongue)
    country = tongue.territory(shown.country)
    return desk.page(
        "coverage_market",
        title=tongue.say(N_("Coverage: %(place)s"), place=country),
        status=422 if form.errors else 200,
        form=form,
        path=f"{URL}/{market}",
        awake={"start": clock(shown.waking_from, tongue), "end": clock(shown.waking_until, tongue)},
        allowed=hours(shown.uncovered_minutes, tongue),
        weeks=[(str(number), tongue.number(number)) for number in range(1, MOST_WEEKS + 1)],
        imagined=bool(added),
        languages=[
            _language(now, then, came.get(now.language, Arrivals(WEEKS)), desk)
            for now, then in zip(before, after, strict=True)
        ],
        days=days,
        staffing=estimate,
    )


def _row(each: Heard, desk: CoverageDesk) -> dict[str, Any]:
    tongue = desk.staff.tongue
    return {
        "place": tongue.territory(each.market.country),
        "language": tongue.language_name(each.language),
        "url": f"{URL}/{each.market.id}",
        "chip": _chip(each, desk),
        **_figures(each, desk),
        "holes": every_week(each, tongue),
    }


def _figures(each: Heard, desk: CoverageDesk) -> dict[str, str]:
    """Hours a week in the mean, and those without anybody in the worst week."""
    tongue = desk.staff.tongue
    parts = {part: hours(found, tongue) for part, found in each.a_week.items()}
    nobody = parts.pop("holes")
    return {
        **parts,
        "nobody": nobody,
        "worst": hours(each.worst_week, tongue),
        "allowed": hours(each.market.uncovered_minutes, tongue),
    }


def _chip(each: Heard, desk: CoverageDesk) -> tuple[str, str, str]:
    tone, glyph, word = IN_BOUNDS if each.in_bounds else BEYOND
    return tone, glyph, desk.staff.tongue.say(word)


def _language(now: Heard, then: Heard, came: Arrivals, desk: CoverageDesk) -> dict[str, Any]:
    tongue = desk.staff.tongue
    waited = sorted(came.waited.items(), key=lambda each: (-each[1], each[0]))[:SLOTS]
    return {
        "tag": now.language,
        "name": tongue.language_name(now.language),
        "chip": _chip(then, desk),
        "before": _figures(now, desk),
        "after": _figures(then, desk),
        "holes": every_week(then, tongue),
        "dates": single_dates(then, tongue),
        "table": table(then, tongue),
        "came": tongue.number(came.all.total()),
        "waited": tongue.number(came.waited.total()),
        "slots": [
            tongue.say(
                N_("%(day)s %(clock)s (%(number)s)"),
                day=weekday(day, tongue),
                clock=clock(hour * 60, tongue),
                number=tongue.number(number),
            )
            for (day, hour), number in waited
        ],
    }


def _weeks(form: Form, desk: CoverageDesk) -> int:
    text = form.text("weeks")
    if not text:
        form.values["weeks"] = str(WEEKS)
        return WEEKS
    if 1 <= (number := whole(text, digits=3) or 0) <= MOST_WEEKS:
        return number
    form.fail("weeks", desk.staff.tongue.say(N_("Please choose from 1 to %(most)s weeks."), most=MOST_WEEKS))
    return WEEKS


def _added(db: Session, form: Form, desk: CoverageDesk) -> list[Imagined]:
    """The imagined hours, one entry a line or semicolon; what cannot be read is noted on the form."""
    known, added = places(db), []
    for text in form.text("add").replace(";", "\n").splitlines():
        try:
            added += [imagined(text, known)] if text.strip() else []
        except UnreadableShift as wrong:
            form.fail("add", desk.staff.tongue.say(wrong.message, **wrong.values))
    return [] if "add" in form.errors else added


HANDLERS = [coverage_page, market_page]
