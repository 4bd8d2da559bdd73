"""Reading an order back: for its holder, for staff, for a mail. The timeline is made from its events."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, NP_, Tongue
from shop.base.pages import safe
from shop.catalogue.models import Picture, Product
from shop.checkout.addresses import address_lines, area_name
from shop.checkout.business import business_label
from shop.checkout.machines import shown_serial
from shop.checkout.models import Order, OrderEvent, OrderLine, OwnedItem, Parcel, ParcelLine, PaymentAttempt, Refund
from shop.checkout.prepayment import Due, due_rows
from shop.checkout.refunds import LATE_PAYMENT, live, paid_on, refunds_of
from shop.checkout.settling import AFTER_STOP, MISMATCH
from shop.checkout.sums import shown_line, sum_rows
from shop.ground.errors import found
from shop.ground.instants import local
from shop.ground.money import Money
from shop.markets.calendar import expected
from shop.markets.models import Market
from shop.policies.acceptance import Accepted, accepted
from shop.policies.library import html, title

HEADLINES = {
    "placed": N_("Your payment is not finished yet"),
    "waiting": N_("Your payment is on its way to us"),
    "awaited": N_("We are waiting for word of your payment"),
    "unopened": N_("The payment could not be started"),
    "paid": N_("We have your order"),
    "given_up": N_("Nothing of this order will be sent"),
    "rendered": N_("We have your order"),
    "dispatched": N_("Your parcel is on its way"),
    "delivered": N_("Your order has arrived"),
    "cancelled": N_("This order was not paid and has ended"),
    "failed": N_("Your payment did not reach us, and this order has ended"),
    "refunded": N_("Your payment is on its way back to you"),
    MISMATCH: N_("A payment has arrived that does not match this order"),
}
EVENTS = {
    "placed": N_("Order placed"),
    "waiting": N_("Payment begun; the money is on its way"),
    "paid": N_("Payment received"),
    "dispatched": N_("Handed to the carrier"),
    "delivered": N_("Delivered"),
    "cancelled": N_("Not paid; the order has ended and nothing was charged"),
    "refunded": N_("The whole payment is returned"),
    "refunded in part": N_("All that was owed on it is returned"),
    AFTER_STOP: N_("We had stopped taking orders when the payment arrived; the order counts all the same"),
    MISMATCH: N_("A payment of another amount has arrived; nothing is sent for it"),
}
ARRIVED = "delivered"
PART, PART_ARRIVED = "parcel {}", "parcel {} delivered"  # events of one parcel of several, by its place
PARTS = (
    (re.compile(r"parcel [0-9]+"), N_("A part of it was handed to the carrier")),
    (re.compile(r"parcel [0-9]+ delivered"), N_("A part of it was delivered")),
)

REFUNDED, REFUNDING = N_("Given back: %(amount)s"), N_("Is being given back: %(amount)s")

COMING = {
    "dispatched": NP_("coming step", "Handed to the carrier"),
    "delivered": NP_("coming step", "Delivered"),
    "refunded": NP_("coming step", "Money given back"),
}


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with everything a page about it shows."""

    order: Order
    market: Market
    lines: list[OrderLine]
    events: list[OrderEvent]
    parcels: list[Parcel]
    accepted: list[Accepted]
    attempt: PaymentAttempt | None
    pictures: Mapping[str, tuple[str, str]]
    packed: Mapping[int, Mapping[str, int]] = field(default_factory=dict)  # parcel -> pieces by SKU
    owned: list[OwnedItem] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def address(self) -> list[str]:
        """The delivery address as lines."""
        return address_lines(json.loads(self.order.address), self.market.country)

    def business(self, tongue: Tongue) -> str:
        """What the customer's business number is called."""
        return business_label(self.market.business_number, tongue) or tongue.say(N_("Business number"))

    def money(self, minor: int, tongue: Tongue) -> str:
        """An amount of this order."""
        return tongue.money(Money(minor, self.order.currency))

    def _refund(self, refund: Refund, tongue: Tongue) -> str:
        said = REFUNDED if refund.state == "done" else REFUNDING
        return tongue.say(said, amount=self.money(refund.minor, tongue))

    @property
    def withdrawn(self) -> bool:
        """Whether money went back because the customer gave the order up, or for another reason than a late payment."""
        return any(each.ground != LATE_PAYMENT for each in live(self.refunds))

    @property
    def in_parts(self) -> bool:
        """Whether it leaves in more than one parcel."""
        return len(self.parcels) > 1 or (bool(self.parcels) and self.order.state == "paid")

    def name_of(self, sku: str) -> str:
        """What the order calls the product."""
        return next((each.name for each in self.lines if each.sku == sku), sku)

    def contents(self, parcel: Parcel, tongue: Tongue) -> list[str]:
        """What lies in the parcel, a line for each product; nothing where that was not noted."""
        packed = self.packed.get(parcel.id or 0, {})
        said = N_("%(number)s × %(name)s")
        return [
            tongue.say(said, number=tongue.number(packed[line.sku]), name=line.name)
            for line in self.lines
            if line.sku in packed
        ]

    def standing(self, *, now: datetime) -> str:
        """How it stands for its customer: the order's state, told finer while it is not paid.

        placed: can be paid now; waiting: a delayed method, the money is under way; awaited: its time is over, but the
        provider may still bring money; unopened: nobody was ever led to pay; failed: a delayed method brought nothing;
        mismatch: ended, and other money than the order's has come; rendered: paid, and nothing is to be sent; given_up:
        paid, all of it given up before it left, and money still to go back.
        """
        state, attempt = self.order.state, self.attempt
        if state == "placed" and (attempt is None or not attempt.session):
            return "unopened"
        if state == "placed" and attempt is not None and attempt.state == "waiting":
            return "waiting"
        if state == "placed" and attempt is not None and attempt.expires_at <= now:
            return "awaited"
        if state == "cancelled" and attempt is not None and attempt.state in (MISMATCH, "failed"):
            return attempt.state
        if self.order.given_up:
            return "given_up"
        return "rendered" if state == "delivered" and not self.order.parcel else state

    @property
    def part_returned(self) -> bool:
        """Whether something was given back, but not all that was paid."""
        return 0 < self.order.given_back < paid_on(self.order)

    @property
    def shipping(self) -> int:
        """What sending costs as it was shown, in minor units: without the tax where prices are shown without it."""
        inclusive = self.market.tax_display == "inclusive"
        return self.order.shipping if inclusive else self.order.net - sum(line.net for line in self.lines)

    def expected(self) -> tuple[date, date]:
        """Between which days the order is expected, in the market's calendar; what the parcel says, once there is one."""
        if self.parcels:
            return self.parcels[-1].expected_from, self.parcels[-1].expected_until
        day = local(self.order.paid_at or self.order.placed_at, self.market.zone).date()
        return expected(self.market, day, self.order.days_min, self.order.days_max)

    def timeline(self, tongue: Tongue) -> list[dict[str, str]]:
        """What has happened, what is happening and what is to come."""
        zone = self.market.zone
        part = {"refunded": "refunded in part"} if self.part_returned else {}
        kinds = ((each.at, part.get(each.kind, each.kind)) for each in self.events)
        happened = [(at, tongue.say(word)) for at, kind in kinds if (word := _word(kind))]
        happened += [(each.done_at or each.asked_at, self._refund(each, tongue)) for each in live(self.refunds)]
        done = [
            {"state": "done", "word": word, "when": tongue.moment(at, zone)}
            for at, word in sorted(happened, key=lambda each: each[0])
        ]
        if done:
            done[-1]["state"] = "now"
        coming = {"paid": ("dispatched", "delivered"), "dispatched": ("delivered",)}
        ahead = ("refunded",) if self.order.given_up else coming.get(self.order.state, ())
        first, last = self.expected()
        expected = tongue.say(N_("expected: %(first)s to %(last)s"), first=tongue.day(first), last=tongue.day(last))
        return done + [
            {"state": "todo", "word": tongue.say(COMING[kind]), "when": expected if kind == "delivered" else ""}
            for kind in ahead
        ]


