"""The doors to printed documents: a customer's invoice, return label and receipt, and at the desk the customs invoice."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.aftersales.cases.views import CaseView, case_view, title
from shop.aftersales.counter import AT, Counter
from shop.aftersales.customs import customs
from shop.aftersales.document_rules import languages_of, paper
from shop.aftersales.documents import Spoken, invoice
from shop.aftersales.models import NOT_STANDING
from shop.aftersales.remedies import WISHES
from shop.base.db import Database
from shop.base.i18n import N_, NP_, Languages
from shop.base.pages import Pages
from shop.base.web import NO_INDEX
from shop.checkout.desk import own_order
from shop.checkout.orders import order_view
from shop.ground.errors import NotFound
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff

CASE_LABELS = {
    "label": N_("Return label"),
    "receipt": N_("Receipt"),
    "number": N_("Case number"),
    "order": NP_("document", "Order"),
    "contract": N_("Contract, as you named it"),
    "from": NP_("parcel", "From"),
    "to": NP_("parcel", "To"),
    "inside": N_("In the parcel"),
    "returned": N_("Returned goods. No sale: they go back to who sent them."),
    "put": N_("Fold this sheet and put it into the parcel, or stick it on the outside. Keep the proof of sending."),
    "received": N_("We received this on"),
    "who": N_("From whom"),
    "about": N_("What it is about"),
    "words": N_("In your words"),
    "wish": N_("What you wish for"),
    "kept": N_("We keep what you declared as it stands here. This sheet proves that and when we received it."),
}


@get("/{market:str}/{lang:str}/orders/{number:str}/invoice", dependencies=AT, sync_to_thread=True)
def invoice_page(
    counter: NamedDependency[Counter], number: FromPath[str], languages: NamedDependency[Languages]
) -> Response[str]:
    """The invoice, in the languages that the market's law asks for."""
    with counter.database.reading() as db:
        counter.order(db, number)
        values = invoice(db, order_view(db, number), languages, counter.policies)
    return _printed(counter.pages, "documents/invoice.html", values)


@get("/{market:str}/{lang:str}/cases/{number:str}/label", dependencies=AT, sync_to_thread=True)
def label_page(
    counter: NamedDependency[Counter], number: FromPath[str], languages: NamedDependency[Languages]
) -> Response[str]:
    """The sheet that goes back with the goods: from whom, to where, under which number, what is inside."""
    with counter.database.reading() as db:
        view = case_view(db, counter.case(db, number), counter.policies)
        sender = order_view(db, view.order.number).address if view.order else [view.case.name]
    if view.case.state in NOT_STANDING or view.is_here:  # there is nothing to send
        raise NotFound
    values = _case_values(counter, view, languages)
    address = view.return_address or counter.visit.snapshot.exporter.address
    back = values["main"].postal(address).splitlines()
    return _printed(counter.pages, "documents/label.html", {**values, "sender": sender, "back": back})


@get("/{market:str}/{lang:str}/cases/{number:str}/receipt", dependencies=AT, sync_to_thread=True)
def receipt_page(
    counter: NamedDependency[Counter], number: FromPath[str], languages: NamedDependency[Languages]
) -> Response[str]:
    """What was declared, and when we received it."""
    with counter.database.reading() as db:
        view = case_view(db, counter.case(db, number), counter.policies)
    values = _case_values(counter, view, languages)
    when = values["main"].moment(view.case.filed_at, view.market.zone)
    return _printed(counter.pages, "documents/receipt.html", {**values, "when": when})


@get("/desk/orders/{number:str}/customs", opt={"act": "order.see"}, sync_to_thread=True)
def customs_page(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    policies: NamedDependency[PolicyLibrary],
) -> Response[str]:
    """The customs invoices of the order's parcels, and of what is still to be packed."""
    with database.reading() as db:
        values = customs(db, own_order(db, number, staff), languages, policies)
    return _printed(pages, "documents/customs.html", values)


@get("/desk/orders/{number:str}/invoice", opt={"act": "order.see"}, sync_to_thread=True)
def desk_invoice_page(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    policies: NamedDependency[PolicyLibrary],
) -> Response[str]:
    """The customer's invoice, as they see it."""
    with database.reading() as db:
        values = invoice(db, own_order(db, number, staff), languages, policies)
    return _printed(pages, "documents/invoice.html", values)


def _case_values(counter: Counter, view: CaseView, languages: Languages) -> dict[str, Any]:
    case, country = view.case, view.market.country
    region = view.order.region if view.order else ""
    tongues = Spoken(tuple(languages.tongue(each, country) for each in languages_of(country, region, case.language)))
    return {
        "said": tongues.all(CASE_LABELS),
        "main": tongues.main,
        "paper": paper(country),
        "case": case,
        "kind": title(case, tongues.main),
        "pieces": view.pieces(tongues.main),
        "wish": tongues.main.say(WISHES[case.wish]) if case.wish in WISHES else case.wish,
        "exporter": counter.visit.snapshot.exporter,
    }


def _printed(pages: Pages, template: str, values: dict[str, Any]) -> Response[str]:
    answer = pages.page(values["main"], template, **values)
    answer.headers.update(NO_INDEX)
    return answer


HANDLERS = [invoice_page, label_page, receipt_page, customs_page, desk_invoice_page]
