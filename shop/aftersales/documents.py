"""What stands on an invoice: seller, buyer, each piece with its serial, the tax by rate, what was paid and given back.

Its number is the order's: one invoice per order, issued when it is paid. Amounts are those of the order, never reckoned
anew; values come formatted in the first of the document's tongues, labels in all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from shop.aftersales.document_rules import (
    SWISS,
    TAX,
    TAX_ID,
    TAX_IDS,
    TAXES,
    invoice_title,
    languages_of,
    paper,
)
from shop.base.i18n import N_, NP_, Languages, Tongue
from shop.checkout.addresses import area_name
from shop.checkout.models import SOLD, Refund
from shop.checkout.orders import OrderView
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.calendar import day_in
from shop.markets.models import Exporter
from shop.policies.library import PolicyLibrary

PER_CENT = 10  # thousandths of a percent to hundredths
ISSUED = (*SOLD, "refunded")


@dataclass(frozen=True, slots=True)
class Said:
    """A label in one tongue."""

    text: str
    tag: str
    direction: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """The tongues of a document, the first one first."""

    tongues: tuple[Tongue, ...]

    @property
    def main(self) -> Tongue:
        """The tongue in which figures and dates are written."""
        return self.tongues[0]

    def say(self, message: str, **values: Any) -> list[Said]:
        """The message in each tongue, once where two say the same."""
        said = {tongue.say(message, **values): tongue for tongue in reversed(self.tongues)}
        return [Said(text, tongue.tag, tongue.direction) for text, tongue in reversed(said.items())]

    def all(self, labels: Mapping[str, str]) -> dict[str, list[Said]]:
        """Many messages, by their keys."""
        return {key: self.say(message) for key, message in labels.items()}


LABELS = {
    "number": N_("Number"),
    "issued": N_("Issued on"),
    "ordered": N_("Ordered on"),
    "supplied": N_("Sent on"),
    "delivered": N_("Delivered on"),
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "company_number": N_("Company number"),
    "what": NP_("invoice", "What"),
    "pieces": N_("Pieces"),
    "unit": N_("Price of one piece"),
    "unit_net": N_("Price of one piece, without tax"),
    "rate": N_("Tax rate"),
    "amount": N_("Amount"),
    "amount_net": N_("Amount, without tax"),
    "delivery": N_("Delivery cost"),
    "net": N_("Without tax"),
    "gross": N_("With tax"),
    "total": N_("Total"),
    "paid": NP_("amount", "Paid"),
    "later": N_("Due on delivery"),
    "back": NP_("amount", "Given back"),
    "test": N_("Test order: this is no invoice."),
    "reduced": N_("marked: reduced rate of tax"),
}


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line as it is printed; `marks` are the serials or lots of its pieces."""

    name: str
    sku: str
    marks: tuple[str, ...]
    pieces: str
    unit: str
    rate: str
    amount: str
    reduced: bool = False


def spoken(languages: Languages, view: OrderView) -> Spoken:
    """The tongues of the customer's documents about an order."""
    country, order = view.market.country, view.order
    tags = languages_of(country, order.region, order.language)
    return Spoken(tuple(languages.tongue(each, country) for each in tags))


def invoice(db: Session, view: OrderView, languages: Languages, policies: PolicyLibrary) -> dict[str, Any]:
    """The invoice's values for its template. Raises NotFound for an order that was never paid."""
    order, market = view.order, view.market
    if order.paid_at is None or order.state not in ISSUED:
        raise NotFound
    tongues, exporter = spoken(languages, view), db.get_one(Exporter, 1)
    main, day = tongues.main, day_in(market, order.paid_at)
    tax_number = tax_number_of(policies, market.id, day, exporter)
    rates = _rates(view)
    given_back = sum(
        each.minor
        for each in db.exec(select(Refund).where(Refund.order_number == order.number)).all()
        if each.state == "done"
    )
    return {
        "said": tongues.all(LABELS),
        "title": tongues.say(invoice_title(market.country, tax_number, taxed=order.tax > 0)),
        "main": main,
        "paper": paper(market.country),
        "order": order,
        "exporter": exporter,
        "seller": main.postal(exporter.address).splitlines(),
        "tax_number": tax_number,
        "tax_id": tongues.say(TAX_IDS.get(market.tax_label, TAX_ID)),
        "buyer": [*view.address, main.territory(market.country)],
        "business": view.business(main),
        "dates": _dates(view, main, day),
        "inclusive": market.tax_display == "inclusive",
        "lines": _lines(view, main, rates),
        "any_reduced": market.country == "JP" and len(rates) > 1,
        "rates": [(main.percent(rate / PER_CENT), *_amounts(view, main, sums)) for rate, sums in sorted(rates.items())],
        "tax_name": _tax_names(view, tongues),
        "tax": view.money(order.tax, main) if order.tax else "",
        "total": view.money(order.total, main),
        "paid": view.money(order.due_now, main),
        "later": view.money(order.due_later, main) if order.due_later else "",
        "back": view.money(given_back, main) if given_back else "",
    }