def order_view(db: Session, number: str) -> OrderView:
    """The order of this number with everything about it; raises NotFound. Who may see it is the door's matter."""
    whole = (
        select(Order, Market, PaymentAttempt)
        .join(Market, col(Market.id) == col(Order.market))
        .outerjoin(PaymentAttempt, col(PaymentAttempt.order_number) == col(Order.number))
        .where(Order.number == number)
    )
    order, market, attempt = found(db.exec(whole).first())
    lines, pictures = _lines(db, number)
    events = db.exec(
        select(OrderEvent).where(OrderEvent.order_number == number).order_by(col(OrderEvent.at), col(OrderEvent.id))
    ).all()
    parcels, packed, owned = parcels_of(db, number) if order.dispatched_at else ([], {}, [])
    return OrderView(
        order,
        market,
        lines,
        list(events),
        parcels,
        accepted(db, number),
        attempt,
        pictures,
        packed,
        owned,
        refunds_of(db, number) if order.given_back else [],
    )


def _word(kind: str) -> str:
    """What an event is called on the timeline; empty for one that is not shown there."""
    return EVENTS.get(kind) or next((word for pattern, word in PARTS if pattern.fullmatch(kind)), "")


def parcels_of(db: Session, number: str) -> tuple[list[Parcel], dict[int, dict[str, int]], list[OwnedItem]]:
    """The order's parcels, what lies in each, and the pieces in them that bear a serial or a lot."""
    query = (
        select(Parcel, ParcelLine)
        .outerjoin(ParcelLine, col(ParcelLine.parcel) == col(Parcel.id))
        .where(Parcel.order_number == number)
        .order_by(col(Parcel.id), col(ParcelLine.sku))
    )
    parcels: dict[int, Parcel] = {}
    packed: dict[int, dict[str, int]] = {}
    rows: list[tuple[Parcel, ParcelLine | None]] = list(db.exec(query).all())
    for parcel, line in rows:
        parcels[parcel.id or 0] = parcel
        packed.setdefault(parcel.id or 0, {}).update({line.sku: line.quantity} if line is not None else {})
    owned = db.exec(select(OwnedItem).where(OwnedItem.order_number == number).order_by(col(OwnedItem.id))).all()
    return list(parcels.values()), packed, list(owned)


