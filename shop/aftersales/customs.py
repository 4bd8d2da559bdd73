"""The customs invoice of each parcel: what is in it, where it was made, what it weighs and is worth, what travels with it.

The value is what the customer paid for the goods without the tax of their country, shared out over the pieces so that the
parcels of an order together are worth exactly what was paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from shop.aftersales.document_rules import customs_languages, paper
from shop.aftersales.documents import Spoken, tax_number_of
from shop.base.i18n import N_, NP_, Languages, Tongue
from shop.catalogue.fitness import Asked
from shop.catalogue.measures import measured
from shop.catalogue.models import Product
from shop.catalogue.naming import names_of
from shop.catalogue.papers import answering_for, asked_of, travelling
from shop.catalogue.suitability import SERVICE
from shop.checkout.dispatch import left_to_send
from shop.checkout.models import OrderLine, Parcel
from shop.checkout.orders import OrderView
from shop.ground.instants import local
from shop.markets.calendar import day_in
from shop.markets.models import Exporter
from shop.policies.library import PolicyLibrary

GRAMS = 1000
LABELS = {
    "title": N_("Commercial invoice for customs"),
    "number": N_("Number"),
    "date": N_("Date"),
    "carrier": N_("Carrier and tracking number"),
    "sender": N_("Sender and exporter"),
    "receiver": N_("Receiver"),
    "reason": N_("Reason for the export"),
    "sale": N_("Sale to a consumer"),
    "terms": N_("Terms of delivery (Incoterms 2020)"),
    "what": NP_("customs", "Goods"),
    "hs": N_("Tariff number (HS)"),
    "origin": N_("Country of origin"),
    "pieces": N_("Pieces"),
    "weight": N_("Net weight"),
    "unit": N_("Value of one piece"),
    "value": NP_("customs", "Value"),
    "freight": N_("Freight"),
    "total": N_("Total value"),
    "net": N_("Net weight in all"),
    "gross": N_("Gross weight"),
    "papers": N_("Papers that travel with the parcel"),
    "none": N_("No papers are asked for these goods."),
    "answers": N_("Answers for the goods in the country"),
    "declare": N_("I declare that all the information on this invoice is true and correct."),
    "sign": N_("Place, date, name and signature"),
    "unsent": N_("Not handed to the carrier yet"),
    "until": N_("valid until"),
    "test": N_("Test order: this is no invoice."),
}


@dataclass(frozen=True, slots=True)
class CustomsLine:
    """One product in the parcel, as it is printed."""

    names: tuple[str, ...]
    sku: str
    hs: str
    origin: str
    pieces: str
    weight: str
    unit: str
    value: str


def customs(db: Session, view: OrderView, languages: Languages, policies: PolicyLibrary) -> dict[str, Any]:
    """The values of the template: one sheet for each parcel, and one for what is still to be packed."""
    order, market = view.order, view.market
    tongues = Spoken(
        tuple(languages.tongue(each, market.country) for each in customs_languages(market.languages.split()))
    )
    exporter = db.get_one(Exporter, 1)
    products = _products(db, view)
    names = [names_of(db, set(products), each.language) for each in tongues.tongues]
    printed = _Printed(view, tongues.main, products, names, asked_of(db, market.id))
    parcels: list[tuple[Parcel | None, Mapping[str, int]]] = [
        (each, view.packed.get(each.id or 0) or {line.sku: line.quantity for line in view.lines})
        for each in view.parcels
    ]
    rest = left_to_send(db, order) if order.state == "paid" else {}
    parcels += [(None, rest)] if rest else []
    sheets, before = [], dict[str, int]()
    for place, (parcel, packed) in enumerate(parcels, 1):
        goods = {sku: pieces for sku, pieces in packed.items() if sku in products}
        sheets.append(printed.sheet(place, parcel, goods, before))
        before = {sku: before.get(sku, 0) + goods.get(sku, 0) for sku in {*before, *goods}}
    day = local(order.paid_at or order.placed_at, market.zone).date()
    return {
        "said": tongues.all(LABELS),
        "main": tongues.main,
        "paper": paper(market.country),
        "order": order,
        "exporter": exporter,
        "sender": exporter.address.splitlines(),
        "tax_number": tax_number_of(policies, market.id, day, exporter),
        "receiver": [*view.address, tongues.main.territory(market.country)],
        "terms": f"{_terms(view, policies)} {tongues.main.territory(market.country)}",
        "currency": order.currency,
        "sheets": sheets,
    }


def _products(db: Session, view: OrderView) -> dict[str, Product]:
    query = select(Product).where(col(Product.sku).in_([each.sku for each in view.lines]), Product.kind != SERVICE)
    return {each.sku: each for each in db.exec(query).all()}


@dataclass(frozen=True, slots=True)
class _Printed:
    """What all sheets of an order share: its goods with their names in each tongue, and what the market asks of them."""

    view: OrderView
    main: Tongue
    products: Mapping[str, Product]
    names: list[dict[str, str]]
    asked: Asked

    def sheet(
        self, place: int, parcel: Parcel | None, goods: Mapping[str, int], before: Mapping[str, int]
    ) -> dict[str, Any]:
        """One parcel's sheet; the freight stands on the first one. `before` are the pieces on earlier sheets."""
        view, main, order = self.view, self.main, self.view.order
        ordered = {line.sku: line for line in view.lines}
        values = {sku: share(ordered[sku], before.get(sku, 0), pieces) for sku, pieces in goods.items()}
        freight = order.net - sum(line.net for line in view.lines) if place == 1 else 0
        sent = parcel.dispatched_at if parcel else order.paid_at or order.placed_at
        day, mine = day_in(view.market, sent), [self.products[sku] for sku in goods]
        return {
            "number": f"{order.number}-{place}",
            "date": main.date(day) if parcel else "",
            "parcel": parcel,
            "lines": [self._line(sku, pieces, values[sku]) for sku, pieces in sorted(goods.items())],
            "freight": view.money(freight, main) if freight else "",
            "total": view.money(sum(values.values()) + freight, main),
            "net": self._kilograms(sum(self._grams(sku, pieces) for sku, pieces in goods.items())),
            "gross": self._kilograms(parcel.weight_g) if parcel and parcel.weight_g else "",
            "papers": [
                (each.mark, each.number, each.holder, main.date(each.valid_until) if each.valid_until else "")
                for each in travelling(mine, self.asked, day)
            ],
            "answering": [(each.name, each.address) for each in answering_for(mine, self.asked)],
        }

    def _line(self, sku: str, pieces: int, value: int) -> CustomsLine:
        product, main = self.products[sku], self.main
        return CustomsLine(
            names=tuple(dict.fromkeys(each.get(sku, self.view.name_of(sku)) for each in self.names)),
            sku=sku,
            hs=product.hs_code,
            origin=main.territory(product.origin),
            pieces=main.number(pieces),
            weight=self._kilograms(self._grams(sku, pieces)),
            unit=self.view.money(round(value / pieces), main),
            value=self.view.money(value, main),
        )

    def _grams(self, sku: str, pieces: int) -> int:
        return (self.products[sku].weight_g or 0) * pieces

    def _kilograms(self, grams: int) -> str:
        return measured(grams / GRAMS, "kilogram", self.main)


def share(line: OrderLine, before: int, pieces: int) -> int:
    """What so many pieces of a line are worth without tax, in minor units, once `before` of them have left."""
    return line.net * (before + pieces) // line.quantity - line.net * before // line.quantity


def _terms(view: OrderView, policies: PolicyLibrary) -> str:
    """Who pays the duties, as the shipping rules in force when it was ordered say: DDP or DAP."""
    day = day_in(view.market, view.order.placed_at)
    return "DDP" if policies.rules(view.market.id, "shipping", day).get("duties") == "included" else "DAP"
