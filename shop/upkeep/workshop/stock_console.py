"""Pieces over all markets on one page: on hand, held, sold, free, and what each market may sell of them."""

from collections import defaultdict
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.catalogue.models import Listing, Stock
from shop.catalogue.suitability import SERVICE
from shop.launches.arrival import AT, Console
from shop.staff.may import ALL_MARKETS
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import RawRow
from shop.upkeep.workshop.goods_sight import (
    CHANGE,
    MENU,
    SEE,
    URL,
    Shelf,
    for_all_markets,
    markets_of,
    paged,
    product_url,
    read_shelf,
    searched,
)
from shop.upkeep.workshop.product_console import tabs
from shop.upkeep.workshop.saving import STALE, Kept, raw_rows, save
from shop.upkeep.workshop.taking_back import undo_url

STOCK = f"{URL}/stock"
FILE = "stock.csv"
FEW = 5


@get(STOCK, dependencies=AT, opt=SEE, sync_to_thread=True)
def stock_page(
    console: NamedDependency[Console],
    q: FromQuery[str] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
) -> Response[str]:
    """All pieces, with a field for those on hand."""
    return _page(console, None, wanted=q[:200], page=page, done=done, undo=undo_url(console, change))


@post(STOCK, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def stock_form(console: NamedDependency[Console], form: NamedDependency[Form]) -> Response[Any]:
    """Keep the pieces that were counted anew; what is held or sold stays, and can never be more than is there."""
    for_all_markets(console)
    rows = raw_rows(console, FILE)
    edits = [each for name in form.values if name.startswith("on_hand-") for each in _edit(form, name, rows)]
    wanted, page = form.text("q")[:200], form.text("page")
    kept = save(console, form, edits, name_of=_field_of) if edits else Kept()
    if kept.status:
        return _page(console, form, wanted=wanted, page=page, kept=kept)
    return see_other(f"{STOCK}?{kept.done('pieces_kept')}&page={page if page.isdigit() else ''}")


def _field_of(file: str, key: tuple[str, ...], column: str) -> str:
    return f"on_hand-{key[0]}" if file == FILE and key and column in ("on_hand", "") else ""


def _edit(form: Form, name: str, rows: dict[tuple[str, ...], RawRow]) -> list[Edit]:
    """The edit that the field means; none where it says what is there, or is empty where nothing is."""
    sku, said = name.removeprefix("on_hand-"), form.text(name)
    row = rows.get((sku,))
    if said == form.text(f"was-{sku}") or (row is None and not said):
        return []
    if row is None:
        return [Edit(FILE, (sku,), {"sku": sku, "on_hand": said})]
    return [Edit(FILE, (sku,), {"on_hand": said}, form.text(f"seen-{sku}"))]


def _page(
    console: Console,
    sent: Form | None,
    *,
    wanted: str,
    page: str,
    done: str = "",
    undo: str = "",
    kept: Kept | None = None,
) -> Response[str]:
    rows, tongue = raw_rows(console, FILE), console.staff.tongue
    with console.database.reading() as db:
        shelf, stock = read_shelf(db), {each.sku: each for each in db.exec(select(Stock)).all()}
        shares = _shares(db, console)
    goods = [sku for sku in sorted(searched(shelf, wanted)) if shelf.products[sku].kind != SERVICE]
    shown = paged(goods, page, f"{STOCK}?q={wanted}&page=")
    form = sent or Form()
    for sku in shown["rows"]:
        row = rows.get((sku,))
        here = str(row.cells["on_hand"]) if row else ""
        untouched = form.text(f"on_hand-{sku}") == form.text(f"was-{sku}")
        if untouched:
            form.values[f"on_hand-{sku}"] = here
        if untouched or (kept and kept.status == STALE):
            form.values[f"was-{sku}"], form.values[f"seen-{sku}"] = here, row.version if row else ""
    shown["rows"] = [_row(shelf, sku, stock.get(sku), shares[sku], console=console) for sku in shown["rows"]]
    return console.page(
        "catalogue/stock",
        title=tongue.say(N_("Stock")),
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        done=done,
        takes_back=undo,
        tabs=tabs(console, STOCK),
        wanted=wanted,
        page_number=page if page.isdigit() else "",
        form=form,
        differences=kept.differences if kept else (),
        may_change=console.staff.may("setup.change", ALL_MARKETS),
        **shown,
    )


def _row(
    shelf: Shelf, sku: str, stock: Stock | None, shares: list[dict[str, str]], *, console: Console
) -> dict[str, Any]:
    number = console.staff.tongue.number
    free = stock.on_hand - stock.held - stock.sold if stock else 0
    return {
        **shelf.card(sku, console.staff.tongue),
        "on_hand": number(stock.on_hand) if stock else "",
        "held": number(stock.held) if stock else "",
        "sold": number(stock.sold) if stock else "",
        "free": number(free) if stock else "",
        "tone": "stop" if stock and not free else "wait" if stock and free <= FEW else "",
        "shares": shares,
    }


def _shares(db: Session, console: Console) -> dict[str, list[dict[str, str]]]:
    """For each SKU the markets that list it: how many pieces each may sell, and has taken."""
    tongue, markets = console.staff.tongue, {each.id: each for each in markets_of(db, console)}
    shares: dict[str, list[dict[str, str]]] = defaultdict(list)
    query = select(Listing).where(col(Listing.market).in_(markets)).order_by(col(Listing.market))
    for each in db.exec(query).all():
        all_ = tongue.say(N_("no limit")) if each.allotment is None else tongue.number(each.allotment)
        words = {
            "place": tongue.territory(markets[each.market].country),
            "taken": tongue.number(each.taken),
            "all": all_,
        }
        said = tongue.say(N_("%(place)s: %(taken)s taken of %(all)s"), **words)
        if each.allotment is None and not each.taken:
            said = words["place"]
        shares[each.sku].append({"said": said, "url": f"{product_url(each.sku)}/markets/{each.market}"})
    return shares


HANDLERS = [stock_page, stock_form]
