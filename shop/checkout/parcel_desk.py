"""The staff's doors to parcels: one leaves by its signed checklist, one has arrived."""

from datetime import date, datetime, time
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.fields import decimal
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.checkout.desk import LONGEST_REASON, order_answer, own_order
from shop.checkout.dispatch import NotOnItsWay, NotToBeDispatched, SaleStopped, deliver, dispatch
from shop.checkout.models import Order, Parcel
from shop.checkout.packing import keep_packing, read_packing
from shop.ground.instants import as_day, first_instant, local
from shop.staff.arrival import Staff

HEAVIEST = 1000  # kilograms: what is more is mistyped
STOPPED = N_(
    "The sale of something in this order is stopped. Please say why it may leave all the same, or do not send it. "
    "The order has not been marked yet."
)


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
    """A parcel leaves: what is in it, by whom it is carried, and who vouches for it."""
    given = {"carrier": form.text("carrier"), "tracking": form.text("tracking")}
    _check(form, staff, **given)
    weight = _weight(form, staff)
    with database.reading() as db:
        view = own_order(db, number, staff)
        packing = read_packing(db, form, view.order, view.market, person=staff.person, tongue=staff.tongue, now=now)
    if view.order.state != "paid":
        raise NotToBeDispatched(state=view.order.state)
    if not form.errors:
        try:
            with database.writing() as db:
                order = as_packed(db, view.order)
                parcel = dispatch(
                    db,
                    order,
                    view.market,
                    person=staff.person.id,
                    now=now,
                    despite=form.text("despite")[:LONGEST_REASON],
                    pieces=packing.pieces,
                    weight_g=weight,
                    **given,
                )
                keep_packing(db, parcel, packing, person=staff.person, tongue=staff.tongue, now=now)
        except SaleStopped:
            form.fail("despite", staff.tongue.say(STOPPED))
        except CaseFiled:
            form.fail("", staff.tongue.say(N_("A case was filed about this order meanwhile. Please look at it first.")))
    if form.errors:
        return order_answer(
            number, staff, database=database, pages=pages, assets=assets, form=form, now=now, status=422
        )
    return see_other(f"/desk/orders/{number}?done=dispatched")


class CaseFiled(Exception):
    """The first case about the order was filed after its packing list had been read."""


def as_packed(db: Session, read: Order) -> Order:
    """The order, about which nobody files a case now. Raises CaseFiled where somebody has since it was read."""
    order = db.get_one(Order, read.number, with_for_update=True)
    if order.after_sales and not read.after_sales:
        raise CaseFiled
    return order


@post("/desk/orders/{number:str}/delivery", opt={"act": "order.dispatch"}, sync_to_thread=True)
def deliver_form(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """A parcel, or all that is under way, has arrived: says the person who clicks, or the carrier through them."""
    chosen, source = form.text("parcel"), form.text("source")
    with database.writing() as db:
        view = own_order(db, number, staff)
        parcel = next((each for each in view.parcels if str(each.id) == chosen), None)
        if chosen and parcel is None:
            raise NotOnItsWay(state=view.order.state)
        at = _arrival(form, staff, [parcel] if parcel else view.parcels, view.market.zone, now)
        if not form.errors:
            deliver(
                db,
                view.order,
                source="carrier" if source == "carrier" else "staff",
                person=staff.person.id,
                now=now,
                parcel=parcel.id if parcel else None,
                at=at,
            )
    if form.errors:
        return order_answer(
            number, staff, database=database, pages=pages, assets=assets, form=form, now=now, status=422
        )
    return see_other(f"/desk/orders/{number}?done=delivered")


def _arrival(form: Form, staff: Staff, parcels: list[Parcel], zone: str, now: datetime) -> datetime:
    """When it arrived: now, or on the given day of the market's calendar at its end, the later the better for the customer."""
    if not form.text("on"):
        return now
    day, today = as_day(form.text("on")), local(now, zone).date()
    sent = max((local(each.dispatched_at, zone).date() for each in parcels), default=date.min)
    if day is None or not sent <= day <= today:
        said = N_("Please enter a day between the day it left and today. Nothing has been marked yet.")
        form.fail("on", staff.tongue.say(said))
        return now
    return now if day == today else first_instant(datetime.combine(day, time(23, 59)), zone)


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


def _weight(form: Form, staff: Staff) -> int | None:
    """The weight in grams, from kilograms with a point or a comma; None where none is given."""
    text = decimal(form.text("weight"))
    if not text:
        return None
    whole, _point, rest = text.partition(".")
    if not (f"{whole}{rest}".isascii() and whole.isdigit() and f"0{rest}".isdigit() and 0 < float(text) <= HEAVIEST):
        form.fail("weight", staff.tongue.say(N_("Please enter the weight in kilograms, such as 4.6.")))
        return None
    return round(float(text) * 1000)


HANDLERS = [dispatch_form, deliver_form]