def _lines(db: Session, number: str) -> tuple[list[OrderLine], dict[str, tuple[str, str]]]:
    """The order's lines, and for each SKU that still exists its plate and its first picture."""
    query = (
        select(OrderLine, Product.plate, Picture.hash)
        .outerjoin(Product, col(Product.sku) == col(OrderLine.sku))
        .outerjoin(Picture, col(Picture.family) == col(Product.family))
        .where(OrderLine.order_number == number)
        .order_by(col(OrderLine.sku), col(Picture.position).desc())
    )
    rows = db.exec(query).all()
    lines = {line.sku: line for line, _plate, _picture in rows}
    return list(lines.values()), {line.sku: (plate, picture or "") for line, plate, picture in rows if plate}


def line_views(view: OrderView, tongue: Tongue, static: str) -> list[dict[str, Any]]:
    """The order's lines as the line macro shows them."""
    shown = []
    for line in view.lines:
        plate, picture = view.pictures.get(line.sku, ("parts", ""))
        image_url = f"/pictures/{picture}" if picture else f"{static}/art/kind-{plate}.svg"
        price = Money(line.unit * line.quantity, view.order.currency)
        shown.append(
            shown_line(
                tongue, line.sku, line.name, quantity=line.quantity, price=price, plate=plate, image_url=image_url
            )
            | {"serial": shown_serial(line.serial, tongue)}
        )
    return shown


def sums(view: OrderView, tongue: Tongue) -> list[dict[str, Any]]:
    """The order's sums, as the cart showed them."""
    order, inclusive = view.order, view.market.tax_display == "inclusive"
    rows = sum_rows(
        tongue,
        order.currency,
        inclusive=inclusive,
        goods=order.goods,
        shipping=view.shipping,
        tax=order.tax,
        total=order.total,
        area=area_name(order.region, view.market.country, tongue),
    )
    return rows + due_rows(tongue, order.currency, Due(order.due_now, order.due_later))


def accepted_views(view: OrderView, tongue: Tongue) -> list[dict[str, Any]]:
    """What was accepted with the order, as it was: policies and terms with their whole text, sentences as they stood."""
    return [
        {
            "name": title(each.text) if each.text != each.acceptance.wording else tongue.say(N_("Agreed to besides")),
            "html": safe(html(each.text, below=True)) if each.text != each.acceptance.wording else "",
            "acceptance": each.acceptance,
        }
        for each in view.accepted
    ]
