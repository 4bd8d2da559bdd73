"""The customer's page of a case: what was declared, where it stands, how to send back, and taking it back."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.aftersales.cases.views import CaseView, case_view, mark, send_back, take_back, title
from shop.aftersales.claims.facts import claim_facts
from shop.aftersales.counter import AT, CASE, Counter
from shop.aftersales.rights import UNSENT
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.instants import as_day
from shop.markets.calendar import day_in

MOST_TRACKING = 60
TOASTS = {
    "declared": N_("We have it, and a receipt is on its way to you by e-mail."),
    "sent": N_("Thank you. We look out for your parcel."),
    "over": N_("You have taken it back. Nothing else happens."),
}


@get("/{market:str}/{lang:str}/cases/{number:str}", dependencies=AT, sync_to_thread=True)
def case_page(
    counter: NamedDependency[Counter],
    number: FromPath[str],
    secret: FromQuery[str] = "",
    told: FromQuery[str] = "",
) -> Response[Any]:
    """The case as it stands. The link's secret is exchanged for a cookie."""
    if secret:
        return counter.let_in(CASE, number, secret, path=f"/cases/{number}")
    return _page(counter, number, Form({"sent_on": counter.today.isoformat()}), told=told)


@post("/{market:str}/{lang:str}/cases/{number:str}/sending", dependencies=AT, sync_to_thread=True)
def sent_back(counter: NamedDependency[Counter], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """The customer says that it is on its way back, since when, and under which number."""
    with counter.database.reading() as db:
        case = counter.case(db, number)
    counter.spend()
    day = _day(counter, form, day_in(counter.visit.market, case.filed_at))
    tracking = " ".join(form.text("tracking").split())
    if len(tracking) > MOST_TRACKING:
        form.fail("tracking", counter.visit.tongue.say(N_("This is too long for the number of a parcel.")))
        form.values["tracking"] = tracking[: MOST_TRACKING * 2]
    if form.errors:
        return _page(counter, number, form, status=422)
    with counter.database.writing() as db:
        view = case_view(db, counter.case(db, number), counter.policies)
        send_back(db, view, day, tracking, now=counter.now)
    return see_other(counter.visit.url(f"/cases/{number}?told=sent"))


@get("/{market:str}/{lang:str}/cases/{number:str}/taking-back", dependencies=AT, sync_to_thread=True)
def taking_back_page(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[Any]:
    """Asks once more before the case is taken back."""
    with counter.database.reading() as db:
        view = case_view(db, counter.case(db, number), counter.policies)
    if not view.can_be_taken_back:
        return see_other(counter.visit.url(f"/cases/{number}"))
    return counter.page(
        "aftersales/taking_back.html",
        title=counter.visit.tongue.say(N_("Take this back?")),
        path=f"/cases/{number}/taking-back",
        case=view.case,
        kind=title(view.case, counter.visit.tongue),
        cancels=view.case.kind == UNSENT,
    )


@post("/{market:str}/{lang:str}/cases/{number:str}/taking-back", dependencies=AT, sync_to_thread=True)
def taken_back(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[Any]:
    """The customer takes the case back while nothing is decided."""
    with counter.database.reading() as db:
        if counter.case(db, number).state == "taken_back":  # sent twice
            return see_other(counter.visit.url(f"/cases/{number}?told=over"))
    with counter.database.writing() as db:
        take_back(db, case_view(db, counter.case(db, number), counter.policies), now=counter.now)
    return see_other(counter.visit.url(f"/cases/{number}?told=over"))


def _page(counter: Counter, number: str, form: Form, *, told: str = "", status: int = 200) -> Response[str]:
    visit, tongue = counter.visit, counter.visit.tongue
    with counter.database.reading() as db:
        view = case_view(db, counter.case(db, number), counter.policies)
        here = visit.url(f"/cases/{number}")
        claim = claim_facts(db, view.case, counter.policies, tongue, now=counter.now, path=here)
    return counter.page(
        "aftersales/case.html",
        title=title(view.case, tongue),
        path=f"/cases/{number}",
        status=status,
        view=view,
        case=view.case,
        claim=claim,
        form=form,
        mark=mark(view.case, tongue),
        timeline=view.timeline(tongue),
        pieces=view.pieces(tongue),
        amount=view.amount(tongue),
        address=tongue.postal(visit.snapshot.exporter.address).splitlines(),
        exporter=visit.snapshot.exporter,
        order_url=_order_url(counter, view),
        toast={"tone": "good", "text": tongue.say(TOASTS[told])} if told in TOASTS else None,
        longest=MOST_TRACKING,
        today=counter.today.isoformat(),
    )


def _order_url(counter: Counter, view: CaseView) -> str:
    """Where the order is, for who may see it."""
    number = view.case.order_number
    return counter.visit.url(f"/orders/{number}") if counter.holds("order", number) else ""


def _day(counter: Counter, form: Form, filed: date) -> date:
    """The day it was sent: read from the form, not before the case was filed by more than it may be, and not to come."""
    day = as_day(form.text("sent_on"))
    if day is None:
        form.fail("sent_on", counter.visit.tongue.say(N_("Please enter the day on which you sent it.")))
        return filed
    if day > counter.today:
        form.fail("sent_on", counter.visit.tongue.say(N_("This day is still to come.")))
    elif (filed - day).days > 60:
        form.fail("sent_on", counter.visit.tongue.say(N_("This day is long before you told us of it.")))
    return day


HANDLERS = [case_page, sent_back, taking_back_page, taken_back]
