"""The exporter's door to stopping a sale and letting it go on. A stop that reaches far is shown before it is taken."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_, NN_
from shop.base.web import Form, see_other
from shop.catalogue.models import Product
from shop.checkout.stopping import ALL_GOODS, Reach, lift_stop, reach, stop_sale, stops_in
from shop.ground.errors import found, row_id
from shop.launches.arrival import AT, Console
from shop.launches.fields import read_link, read_notice, read_reason
from shop.launches.market_page import draw_market
from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS

STOP = {"act": "sale.stop"}


@post("/console/markets/{market:str}/stops", dependencies=AT, opt=STOP, sync_to_thread=True)
def stop(market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[Any]:
    """Stop the sale of a product here, or everywhere, which is for those who work for every market.

    What reaches further than one product of one market is asked for twice.
    """
    console.check(market)
    where = ALL_MARKETS if form.text("everywhere") == "yes" else market
    console.check(where)
    sku, confirmed = form.text("sku"), form.text("confirmed") == "yes"
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        touched = reach(db, sku=sku, market=where, now=console.now)
        if sku != ALL_GOODS and db.get(Product, sku) is None:
            form.fail("sku", console.staff.tongue.say(N_("There is no product of this SKU. Nothing has been stopped.")))
    languages = touched.languages if confirmed else tuple(here.languages.split())
    reason, link = read_reason(form, console.staff.tongue, needed=True), read_link(form, console.staff.tongue)
    texts = read_notice(form, console.staff.tongue, languages)
    far = sku == ALL_GOODS or where == ALL_MARKETS
    if form.errors and not confirmed:
        return draw_market(console, market, stop=form)
    if form.errors or (far and not confirmed):
        return _confirm(console, here, form, touched)
    with console.changing() as db:
        stop_sale(
            db,
            sku=sku,
            market=where,
            reason=reason,
            person=console.staff.person.id,
            now=console.now,
            link=link,
            texts=texts,
        )
    return see_other(f"/console/markets/{market}?done=stopped")


@post("/console/markets/{market:str}/stops/{number:int}/lifting", dependencies=AT, opt=STOP, sync_to_thread=True)
def lift(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Let a stopped sale go on; a stop of every market is lifted by those who work for every market."""
    console.check(market)
    with console.changing() as db:
        stopped = found(next((each for each in stops_in(db, market) if each.id == row_id(number)), None))
        console.check(stopped.market)
        lift_stop(db, number, person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}?done=lifted")


def _confirm(console: Console, market: Market, form: Form, touched: Reach) -> Response[str]:
    """What the stop would touch, with everything that was filled in and one button that names the act."""
    tongue = console.staff.tongue
    markets = tongue.list([tongue.territory(each.country) for each in touched.markets])
    everywhere, all_goods = form.text("everywhere") == "yes", form.text("sku") == ALL_GOODS
    far = N_("Stop all products in every market") if all_goods else N_("Stop this product in every market")
    title = far if everywhere else N_("Stop all products in this market")
    return console.page(
        "stop",
        title=tongue.say(title),
        status=422 if form.errors else 200,
        form=form,
        place=tongue.territory(market.country),
        url=f"/console/markets/{market.id}",
        notices=[(each, tongue.language_name(each)) for each in touched.languages or market.languages.split()],
        touched=[
            tongue.count(*PRODUCTS, touched.products),
            tongue.count(*MARKETS, len(touched.markets), names=markets) if touched.markets else "",
            tongue.say(N_("Payments under way may finish, and their orders are honoured.")),
        ],
    )


PRODUCTS = NN_("%(num)s product can no longer be bought.", "%(num)s products can no longer be bought.")
MARKETS = NN_("%(num)s market is touched: %(names)s", "%(num)s markets are touched: %(names)s")

HANDLERS = [stop, lift]
