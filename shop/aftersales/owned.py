"""What a customer owns by an order: each piece with its serial or lot, until when its guarantees last, and what fits it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from shop.aftersales.guarantee import guarantee
from shop.base.i18n import N_, Tongue
from shop.catalogue.browsing import Offer, offers
from shop.catalogue.goods import known
from shop.catalogue.models import Product
from shop.catalogue.naming import names_of
from shop.catalogue.serials import fit
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import Order, Parcel
from shop.checkout.orders import OrderView
from shop.checkout.packing import LOT_KINDS
from shop.checkout.settling import is_selling
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.markets.visit import Visit
from shop.policies.acceptance import rules_among
from shop.policies.ending import rules_then
from shop.policies.library import PolicyLibrary


@dataclass(frozen=True, slots=True)
class Owned:
    """A piece, or the pieces of a product that bear no mark of their own; `words` say until when its guarantees last."""

    sku: str
    name: str
    pieces: int = 1
    serial: str = ""
    lot: str = ""
    best_before: date | None = None
    received: date | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part or consumable that fits what is owned: `offer` is None where the market does not sell it in this language."""

    sku: str
    name: str
    owned: Owned
    offer: Offer | None

    @property
    def buyable(self) -> bool:
        """Whether it can be put into the cart now."""
        return self.offer is not None and self.offer.standing == "buyable"


def owned_of(view: OrderView, policies: PolicyLibrary, tongue: Tongue, *, today: date) -> list[Owned]:
    """Everything of the order that has left for its customer and has not come back; services are nothing to own."""
    parcels = {each.id: each for each in view.parcels}
    found, marked = [], {each.sku for each in view.owned}
    for item in view.owned:
        if item.returned_at is None:
            received = _received(view, [parcels[item.parcel]])
            found.append(
                Owned(
                    item.sku,
                    view.name_of(item.sku),
                    serial=item.serial,
                    lot=item.lot,
                    best_before=item.best_before,
                    received=received,
                    words=() if item.lot else guarantee_words(view, policies, tongue, received, today=today),
                )
            )
    for line in view.lines if view.parcels else ():
        sent = [parcels[id] for id, pieces in view.packed.items() if line.sku in pieces]
        if line.sku not in marked and (sent or not any(view.packed.values())):
            received = _received(view, sent or view.parcels)
            pieces = sum(view.packed[each.id or 0][line.sku] for each in sent) or line.quantity
            words = guarantee_words(view, policies, tongue, received, today=today)
            found.append(Owned(line.sku, line.name, pieces, received=received, words=words))
    return found


def warranty_rules(view: OrderView, policies: PolicyLibrary) -> Mapping[str, Any]:
    """The guarantee's rules as accepted with the order; else those in force on its day."""
    return accepted_or_then(rules_among(view.accepted, "warranty"), view.order, view.market, policies)


def accepted_or_then(
    accepted: Mapping[str, Any] | None, order: Order, market: Market, policies: PolicyLibrary
) -> Mapping[str, Any]:
    """The guarantee's rules that were accepted with the order; without any those in force on its day in the market."""
    if accepted is not None:
        return accepted
    return rules_then(policies, market.id, "warranty", day_in(market, order.placed_at))


def guarantee_words(
    view: OrderView, policies: PolicyLibrary, tongue: Tongue, received: date | None, *, today: date
) -> tuple[str, ...]:
    """Until when the law's guarantee and the maker's last for what was received on that day."""
    found = guarantee(warranty_rules(view, policies), received, today=today)
    if found.begins is None:
        return (tongue.say(N_("The guarantees begin on the day it arrives.")),)
    said = []
    if found.legal_ends is not None:
        said.append(tongue.say(N_("Legal guarantee until %(day)s"), day=tongue.date(found.legal_ends)))
    elif found.basis == "reasonable_time":
        said.append(tongue.say(N_("By law it must last as long as one may reasonably expect. The law names no date.")))
    if found.commercial_ends is not None:
        said.append(tongue.say(N_("The maker's guarantee until %(day)s"), day=tongue.date(found.commercial_ends)))
    return tuple(said)


def parts_of(db: Session, visit: Visit, owned: list[Owned]) -> list[Part]:
    """The parts and consumables that fit what is owned, machine by machine; a serial decides where one is known."""
    pairs = [(each, sku) for each in owned for sku in fitting(visit, each)]
    skus = {sku for _each, sku in pairs}
    if not skus:
        return []
    selling = visit.seeing.preview or (visit.seeing.what == "page" and is_selling(visit.market))
    offered = {each.sku: each for each in offers(db, visit, skus)} if selling else {}
    names = names_of(db, skus, visit.tongue.language)
    return [Part(sku, names.get(sku, sku), each, offered.get(sku)) for each, sku in pairs]


def fitting(visit: Visit, owned: Owned) -> list[str]:
    """The SKUs of the parts made for exactly this piece; services are not parts."""
    goods = known(visit)
    return [sku for sku in goods.parts_of(owned.sku) if _is_part(part := goods.products[sku]) and _fits(part, owned)]


def _is_part(product: Product) -> bool:
    return product.kind != SERVICE and product.kind not in LOT_KINDS


def _fits(part: Product, owned: Owned) -> bool:
    return not owned.serial or fit(owned.serial, part.fits.split(), part.serial_from) == "fits"


def _received(view: OrderView, parcels: list[Parcel]) -> date | None:
    """The day on which all of these parcels had arrived, in the market's calendar; None while one has not."""
    arrived = [each.delivered_at or view.order.delivered_at for each in parcels]
    days = [day_in(view.market, each) for each in arrived if each is not None]
    return max(days) if days and len(days) == len(arrived) else None
