"""One product in one market: its price with what it leaves, when it is shown and sold, and how many pieces are for it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_, NN_
from shop.base.web import Form, see_other
from shop.catalogue.models import Listing, Product
from shop.ground.errors import found
from shop.ground.money import Money
from shop.launches.arrival import AT, Console
from shop.markets.models import Market
from shop.upkeep.editing.edits import Edit
from shop.upkeep.workshop.cell_forms import cells_of, values_of
from shop.upkeep.workshop.column_words import COLUMNS, label
from shop.upkeep.workshop.goods_sight import CHANGE, MENU, SEE, URL, product_url, read_shelf
from shop.upkeep.workshop.price_facts import PriceFacts, left_rows, left_words, price_facts
from shop.upkeep.workshop.row_fields import Known, fields_of, known, shown
from shop.upkeep.workshop.saving import STALE, Kept, look_ahead, raw_rows, save
from shop.upkeep.workshop.sheet_words import sheet_url
from shop.upkeep.workshop.taking_back import undo_url

LISTING = f"{URL}/products/{{sku:str}}/markets/{{market:str}}"
FILE = "listings.csv"
FIELDS = {name: each for name, each in COLUMNS["listings"].items() if name not in ("market", "sku")}
NEEDED = frozenset({"price", "max_per_order"})


@get(LISTING, dependencies=AT, opt=SEE, sync_to_thread=True)
def listing_page(
    sku: FromPath[str],
    market: FromPath[str],
    console: NamedDependency[Console],
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
    price: FromQuery[str] = "",
) -> Response[str]:
    """The offer as it stands, or the form to make it one; `price` is one that was suggested elsewhere."""
    row = raw_rows(console, FILE, sku=sku).get((market, sku))
    form = Form(values_of(FIELDS, row.cells if row else {"max_per_order": "10"}))
    form.values["seen"] = row.version if row else ""
    if price:
        form.values["price"] = price[:30]
    return _page(sku, market, console, form, done=done, undo=undo_url(console, change))


@post(LISTING, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def listing_form(
    sku: FromPath[str], market: FromPath[str], console: NamedDependency[Console], form: NamedDependency[Form]
) -> Response[Any]:
    """Work out what the price would leave (`do` is `look`), or keep the offer."""
    console.market(market)
    cells = cells_of(FIELDS, form, toml=False)
    seen = form.text("seen")
    edit = Edit(FILE, (market, sku), cells if seen else {"market": market, "sku": sku, **cells}, seen)
    act = look_ahead if form.text("do") == "look" else save
    with console.database.reading() as db:
        found(db.get(Product, sku))
    kept = act(console, form, [edit], name_of=_field_of(market, sku))
    if kept.status or act is look_ahead:
        return _page(sku, market, console, form, kept=kept)
    return see_other(f"{product_url(sku)}/markets/{market}?{kept.done('offer_kept')}")


@post(f"{LISTING}/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def listing_removal(
    sku: FromPath[str], market: FromPath[str], console: NamedDependency[Console], form: NamedDependency[Form]
) -> Response[Any]:
    """Take the product out of the market; asked twice, since its page is gone then."""
    console.market(market)
    if form.text("sure") != "yes":
        row = raw_rows(console, FILE, sku=sku).get((market, sku))
        return _page(
            sku, market, console, Form(values_of(FIELDS, found(row).cells) | {"seen": found(row).version}), asked=True
        )
    kept = save(console, form, [Edit(FILE, (market, sku), None, form.text("seen"))], name_of=_field_of(market, sku))
    if kept.status:
        return _page(sku, market, console, form, kept=kept)
    return see_other(f"{product_url(sku)}?{kept.done('offer_gone')}")


def _field_of(market: str, sku: str) -> Any:
    def field(of: str, key: tuple[str, ...], column: str) -> str:
        return column if (of, key) == (FILE, (market, sku)) and column in FIELDS else ""

    return field


def _page(
    sku: str,
    market: str,
    console: Console,
    form: Form,
    *,
    done: str = "",
    undo: str = "",
    asked: bool = False,
    kept: Kept | None = None,
) -> Response[str]:
    row, tongue = console.market(market), console.staff.tongue
    may = console.staff.may("setup.change", market)  # what goods cost is for nobody else
    with console.database.reading() as db:
        product, shelf = found(db.get(Product, sku)), read_shelf(db)
        facts, listing = price_facts(db, row, now=console.now), db.get(Listing, (market, sku))
        form.values["market"] = market
        words = known(db, tongue)
        fields = fields_of(FILE, FIELDS, form, words, required=NEEDED)
        offer = [] if may or listing is None else _facts(listing, row, form, words)
    if kept and kept.status == STALE:
        now = raw_rows(console, FILE, sku=sku).get((market, sku))
        form.values["seen"] = now.version if now else ""
    return console.page(
        "catalogue/listing",
        title=tongue.territory(row.country),
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        done=done,
        takes_back=undo,
        row=shelf.card(sku, tongue),
        market=row,
        fields=fields,
        facts=offer,
        form=form,
        listed=listing is not None,
        taken=_taken(listing, console),
        weighed=_weighed(facts, product, form, console) if may else None,
        looked=form.text("do") == "look" and not form.errors,
        asked=asked,
        differences=kept.differences if kept else (),
        may_change=may,
        url=f"{product_url(sku)}/markets/{market}",
        prices_url=f"{URL}/prices/{market}",
        costs_url=sheet_url("landed_costs.csv"),
    )


def _facts(listing: Listing, market: Market, form: Form, words: Known) -> list[dict[str, str]]:
    """The offer for those who only look."""
    said = {name: shown(FILE, name, form.values.get(name, ""), words) for name in FIELDS}
    said["price"] = words.tongue.money(Money(listing.price, market.currency))
    return [{"label": label(FILE, name, words.tongue), "value": value} for name, value in said.items() if value]


def _taken(listing: Listing | None, console: Console) -> str:
    if listing is None or not listing.taken:
        return ""
    said = NN_("%(num)s piece of it is held or sold already.", "%(num)s pieces of it are held or sold already.")
    return console.staff.tongue.count(*said, listing.taken)


def _weighed(facts: PriceFacts, product: Product, form: Form, console: Console) -> dict[str, Any]:
    """What the price in the form leaves; `rows` is empty where it is not known."""
    tongue, market = console.staff.tongue, facts.market
    price = facts.minor(form.text("price"))
    left = facts.left(product, price) if price else None
    return {
        "price": tongue.money(Money(price, market.currency)) if price else "",
        "chip": left_words(left, market, tongue),
        "rows": left_rows(left, market, tongue),
        "why": "" if left or not price else tongue.say(_why_unknown(facts, product)),
    }


def _why_unknown(facts: PriceFacts, product: Product) -> str:
    if facts.seller(product.tax_class) is None:
        return N_("This market has no rate of tax for these goods yet, so nothing can be said about what is left.")
    return N_("Nobody has written down what this costs there, so nothing can be said about what is left.")


HANDLERS = [listing_page, listing_form, listing_removal]
