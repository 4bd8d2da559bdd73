"""The exporter's door to changing who may buy and how much: first what would differ for customers, then the change."""

from dataclasses import asdict
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.web import Form
from shop.launches.arrival import AT, Console
from shop.launches.changing.exposure import asks_second, names_audience
from shop.launches.changing.imagined import as_changed
from shop.launches.changing.proposals import seconds
from shop.launches.changing.second_console import taken
from shop.launches.changing.table import EXPOSURE, Exposed
from shop.launches.changing.touched import touched
from shop.launches.changing.touched_words import touched_words
from shop.launches.changing.transitions import Asked
from shop.launches.differences import differences, mails
from shop.launches.fields import read_exposed, read_reason, read_version
from shop.launches.market_page import draw_market
from shop.launches.sheet import line_of

CHANGE = {"act": "market.change"}


@post("/console/markets/{market:str}/exposure-preview", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def exposure_looked_at(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """What another exposure would make different, with everything that was filled in and one button that takes it."""
    exposed, version = _read(console, market, form)
    if form.errors or exposed is None or version is None:
        return draw_market(console, market, exposure=form)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        line = line_of(db, console, market)
        before, after = line.market, as_changed(line.market, **asdict(exposed))
        waits = asks_second(before, exposed)
        shown: dict[str, Any] = {
            "place": tongue.territory(before.country),
            "url": line.url,
            "differences": differences(db, before, after, taken=line.taken, tongue=tongue),
            "mails": mails(db, before, after, tongue),
            "touched": touched_words(touched(db, market, now=console.now), EXPOSURE, tongue, stopped=0),
            "second": tongue.list([each.name for each in seconds(db, market, console.staff.person.id)])
            if waits
            else None,
        }
    return console.page(
        "exposure_confirm",
        title=tongue.say(N_("Change who may buy")),
        form=form,
        kept=[(name, value) for name, value in form.values.items() if name != "reason"],
        **shown,
    )


@post("/console/markets/{market:str}/exposure", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def exposure_form_taken(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    payments: NamedDependency[Any],
) -> Response[Any]:
    """Change to whom the market is open, and how many orders it may take."""
    exposed, version = _read(console, market, form)
    if form.errors or exposed is None or version is None:
        return draw_market(console, market, exposure=form)
    reason = read_reason(form, console.staff.tongue, needed=False)
    return taken(
        console, payments, market=market, action=EXPOSURE, asked=Asked(exposed=exposed), reason=reason, version=version
    )


def _read(console: Console, market: str, form: Form) -> tuple[Exposed | None, int | None]:
    """The exposure and the version it was decided on; what cannot be taken is noted on the form."""
    console.check(market)
    version = read_version(form, console.staff.tongue)
    with console.database.reading() as db:
        chosen = bool(form.text("audience")) or names_audience(db, market)
    currency = console.market(market).currency
    return read_exposed(form, console.staff.tongue, everybody=not chosen, currency=currency), version


HANDLERS = [exposure_looked_at, exposure_form_taken]