def tax_number_of(policies: PolicyLibrary, market: str, day: date, exporter: Exporter) -> str:
    """The seller's tax number as the market's legal notice named it that day; else the exporter's own."""
    try:
        named = policies.nearest(market, "imprint", day).rules.get("tax_number")
    except NotFound:
        named = None
    return str(named or exporter.tax_number)


def _dates(view: OrderView, main: Tongue, issued: date) -> list[tuple[str, str]]:
    zone, order = view.market.zone, view.order
    found = [("issued", issued), ("ordered", local(order.placed_at, zone).date())]
    if view.parcels:
        found.append(("supplied", local(view.parcels[0].dispatched_at, zone).date()))
    if order.delivered_at:
        found.append(("delivered", local(order.delivered_at, zone).date()))
    return [(key, main.date(day)) for key, day in found]


def _rates(view: OrderView) -> dict[int, tuple[int, int, int]]:
    """Net, tax and gross by rate, delivery with its own; a rate that nothing is taxed at is left out."""
    order, sums = view.order, dict[int, tuple[int, int, int]]()
    net, tax = order.net - sum(each.net for each in view.lines), order.tax - sum(each.tax for each in view.lines)
    parts = [(each.tax_e5, each.net, each.tax) for each in view.lines] + [(order.shipping_e5, net, tax)]
    for rate, net, tax in parts:
        if net or tax:
            before = sums.get(rate, (0, 0, 0))
            sums[rate] = (before[0] + net, before[1] + tax, before[2] + net + tax)
    return sums if order.tax else {}


def _amounts(view: OrderView, main: Tongue, sums: tuple[int, int, int]) -> tuple[str, str, str]:
    net, tax, gross = (view.money(each, main) for each in sums)
    return net, tax, gross


def _lines(view: OrderView, main: Tongue, rates: Mapping[int, object]) -> list[InvoiceLine]:
    order, inclusive = view.order, view.market.tax_display == "inclusive"
    marks: dict[str, list[str]] = {}
    for item in view.owned:
        marks.setdefault(item.sku, []).append(item.serial or item.lot)
    found = [
        InvoiceLine(
            name=line.name,
            sku=line.sku,
            marks=tuple(dict.fromkeys(marks.get(line.sku, ()))),
            pieces=main.number(line.quantity),
            unit=view.money(line.unit, main),
            rate=main.percent(line.tax_e5 / PER_CENT),
            amount=view.money(line.gross if inclusive else line.net, main),
            reduced=line.tax_e5 < max(rates, default=0),
        )
        for line in view.lines
    ]
    if view.shipping:
        rate = main.percent(order.shipping_e5 / PER_CENT)
        found.append(InvoiceLine("", "", (), "", "", rate, view.money(view.shipping, main)))
    return found


def _tax_names(view: OrderView, tongues: Spoken) -> list[Said]:
    market = view.market
    if market.country == "CH":
        return [Said(SWISS.get(each.language, "MWST"), each.tag, each.direction) for each in tongues.tongues]
    by_region = market.tax_display == "exclusive"  # where the rate depends on the province or state, it is named
    area = area_name(view.order.region, market.country, tongues.main) if by_region else ""
    named = tongues.say(TAXES.get(market.tax_label, TAX))
    return [Said(f"{each.text} ({area})" if area else each.text, each.tag, each.direction) for each in named]
