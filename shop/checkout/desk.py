"""The staff's door to orders: the list, and one order with what is to be done with it."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form
from shop.catalogue.models import MainsSupply
from shop.checkout.dispatch import OVERRULED, papers_missing
from shop.checkout.disputes import dispute_views
from shop.checkout.newest_orders import orders_of
from shop.checkout.order_names import called, staff_lines, staff_policies
from shop.checkout.orders import OrderView, order_view, sums
from shop.checkout.packing import ToPack, dispatch_checklist, to_pack
from shop.checkout.stopped import stopped_lines
from shop.markets.directory import Directory
from shop.markets.models import Exporter
from shop.staff.arrival import Staff
from shop.staff.checklists import signed
from shop.staff.frame import staff_page

ORDER_STATES = {
    "paid": N_("To be dispatched"),
    "given_up": N_("To be paid back"),
    "dispatched": N_("On its way"),
    "delivered": N_("Delivered"),
    "refunded": N_("Refunded"),
    "placed": N_("Being paid"),
    "cancelled": N_("Not paid"),
}
TONES = {
    "paid": ("wait", "clock"),
    "given_up": ("wait", "return-arrow"),
    "dispatched": ("info", "truck"),
    "delivered": ("good", "tick"),
    "refunded": ("calm", "return-arrow"),
    "placed": ("calm", "clock"),
    "cancelled": ("calm", "square"),
}
PAGE = 50
LONGEST_REASON = 500


@get("/desk/orders", opt={"act": "order.see"}, sync_to_thread=True)
def orders_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    pages: NamedDependency[Pages],
    before: FromQuery[str] = "",
) -> Response[str]:
    """The newest orders of this person's markets."""
    with database.reading() as db:
        orders = orders_of(db, staff.markets, before=_place(before), at_most=PAGE)
    markets = directory.now().markets
    following = (
        f"/desk/orders?before={orders[-1].placed_at.timestamp()}~{orders[-1].number}" if len(orders) == PAGE else ""
    )
    return staff_page(
        pages,
        staff,
        "desk/orders",
        current="/desk/orders",
        title=staff.tongue.say(N_("Orders")),
        orders=orders,
        markets=markets,
        states=ORDER_STATES,
        tones=TONES,
        next_url=following,
    )


@get("/desk/orders/{number:str}", opt={"act": "order.see"}, sync_to_thread=True)
def order_page(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One order, with what was accepted and what is to be done with it."""
    return order_answer(number, staff, database=database, pages=pages, assets=assets, form=Form(), now=now, done=done)


def own_order(db: Session, number: str, staff: Staff) -> OrderView:
    """The order, if it is of this person's markets; raises NotFound."""
    view = order_view(db, number)
    staff.check_market(view.order.market)
    return view


def order_answer(
    number: str,
    staff: Staff,
    *,
    database: Database,
    pages: Pages,
    assets: Assets,
    form: Form,
    now: datetime,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    """The order's page, with the form as it was filled in."""
    tongue = staff.tongue
    with database.reading() as db:
        view = own_order(db, number, staff)
        names = called(db, view, tongue)
        stopped = stopped_lines(db, view.order)
        lines = to_pack(db, view.order, tongue.language) if view.order.state == "paid" else []
        missing = papers_missing(db, view.order, view.market, {each.sku: each.left for each in lines}, now=now)
        mains = db.get(MainsSupply, view.market.id)
        checklists = signed(db, f"order:{number}")
        home = db.get_one(Exporter, 1).home_market
        disputes = dispute_views(db, view.order, tongue)
    kept = {each.sku for each in missing}
    for each in lines:
        form.values.setdefault(f"pieces-{each.sku}", "0" if each.sku in kept else str(each.left))
    return staff_page(
        pages,
        staff,
        "desk/order",
        current="/desk/orders",
        done=done,
        status=status,
        title=number,
        view=view,
        order=view.order,
        form=form,
        stopped=stopped if view.order.state in ("placed", "paid") else [],
        overruled=[each for each in view.events if each.kind.startswith(OVERRULED)],
        disputes=disputes,
        longest_reason=LONGEST_REASON,
        now=now,
        states=ORDER_STATES,
        tones=TONES,
        names=names,
        lines=staff_lines(names, view, tongue, f"/static/{assets.version}"),
        sums=sums(view, tongue),
        timeline=view.timeline(tongue),
        policies=staff_policies(view, tongue),
        may_dispatch=staff.may("order.dispatch"),
        packing=_packing(lines, view, mains, staff),
        may_leave=any(each.sku not in kept for each in lines),
        missing=missing,
        arrivals={
            each.id: SimpleNamespace(id=f"p{each.id}", values=form.values, errors=form.errors) for each in view.parcels
        },
        checklists=checklists,
        abroad=view.market.id != home,
    )


def _packing(lines: list[ToPack], view: OrderView, mains: MainsSupply | None, staff: Staff) -> dict[str, Any]:
    """The dispatch checklist as the form draws it: by product, then what is asked of the parcel as a whole."""
    pieces = {each.sku: each.left for each in lines}
    asked = dispatch_checklist(lines, pieces, view.market, mains, staff.tongue, cases=view.order.after_sales).fields
    return {
        "lines": [
            {
                "line": each,
                "fields": [one for one in asked if one.name.rpartition("-")[0].partition("-")[2] == each.sku],
            }
            for each in lines
        ],
        "ticks": [one for one in asked if one.kind == "tick"],
    }


def _place(before: str) -> tuple[datetime, str] | None:
    stamp, _, number = before.partition("~")
    try:
        return (datetime.fromtimestamp(float(stamp)).astimezone(), number) if before else None
    except (ValueError, OverflowError, OSError):
        return None


HANDLERS = [orders_page, order_page]
