"""The staff's door to orders: the list, one order, dispatch and delivery."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.web import NO_INDEX, Form, see_other
from shop.checkout.dispatch import deliver, dispatch
from shop.checkout.orders import OrderView, accepted_views, line_views, order_view, orders_of, sums
from shop.ground.errors import NotFound
from shop.markets.directory import Directory
from shop.staff.arrival import Staff
from shop.staff.frame import DESK_MENU, staff_frame

ORDER_STATES = {
    "paid": N_("To be dispatched"),
    "dispatched": N_("On its way"),
    "delivered": N_("Delivered"),
    "refunded": N_("Refunded"),
    "placed": N_("Being paid"),
    "cancelled": N_("Not paid"),
}
TONES = {
    "paid": ("wait", "clock"),
    "dispatched": ("info", "truck"),
    "delivered": ("good", "tick"),
    "refunded": ("calm", "return-arrow"),
    "placed": ("calm", "clock"),
    "cancelled": ("calm", "square"),
}
PAGE = 50


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
    answer = pages.page(
        staff.tongue,
        "desk/orders.html",
        title=staff.tongue.say(N_("Orders")),
        orders=orders,
        markets=markets,
        states=ORDER_STATES,
        tones=TONES,
        next_url=following,
        **staff_frame(staff, DESK_MENU, current="/desk/orders"),
    )
    answer.headers.update(NO_INDEX)
    return answer


@get("/desk/orders/{number:str}", opt={"act": "order.see"}, sync_to_thread=True)
def order_page(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    languages: NamedDependency[Languages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One order, with what was accepted and what is to be done with it."""
    return _order_page(number, staff, database=database, pages=pages, assets=assets, form=Form(), now=now, done=done)


@post("/desk/orders/{number:str}/parcels", opt={"act": "order.dispatch"}, sync_to_thread=True)
def dispatch_form(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The order leaves: carrier and tracking number."""
    carrier, tracking = form.text("carrier"), form.text("tracking")
    _check(form, staff, carrier=carrier, tracking=tracking)
    if form.errors:
        return _order_page(number, staff, database=database, pages=pages, assets=assets, form=form, now=now, status=422)
    with database.writing() as db:
        view = _own(db, number, staff)
        dispatch(db, view.order, view.market, carrier=carrier, tracking=tracking, person=staff.person.id, now=now)
    return see_other(f"/desk/orders/{number}?done=dispatched")


@post("/desk/orders/{number:str}/delivery", opt={"act": "order.dispatch"}, sync_to_thread=True)
def deliver_form(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The order has arrived, says the person who clicks."""
    with database.writing() as db:
        view = _own(db, number, staff)
        deliver(db, view.order, source="staff", person=staff.person.id, now=now)
    return see_other(f"/desk/orders/{number}?done=delivered")


def _own(db: Session, number: str, staff: Staff) -> OrderView:
    view = order_view(db, number)
    if not staff.works_for(view.order.market):
        raise NotFound
    return view


def _order_page(
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
    tongue = staff.tongue
    with database.reading() as db:
        view = _own(db, number, staff)
    answer = pages.page(
        tongue,
        "desk/order.html",
        status=status,
        title=number,
        view=view,
        order=view.order,
        form=form,
        now=now,
        states=ORDER_STATES,
        tones=TONES,
        lines=line_views(view, tongue, f"/static/{assets.version}"),
        sums=sums(view, tongue),
        timeline=view.timeline(tongue),
        policies=accepted_views(view, tongue),
        may_dispatch=staff.may("order.dispatch"),
        **staff_frame(staff, DESK_MENU, current="/desk/orders", done=done),
    )
    answer.headers.update(NO_INDEX)
    return answer


def _check(form: Form, staff: Staff, *, carrier: str, tracking: str) -> None:
    say = staff.tongue.say
    if not 1 < len(carrier) <= 60:
        form.fail(
            "carrier", say(N_("Please name the carrier, in at most 60 characters. The order has not been marked yet."))
        )
    if not 3 <= len(tracking) <= 60 or not tracking.replace("-", "").replace(" ", "").isalnum():
        form.fail(
            "tracking",
            say(N_("Please enter the tracking number as it stands on the label. The order has not been marked yet.")),
        )


def _place(before: str) -> tuple[datetime, str] | None:
    stamp, _, number = before.partition("~")
    try:
        return (datetime.fromtimestamp(float(stamp)).astimezone(), number) if before else None
    except (ValueError, OverflowError, OSError):
        return None


HANDLERS = [orders_page, order_page, dispatch_form, deliver_form]
