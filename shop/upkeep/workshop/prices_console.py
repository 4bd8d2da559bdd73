"""All prices of a market on one page, with suggestions: from another market's prices at a kept rate, or from the costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, func, select

from shop.base.fields import decimal
from shop.base.i18n import N_, Tongue
from shop.base.web import Form, see_other
from shop.catalogue.models import Listing
from shop.ground.money import Money
from shop.launches.arrival import AT, Console
from shop.markets.models import Market
from shop.upkeep.cells import percent
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import RawRow
from shop.upkeep.workshop.goods_sight import CHANGE, MENU, SEE, URL, Shelf, markets_of, paged, product_url, read_shelf
from shop.upkeep.workshop.price_facts import PriceFacts, left_words, price_facts
from shop.upkeep.workshop.product_console import tabs
from shop.upkeep.workshop.rate_form import RateForm, rate_form
from shop.upkeep.workshop.saving import STALE, Kept, look_ahead, raw_rows, save
from shop.upkeep.workshop.taking_back import undo_url
from shop.upkeep.wrong import Wrong

PRICES = f"{URL}/prices"
FILE = "listings.csv"
BY_COST = "cost"
MARGIN = "30"  # in percent, until another is asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """From what prices are to be suggested: a market's id, `cost` with margin and ending, or nothing."""

    by: str = ""
    margin: str = ""
    ending: str = ""

    @property
    def query(self) -> str:
        """The same in an address."""
        return f"by={self.by}&margin={self.margin}&ending={self.ending}"


@get(PRICES, dependencies=AT, opt=SEE, sync_to_thread=True)
def markets_page(console: NamedDependency[Console]) -> Response[str]:
    """The markets of this person, and how much each offers."""
    tongue = console.staff.tongue
    with console.database.reading() as db:
        counts = dict(db.exec(select(Listing.market, func.count()).group_by(col(Listing.market))).all())
        markets = markets_of(db, console)
    rows = [
        {
            "place": tongue.territory(each.country),
            "currency": each.currency,
            "url": f"{PRICES}/{each.id}",
            "count": counts.get(each.id, 0),
        }
        for each in markets
    ]
    title = tongue.say(N_("Prices"))
    return console.page("catalogue/price_markets", title=title, current=MENU, tabs=tabs(console, PRICES), rows=rows)


@get(f"{PRICES}/{{market:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def prices_page(
    market: FromPath[str],
    console: NamedDependency[Console],
    by: FromQuery[str] = "",
    margin: FromQuery[str] = "",
    ending: FromQuery[str] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
) -> Response[str]:
    """Every offer of the market with what it leaves; and, if asked for, a suggestion beside it."""
    asked = Asked(by[:10], margin[:10], ending[:12]) if console.staff.may("setup.change", market) else Asked()
    return _page(market, console, None, asked=asked, page=page, done=done, undo=undo_url(console, change))


