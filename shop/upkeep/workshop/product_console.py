"""The catalogue's desk: all goods, and one page where everything about a SKU is in one place."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.base.i18n import N_, NP_, own_name
from shop.catalogue.about import PAPERS
from shop.catalogue.models import Listing, Paper, Picture, Product, Stock
from shop.ground.errors import found
from shop.ground.money import Money
from shop.launches.arrival import AT, Console
from shop.launches.words import state_word
from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS
from shop.upkeep.workshop.goods_sight import (
    MENU,
    SEE,
    URL,
    Shelf,
    language_row,
    markets_of,
    paged,
    product_url,
    read_shelf,
    searched,
    writes_in,
)
from shop.upkeep.workshop.sheet_words import sheet_url
from shop.upkeep.workshop.standing import Standing
from shop.upkeep.workshop.taking_back import product_trail, undo_url

TABS = (
    (URL, NP_("goods", "Articles")),
    (f"{URL}/texts", N_("Texts")),
    (f"{URL}/prices", N_("Prices")),
    (f"{URL}/stock", N_("Stock")),
)


def tabs(console: Console, current: str) -> list[dict[str, Any]]:
    """The parts of the catalogue's desk."""
    say = console.staff.tongue.say
    return [{"label": say(label), "url": url, "current": url == current, "count": None} for url, label in TABS]


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def product_list(console: NamedDependency[Console], q: FromQuery[str] = "", page: FromQuery[str] = "") -> Response[str]:
    """All goods: where each is sold, how complete its texts are, what is left of it."""
    wanted = q[:200]
    with console.database.reading() as db:
        shelf, stock = read_shelf(db), {each.sku: each for each in db.exec(select(Stock)).all()}
        countries = {each.id: each.country for each in markets_of(db, console)}
        all_markets = len(countries) == db.exec(select(func.count()).select_from(Market)).one()
        listed: dict[str, list[str]] = {}
        for sku, market in db.exec(select(Listing.sku, Listing.market).order_by(col(Listing.market))).all():
            listed.setdefault(sku, []).append(market)
    shown = paged(sorted(searched(shelf, wanted)), page, f"{URL}?q={wanted}&page=")
    tongue = console.staff.tongue
    shown["rows"] = [
        {
            **shelf.card(sku, tongue),
            "sold": tongue.list(
                [tongue.territory(countries[each]) for each in countries if each in listed.get(sku, ())]
            ),
            "texts": _texts_line(shelf, sku, console),
            "free": _free(stock.get(sku), console),
        }
        for sku in shown["rows"]
    ]
    title = tongue.say(N_("Catalogue"))
    return console.page(
        "catalogue/products",
        title=title,
        current=MENU,
        tabs=tabs(console, URL),
        wanted=wanted,
        all_markets=all_markets,
        **shown,
    )


@get(f"{URL}/products/{{sku:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def product_page(
    sku: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "", change: FromQuery[str] = ""
) -> Response[str]:
    """Everything about one SKU: what it is, where it is sold, its texts, pictures, papers and pieces."""
    tongue = console.staff.tongue
    with console.database.reading() as db:
        product = found(db.get(Product, sku))
        shelf = read_shelf(db)
        texts = [
            {
                **language_row(each, tongue),
                **standing_row(shelf.standing(sku, each), console),
                "url": f"{URL}/texts/{each}/{sku}",
                "may": writes_in(db, console, each),
            }
            for each in shelf.languages
        ]
        pictures = db.exec(select(Picture.hash).where(Picture.family == product.family).order_by(col(Picture.position)))
        values: dict[str, Any] = {
            "pictures": [f"/pictures/{each}" for each in pictures.all()] if product.family else [],
            "markets": _markets(db, sku, console),
            "papers": _papers(db, product, console),
            "stock": _stock(db.get(Stock, sku), console),
            "relatives": [shelf.card(each, tongue) for each in _relatives(shelf, sku)],
            "trail": product_trail(db, product, console),
        }
    return console.page(
        "catalogue/product",
        title=shelf.name(sku, tongue),
        current=MENU,
        done=done,
        takes_back=undo_url(console, change),
        row=shelf.card(sku, tongue),
        product=product,
        texts=texts,
        may_change=console.staff.may("setup.change", ALL_MARKETS),
        facts_url=f"{sheet_url('products.csv')}/row?{urlencode({'key': sku})}",
        **values,
    )


