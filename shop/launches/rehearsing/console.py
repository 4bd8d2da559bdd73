"""The console's door to dry runs: as whom and when a market is to be seen, and the link that shows it."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.tokens import Signer
from shop.base.web import Form
from shop.catalogue.models import Listing, ProductText
from shop.ground.errors import found
from shop.ground.instants import UnreadableTime, first_instant, local, parse_wall
from shop.launches.arrival import AT, Console
from shop.launches.rehearsing.run import LASTS, SUPPOSED, DryRun, signed
from shop.launches.words import clock, distance, state_word
from shop.markets.models import Market

AHEAD = timedelta(days=60)
CUSTOMERS = {
    "let_in": N_("Somebody let in: by an invitation, or drawn by the percentage"),
    "chance": N_("Somebody who comes by chance"),
}
SEE = {"act": "board.see"}


@get("/console/markets/{market:str}/dry-run", dependencies=AT, opt=SEE, sync_to_thread=True)
def dry_run_form(market: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """Ask as whom, when and with what in the cart the market is to be seen."""
    return _form_page(console, market, None)


@post("/console/markets/{market:str}/dry-run", dependencies=AT, opt=SEE, sync_to_thread=True)
def make_dry_run(
    market: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    signer: NamedDependency[Signer],
) -> Response[str]:
    """Make the link of a dry run, good for 24 hours. Nothing is kept of it."""
    console.check(market)
    with console.database.reading() as db:
        row = found(db.get(Market, market))
        goods = {sku for sku, _name in _goods(db, row)}
    run = _read(form, console, row, goods)
    if run is None:
        return _form_page(console, market, form)
    tongue, home = console.staff.tongue, console.exporter.zone
    return console.page(
        "dry_run_link",
        title=tongue.say(N_("Dry run")),
        status=201,
        place=tongue.territory(row.country),
        url=f"/console/markets/{market}",
        link=f"{console.base_url}/dry-run/{signed(run, signer)}",
        there=clock(run.at, row.zone, tongue),
        home=clock(run.at, home, tongue),
        until=clock(run.until, home, tongue),
    )


def _read(form: Form, console: Console, market: Market, goods: set[str]) -> DryRun | None:
    """The dry run that the form asks for; None when something of it cannot be taken."""
    tongue, at = console.staff.tongue, _instant(form, console, market)
    language, sku, state = form.text("language"), form.text("sku"), form.text("state")
    if language not in market.languages.split():
        form.fail("language", tongue.say(N_("Please choose one of the market's languages.")))
    if form.text("customer") not in CUSTOMERS:
        form.fail("customer", tongue.say(N_("Please choose who looks.")))
    if sku and sku not in goods:
        form.fail("sku", tongue.say(N_("Please choose something that is listed there.")))
    if state and state not in SUPPOSED:
        form.fail("state", tongue.say(N_("Please choose what the market is taken for.")))
    if form.errors or at is None:
        return None
    let_in, until = form.text("customer") == "let_in", console.now + LASTS
    return DryRun(market.id, language, at, let_in, sku, state, tongue.language, until)


def _instant(form: Form, console: Console, market: Market) -> datetime | None:
    """The time there as an instant; one that the clock skips or has twice is the first there is."""
    try:
        at = first_instant(parse_wall(form.text("at")[:16]), market.zone)
    except (UnreadableTime, OverflowError):
        at = None
    if at is None or not console.now - LASTS <= at <= console.now + AHEAD:
        said = N_("Please enter a day and time from yesterday to 60 days from now.")
        form.fail("at", console.staff.tongue.say(said))
        return None
    return at


def _form_page(console: Console, market: str, form: Form | None) -> Response[Any]:
    console.check(market)
    tongue, now = console.staff.tongue, console.now
    with console.database.reading() as db:
        row = found(db.get(Market, market))
        goods = _goods(db, row)
    states = [(each, state_word(each, tongue)) for each in SUPPOSED if each != row.state]
    as_it_is = tongue.say(N_("As it stands (%(state)s)"), state=state_word(row.state, tongue))
    fresh = {
        "at": local(now, row.zone).strftime("%Y-%m-%dT%H:%M"),
        "language": row.languages.split()[0],
        "customer": "let_in",
        "state": "soft" if row.state in ("draft", "ready") else "",
    }
    return console.page(
        "dry_run",
        title=tongue.say(N_("Dry run")),
        status=422 if form else 200,
        form=form or Form(fresh),
        place=tongue.territory(row.country),
        url=f"/console/markets/{row.id}",
        languages=[(each, tongue.language_name(each)) for each in row.languages.split()],
        customers=[(each, tongue.say(said)) for each, said in CUSTOMERS.items()],
        states=[("", as_it_is), *([] if row.state == "open" else states)],
        goods=[("", tongue.say(N_("Nothing"))), *goods],
        zone_words=tongue.say(
            N_("On the clock there, which is now %(clock)s (%(distance)s)."),
            clock=clock(now, row.zone, tongue),
            distance=distance(now, row.zone, console.exporter.zone, tongue),
        ),
    )


def _goods(db: Session, market: Market) -> list[tuple[str, str]]:
    """What is listed there, by SKU, named in the market's own language."""
    named = select(Listing.sku, ProductText.name).join(
        ProductText,
        (col(ProductText.sku) == col(Listing.sku)) & (col(ProductText.language) == market.languages.split()[0]),
    )
    rows = db.exec(named.where(Listing.market == market.id).order_by(col(Listing.position), col(Listing.sku))).all()
    return [(sku, f"{name} ({sku})") for sku, name in rows]


HANDLERS = [dry_run_form, make_dry_run]