@post(f"{PRICES}/{{market:str}}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def prices_form(market: FromPath[str], console: NamedDependency[Console], form: NamedDependency[Form]) -> Response[Any]:
    """Look at what the typed and taken prices would leave (`do` is `look`), or set them."""
    row = console.market(market)
    asked = Asked(form.text("by")[:10], form.text("margin")[:10], form.text("ending")[:12])
    for sku in [each for each, value in form.below("take-").items() if value]:
        form.values[f"price-{sku}"] = form.text(f"suggested-{sku}")
    edits = [
        Edit(FILE, (row.id, sku), {"price": decimal(form.text(f"price-{sku}"))}, form.text(f"seen-{sku}"))
        for sku in form.below("price-")
        if form.text(f"price-{sku}") != form.text(f"was-{sku}")
    ]
    look = form.text("do") == "look"
    act = look_ahead if look else save
    kept = act(console, form, edits, name_of=_field_of(row.id)) if edits else Kept()
    if kept.status or look:
        return _page(market, console, form, asked=asked, page=form.text("page"), kept=kept, changed=len(edits))
    return see_other(f"{PRICES}/{market}?{asked.query}&{kept.done('prices_kept')}")


@post(f"{PRICES}/{{market:str}}/rate", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def rate_kept(market: FromPath[str], console: NamedDependency[Console], form: NamedDependency[Form]) -> Response[Any]:
    """Keep a rate with its day, mark-up and ending, and suggest prices by it."""
    row = console.market(market)
    asked = Asked(form.text("by")[:10])
    currency = _currency_of(asked, console)
    if not currency:
        return see_other(f"{PRICES}/{market}")
    wanted = rate_form(console, row, currency, sent=form)
    kept = wanted.keep(console)
    if kept.status:
        return _page(market, console, None, asked=asked, page="", kept=kept, rate=wanted)
    return see_other(f"{PRICES}/{market}?{asked.query}&{kept.done('rate_kept')}")


def _field_of(market: str) -> Any:
    def field(file: str, key: tuple[str, ...], column: str) -> str:
        return f"price-{key[1]}" if file == FILE and key[:1] == (market,) and column in ("price", "") else ""

    return field


def _currency_of(asked: Asked, console: Console) -> str:
    """The currency of the market that is asked of; empty where none is."""
    with console.database.reading() as db:
        return next((each.currency for each in db.exec(select(Market)).all() if each.id == asked.by), "")


def _page(
    market: str,
    console: Console,
    sent: Form | None,
    *,
    asked: Asked,
    page: str,
    done: str = "",
    undo: str = "",
    kept: Kept | None = None,
    changed: int = 0,
    rate: RateForm | None = None,
) -> Response[str]:
    row, tongue, raw = console.market(market), console.staff.tongue, raw_rows(console, FILE)
    may = console.staff.may("setup.change", market)  # what goods cost is for nobody else
    form = sent or Form()
    with console.database.reading() as db:
        shelf, facts = read_shelf(db), price_facts(db, row, now=console.now)
        others = [each for each in markets_of(db, console) if each.id != market and may]
        suggest = _Suggesting(db, facts, others, asked=asked, console=console)
        listings = list(db.exec(select(Listing).where(Listing.market == market).order_by(col(Listing.position))).all())
    shown = paged(listings, page, f"{PRICES}/{market}?{asked.query}&page=")
    _fill(form, shown["rows"], raw, facts, stale=kept is not None and kept.status == STALE)
    rows = [
        _row(shelf, each, facts, console, form=form, suggested=suggest.price(shelf, each.sku)) for each in shown["rows"]
    ]
    shown["rows"] = rows if may else [each | {"left": {}} for each in rows]
    if rate is None and suggest.source is not None:
        rate = rate_form(console, row, suggest.source.currency)
    return console.page(
        "catalogue/prices",
        title=tongue.territory(row.country),
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        done=done,
        takes_back=undo,
        market=row,
        form=form,
        question=suggest.form,
        sources=_sources(others, tongue),
        by=asked.by,
        by_cost=asked.by == BY_COST,
        rate=rate.drawn(console) if rate else None,
        changed=changed if sent is not None and not form.errors else 0,
        differences=kept.differences if kept else (),
        may_change=may,
        page_number=page if page.isdigit() else "",
        url=f"{PRICES}/{market}",
        **shown,
    )


def _sources(others: Iterable[Market], tongue: Tongue) -> list[tuple[str, str]]:
    """From what prices can be suggested."""
    theirs = [
        (each.id, tongue.say(N_("Prices of: %(place)s"), place=tongue.territory(each.country))) for each in others
    ]
    return [("", tongue.say(N_("Nothing"))), (BY_COST, tongue.say(N_("What a piece costs there"))), *theirs]


class _Suggesting:
    """One way to suggest prices, asked for once and used for every row; what is wrong with it is noted on its form.

    `source` is the one of the `others` whose prices it begins with, if it does.
    """

    def __init__(
        self, db: Session, facts: PriceFacts, others: Iterable[Market], *, asked: Asked, console: Console
    ) -> None:
        self.facts, self.asked, self.tongue, self.margin_bp = facts, asked, console.staff.tongue, 0
        self.form = Form({"by": asked.by, "margin": asked.margin or MARGIN, "ending": asked.ending})
        self.source = next((each for each in others if each.id == asked.by), None)
        self.other = price_facts(db, self.source, now=console.now) if self.source else None
        self.theirs = _prices(db, asked.by)
        if asked.by == BY_COST:
            try:
                self.margin_bp = percent(decimal(asked.margin or MARGIN).rstrip("%"))
            except Wrong as error:
                self.form.fail("margin", error.says(self.tongue))

    def price(self, shelf: Shelf, sku: str) -> int | None:
        """The suggestion for a product in minor units; None where there is none."""
        product = shelf.products[sku]
        try:
            if self.asked.by == BY_COST and not self.form.errors:
                return self.facts.from_costs(product, margin_bp=self.margin_bp, ending=self.asked.ending)
            if self.other is not None and sku in self.theirs:
                return self.facts.from_market(product, self.theirs[sku], self.other)
        except Wrong as error:
            self.form.fail("ending", error.says(self.tongue))
        return None


def _prices(db: Session, market: str) -> dict[str, int]:
    return dict(db.exec(select(Listing.sku, Listing.price).where(Listing.market == market)).all()) if market else {}


def _fill(
    form: Form,
    listings: Iterable[Listing],
    raw: Mapping[tuple[str, ...], RawRow],
    facts: PriceFacts,
    *,
    stale: bool,
) -> None:
    """A price that nobody typed over is the present one, so that keeping another does not put an old one back."""
    for each in listings:
        sku, now, row = each.sku, Money(each.price, facts.market.currency).plain, raw.get((each.market, each.sku))
        untouched = form.text(f"price-{sku}") == form.text(f"was-{sku}")
        if untouched:
            form.values[f"price-{sku}"] = now
        if untouched or stale:
            form.values[f"was-{sku}"], form.values[f"seen-{sku}"] = now, row.version if row else ""


def _row(
    shelf: Shelf, listing: Listing, facts: PriceFacts, console: Console, *, form: Form, suggested: int | None
) -> dict[str, Any]:
    tongue, market, product = console.staff.tongue, facts.market, shelf.products[listing.sku]
    typed = facts.minor(form.text(f"price-{listing.sku}"))

    def money(minor: int) -> str:
        return tongue.money(Money(minor, market.currency))

    other = suggested is not None and suggested != typed
    return {
        **shelf.card(listing.sku, tongue),
        "url": f"{product_url(listing.sku)}/markets/{market.id}",
        "price": money(listing.price),
        "now": money(listing.price) if typed != listing.price else "",
        "left": left_words(facts.left(product, typed), market, tongue) if typed else {},
        "suggested": Money(suggested, market.currency).plain if suggested is not None and other else "",
        "suggested_words": money(suggested) if suggested is not None and other else "",
        "suggested_left": left_words(facts.left(product, suggested), market, tongue) if suggested and other else {},
    }


HANDLERS = [markets_page, prices_page, prices_form, rate_kept]