def standing_row(found_: Standing, console: Console) -> dict[str, Any]:
    """How complete a text is: the share, what is missing, and whether a native has read it."""
    say = console.staff.tongue.say
    return {
        "percent": found_.done * 100 // len(found_.needed),
        "missing": console.staff.tongue.list([say(FIELD_WORDS[each]) for each in found_.missing]),
        "begun": found_.begun,
        "checked": found_.checked,
    }


FIELD_WORDS = {
    "name": NP_("goods", "Name"),
    "slug": N_("End of the page's address"),
    "summary": N_("One sentence"),
    "description": N_("Description"),
    "box": N_("In the box"),
    "ingredients": N_("Ingredients"),
    "care": N_("Care"),
}


def _texts_line(shelf: Shelf, sku: str, console: Console) -> str:
    done = sum(not shelf.standing(sku, each).missing for each in shelf.languages)
    said = N_("%(done)s of %(all)s languages complete")
    return console.staff.tongue.say(said, done=done, all=len(shelf.languages))


def _free(stock: Stock | None, console: Console) -> str:
    if stock is None:
        return ""
    return console.staff.tongue.number(stock.on_hand - stock.held - stock.sold)


def _markets(db: Session, sku: str, console: Console) -> list[dict[str, Any]]:
    """Each market of this person, and what it offers the SKU for."""
    listings = {each.market: each for each in db.exec(select(Listing).where(Listing.sku == sku)).all()}
    return [_market(market, listings.get(market.id), sku, console) for market in markets_of(db, console)]


def _market(market: Market, listing: Listing | None, sku: str, console: Console) -> dict[str, Any]:
    tongue = console.staff.tongue
    times = (listing.visible_from, listing.buyable_from, listing.until) if listing else ()
    words = (N_("Shown from %(day)s"), N_("Sold from %(day)s"), N_("Sold until %(day)s"))
    dates = [
        tongue.say(word, day=tongue.moment(at, market.zone))
        for word, at in zip(words, times, strict=False)
        if at is not None and (at > console.now or word is words[2])
    ]
    limits = (
        tongue.say(N_("Pieces taken: %(taken)s of %(all)s"), taken=listing.taken, all=listing.allotment)
        if listing and listing.allotment is not None
        else ""
    )
    return {
        "place": tongue.territory(market.country),
        "state": market.state,
        "state_word": state_word(market.state, tongue),
        "url": f"{product_url(sku)}/markets/{market.id}",
        "price": tongue.money(Money(listing.price, market.currency)) if listing else "",
        "dates": dates,
        "limits": limits,
    }


def _papers(db: Session, product: Product, console: Console) -> list[dict[str, Any]]:
    """Every kind of paper of the family with the languages it is there in."""
    if not product.family:
        return []
    tongue = console.staff.tongue
    query = select(Paper.kind, Paper.language).where(Paper.family == product.family)
    there: dict[str, list[str]] = {}
    for kind, language in db.exec(query.order_by(col(Paper.language))).all():
        there.setdefault(kind, []).append(language)
    return [
        {
            "label": tongue.say(word),
            "url": f"{product_url(product.sku)}/papers/{kind}",
            "languages": tongue.list([own_name(each) for each in there.get(kind, [])]),
        }
        for kind, word in PAPERS.items()
    ]


def _stock(stock: Stock | None, console: Console) -> list[dict[str, str]]:
    if stock is None:
        return []
    say, number = console.staff.tongue.say, console.staff.tongue.number
    pieces = (
        (NP_("pieces", "On hand"), stock.on_hand),
        (NP_("pieces", "Held for payments under way"), stock.held),
        (NP_("pieces", "Sold and not yet sent"), stock.sold),
        (NP_("pieces", "Free to be sold"), stock.on_hand - stock.held - stock.sold),
    )
    return [{"label": say(word), "value": number(count)} for word, count in pieces]


def _relatives(shelf: Shelf, sku: str) -> list[str]:
    """What is of one family with it, or fits it, or is what it fits."""
    one = shelf.products[sku]
    return [
        each.sku
        for each in shelf.products.values()
        if each.sku != sku
        and ((one.family and each.family == one.family) or sku in each.fits.split() or each.sku in one.fits.split())
    ]


HANDLERS = [product_list, product_page]
