"""What an order rests on after the sale: the rules accepted with it, when each product was received, what is left of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from shop.aftersales.cases.filing import left_of
from shop.aftersales.periods import UNKNOWN, Receipt, latest, window
from shop.aftersales.rights import Item, Terms
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import SOLD, Order, OrderLine, Parcel
from shop.checkout.orders import OrderView, parcels_of
from shop.checkout.settling import lines_of
from shop.markets.calendar import calendar_of, day_in, is_working_day
from shop.markets.models import Market
from shop.policies.acceptance import accepted_rules, rules_among
from shop.policies.ending import rules_then
from shop.policies.library import PolicyLibrary


@dataclass(frozen=True, slots=True)
class Bought:
    """An order with the terms it rests on and its products, by SKU."""

    order: Order
    market: Market
    terms: Terms
    items: Mapping[str, Item]
    names: Mapping[str, str]

    @property
    def left(self) -> dict[str, int]:
        """Pieces that no other case keeps, by SKU; only where there are any."""
        return {sku: item.left for sku, item in self.items.items() if item.left > 0}


def bought_by(db: Session, order: Order, policies: PolicyLibrary) -> Bought:
    """The order with what holds for it. Only rules accepted with it are asked, never those that hold today."""
    market, lines = db.get_one(Market, order.market), lines_of(db, order)
    terms = terms_of(db, order, market, policies)
    received = receipts(db, order, market, lines, rules=terms.rules)
    return _bought(db, order, lines, terms=terms, market=market, received=received)


def bought_in(db: Session, view: OrderView, policies: PolicyLibrary) -> Bought:
    """The same for an order that was read already."""
    order, market, lines = view.order, view.market, view.lines
    terms = _terms(rules_among(view.accepted, "returns"), order, market, policies)
    parcels = {each.id or 0: each for each in view.parcels}
    received = _received(order, market, lines, rules=terms.rules, parcels=parcels, packed=view.packed)
    return _bought(db, order, lines, terms=terms, market=market, received=received)


def _bought(
    db: Session,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    terms: Terms,
    market: Market,
    received: Mapping[str, Receipt],
) -> Bought:
    informed = day_in(market, order.placed_at) if terms.accepted else None
    whole = {line.sku: line.quantity for line in lines}
    left = (left_of(db, order) if order.after_sales else whole) if order.state in SOLD else {}
    working = partial(is_working_day, calendar=calendar_of(market))
    items = {
        line.sku: Item(
            sku=line.sku,
            return_class=line.return_class,
            bought=line.quantity,
            left=left.get(line.sku, 0),
            window=window(terms.rules, received[line.sku], informed=informed, is_working=working),
            unsent=order.parcel and order.dispatched_at is None,
        )
        for line in lines
    }
    return Bought(order, market, terms, items, {line.sku: line.name for line in lines})


def terms_of(db: Session, order: Order, market: Market, policies: PolicyLibrary) -> Terms:
    """The returns rules accepted with the order; else those in force on its day, of which the customer was not told."""
    return _terms(accepted_rules(db, order.number).get("returns"), order, market, policies)


def _terms(rules: Mapping[str, Any] | None, order: Order, market: Market, policies: PolicyLibrary) -> Terms:
    if rules is not None:
        return Terms(rules=rules, accepted=True)
    day = day_in(market, order.placed_at)
    return Terms(rules=rules_then(policies, market.id, "returns", day), accepted=False)


def receipts(
    db: Session, order: Order, market: Market, lines: Sequence[OrderLine], *, rules: Mapping[str, Any]
) -> dict[str, Receipt]:
    """When each product was received, in the market's calendar.

    Of several parcels the last one counts for the whole order where the law says so (Directive 2011/83/EU art. 9(2)(b)),
    and else the last with pieces of that product. What is not packed yet has not been received; what was given up before
    it left is not waited for.
    """
    parcels, packed, _owned = parcels_of(db, order.number)
    return _received(order, market, lines, rules=rules, parcels={each.id or 0: each for each in parcels}, packed=packed)


def _received(
    order: Order,
    market: Market,
    lines: Sequence[OrderLine],
    *,
    rules: Mapping[str, Any],
    parcels: Mapping[int, Parcel],
    packed: Mapping[int, Mapping[str, int]],
) -> dict[str, Receipt]:
    whole = _receipt(order.delivered_at, order.delivered_source, market)
    if not any(packed.values()):
        return {line.sku: whole if line.withheld < line.quantity else UNKNOWN for line in lines}
    found = {}
    for line in lines:
        its = {number: pieces[line.sku] for number, pieces in packed.items() if line.sku in pieces}
        days = [_parcel_receipt(parcels[number], whole, market) for number in its]
        found[line.sku] = latest(days) if sum(its.values()) >= line.quantity - line.withheld else UNKNOWN
        if line.kind == SERVICE and not its:
            found[line.sku] = _receipt(order.paid_at, "service", market)
    if several_parcels(rules) == "last":
        last = latest(found[line.sku] for line in lines if line.kind != SERVICE and line.withheld < line.quantity)
        return {line.sku: last for line in lines}
    return found


def several_parcels(rules: Mapping[str, Any]) -> str:
    """Whether the last parcel of an order counts for all of it (`last`) or each product for itself (`each`).

    Rules that do not say so are read for the customer where the law gives the right.
    """
    return str(rules.get("several_parcels", "last" if rules["nature"] == "statutory" else "each"))


def _parcel_receipt(parcel: Parcel, whole: Receipt, market: Market) -> Receipt:
    return _receipt(parcel.delivered_at, parcel.delivered_source, market) if parcel.delivered_at else whole


def _receipt(at: datetime | None, source: str, market: Market) -> Receipt:
    return Receipt(day_in(market, at), source or "unknown") if at else UNKNOWN
