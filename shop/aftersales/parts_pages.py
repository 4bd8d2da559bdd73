"""The customer's doors to what they own: guarantees, parts that fit, and reminders that they ask for and end."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.aftersales.care import LINK, Care, ask_reminder, care_of, end_reminder
from shop.aftersales.counter import AT, Counter
from shop.aftersales.models import CareReminder
from shop.aftersales.owned import Owned, owned_of, parts_of, warranty_rules
from shop.base.fields import whole
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.catalogue.naming import names_of
from shop.checkout.models import Order
from shop.checkout.orders import OrderView, order_view
from shop.checkout.settling import is_selling
from shop.ground.errors import NotFound

TOASTS = {
    "asked": N_("We remind you when it is due. Each mail has a link that ends the reminders."),
    "ended": N_("The reminder has ended. Nothing more is sent."),
}


@get("/{market:str}/{lang:str}/orders/{number:str}/parts", dependencies=AT, sync_to_thread=True)
def parts_page(counter: NamedDependency[Counter], number: FromPath[str], told: FromQuery[str] = "") -> Response[Any]:
    """What was bought with the order, what fits it, and what one can be reminded of; however long ago it was."""
    visit, tongue = counter.visit, counter.visit.tongue
    with counter.database.reading() as db:
        view, owned, care = _mine(db, counter, number)
        parts = parts_of(db, visit, owned)
        years: int = warranty_rules(view, counter.policies)["parts_years"]
    received = max((each.received for each in owned if each.received), default=None)
    return counter.page(
        "aftersales/parts.html",
        title=tongue.say(N_("What you own")),
        path=f"/orders/{number}/parts",
        order=view.order,
        owned=owned,
        parts=parts,
        care=care,
        open=visit.seeing.preview or is_selling(visit.market),
        kept_until=received.year + years if received and years else 0,
        toast={"tone": "good", "text": tongue.say(TOASTS[told])} if told in TOASTS else None,
    )


@post("/{market:str}/{lang:str}/orders/{number:str}/reminders", dependencies=AT, sync_to_thread=True)
def ask_form(counter: NamedDependency[Counter], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Begin a reminder, or end one."""
    with counter.database.reading() as db:
        counter.order(db, number)
    counter.spend()
    with counter.database.writing() as db:
        view, _owned, care = _mine(db, counter, number)
        running = next((each.running for each in care if each.choice == form.text("end")), None)
        if form.text("end") and running is not None and running.id is not None:
            end_reminder(db, running.id, now=counter.now)
        elif not form.text("end"):
            ask_reminder(db, view, care, form.text("choice"), now=counter.now)
    told = "ended" if form.text("end") else "asked"
    return see_other(counter.visit.url(f"/orders/{number}/parts?told={told}"))


@get("/{market:str}/{lang:str}/reminders/{number:str}", dependencies=AT, sync_to_thread=True)
def end_page(counter: NamedDependency[Counter], number: FromPath[str], secret: FromQuery[str] = "") -> Response[Any]:
    """Asks whether the reminder is to end: a mail's reader looks at links before its owner does."""
    if secret:
        return counter.let_in(LINK, number, secret, path=f"/reminders/{number}")
    with counter.database.reading() as db:
        reminder = _reminder(db, counter, number)
        named = reminder.part or reminder.sku
        name = names_of(db, {named}, counter.visit.tongue.language).get(named, named)
    return counter.page(
        "aftersales/reminder.html",
        title=counter.visit.tongue.say(N_("End the reminders?")),
        path=f"/reminders/{number}",
        reminder=reminder,
        thing=name,
    )


@post("/{market:str}/{lang:str}/reminders/{number:str}/end", dependencies=AT, sync_to_thread=True)
def end_form(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[Any]:
    """End the reminder."""
    with counter.database.writing() as db:
        end_reminder(db, _reminder(db, counter, number).id or 0, now=counter.now)
    return see_other(counter.visit.url(f"/reminders/{number}"))


def _mine(db: Session, counter: Counter, number: str) -> tuple[OrderView, list[Owned], list[Care]]:
    counter.order(db, number)
    view = order_view(db, number)
    owned = owned_of(view, counter.policies, counter.visit.tongue, today=counter.today)
    return view, owned, care_of(db, view, counter.visit, owned, today=counter.today)


def _reminder(db: Session, counter: Counter, number: str) -> CareReminder:
    """The reminder, for the browser that holds it; raises LinkOver for anybody else."""
    counter.check_holds(LINK, number)
    reminder = db.get(CareReminder, whole(number, digits=9) or 0)
    order = db.get(Order, reminder.order_number) if reminder else None
    if reminder is None or order is None or order.market != counter.visit.market.id:
        raise NotFound
    return reminder


HANDLERS = [parts_page, ask_form, end_page, end_form]
