"""An order written down: who wishes for what, and the rows that it becomes. Checks nothing; that is done before."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.checkout.addresses import region_of
from shop.checkout.bounds import UnpaidBy
from shop.checkout.models import Order, OrderEvent, OrderLine, PaymentAttempt
from shop.checkout.quote import Quote
from shop.markets.taxes import NoTaxRate
from shop.markets.visit import Visit

# The provider's sessions must live at least thirty minutes from when they are opened, and opening may be tried again
# for half an hour after it failed.
SESSION_LASTS = timedelta(minutes=61)
HOLD_OUTLIVES = timedelta(minutes=5)  # until then the sweeper has settled an order whose session nobody paid
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who orders and where to; `address` is keyed as the country's form is, `business_number` as the market writes it.

    `unpaid_by` is under what their unpaid orders are bounded; without it they are not.
    """

    email: str
    phone: str
    name: str
    address: Mapping[str, str]
    business_number: str = ""
    unpaid_by: UnpaidBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the customer sends with the order button: the cart, and fingerprints of what they were shown.

    `ticked` are the boxes besides the policies, `serials` the machines that parts are for, `cart` is the cart's mark.
    Without `lines_seen` nobody asks whether the cart itself was changed since.
    """

    key: str
    lines: Mapping[str, int]
    money_seen: str
    policies_seen: str
    wording: str
    lines_seen: str = ""
    ticked: frozenset[str] = frozenset()
    serials: Mapping[str, str] = field(default_factory=dict)
    cart: str = ""


def order_of(visit: Visit, offered: Quote, wish: Wish, buyer: Buyer, *, content: str, test: bool) -> Order:
    """The order's row, with a number of its own. Raises NoTaxRate while the tax is not known."""
    total, tax = offered.total.minor, offered.tax
    if tax is None:
        raise NoTaxRate(market=visit.market.id, tax_class="", region="")
    return Order(
        number=_number(visit),
        market=visit.market.id,
        language=visit.tongue.language,
        currency=offered.currency,
        test=test,
        visitor=visit.keeps.visitor,
        cart=wish.cart,
        key=wish.key,
        content=content,
        email=buyer.email,
        phone=buyer.phone,
        name=buyer.name,
        address=json.dumps(dict(buyer.address), ensure_ascii=False),
        goods=offered.goods,
        region=region_of(buyer.address, visit.market.country),
        business_number=buyer.business_number,
        shipping=offered.shipping.gross,
        shipping_e5=offered.shipping_e5,
        net=total - tax,
        tax=tax,
        total=total,
        due_later=offered.due.later,
        parcel=offered.parcel,
        days_min=offered.delivery.days_min,
        days_max=offered.delivery.days_max,
        placed_at=visit.now,
    )


def write_order(db: Session, order: Order, visit: Visit) -> bool:
    """Write the order's row, under a new number if another order has its one.

    False, and nothing is written, when the same key was sent twice at once and the other one was quicker.
    """
    while db.connection().execute(_ORDER_ONCE, order.model_dump()).scalar() is None:
        if db.exec(select(Order.key).where(Order.key == order.key)).first() is not None:
            return False
        order.number = _number(visit)
    return True


_ORDER_ONCE = insert(Order).on_conflict_do_nothing().returning(col(Order.number))


def write_lines(db: Session, order: Order, offered: Quote, serials: Mapping[str, str]) -> list[OrderLine]:
    """The order's lines, each with the machine it is for, and the first entry of its timeline."""
    lines = [
        {
            "order_number": order.number,
            "sku": line.offer.sku,
            "name": line.offer.text.name,
            "quantity": line.quantity,
            "unit": line.offer.price.minor,
            "tax_e5": line.tax_e5,
            "serial": serials.get(line.offer.sku, ""),
            "kind": line.offer.product.kind,
            "return_class": line.offer.product.return_class,
            **line.sums._asdict(),
        }
        for line in offered.lines
    ]
    begun = {"order_number": order.number, "kind": "placed", "at": order.placed_at, "person": "", "note": ""}
    connection = db.connection()
    connection.execute(_LINES, lines)
    connection.execute(_EVENT, begun)
    return [OrderLine(**line) for line in lines]


_LINES, _EVENT, _ATTEMPT = insert(OrderLine), insert(OrderEvent).inline(), insert(PaymentAttempt)


def first_attempt(db: Session, order: Order, provider: str, methods: str, *, now: datetime) -> PaymentAttempt:
    """The attempt to pay the order."""
    attempt = PaymentAttempt(
        key=attempt_key(order.number),
        order_number=order.number,
        provider=provider,
        methods=methods,
        expires_at=now + SESSION_LASTS,
        ask_at=now + SESSION_LASTS,
        created_at=now,
    )
    db.connection().execute(_ATTEMPT, attempt.model_dump())
    return attempt


def attempt_key(order_number: str) -> str:
    """The key of the order's attempt to be paid, of which each has one."""
    return f"{order_number}-1"


def _number(visit: Visit) -> str:
    """`DE-26-` and six letters and digits that cannot be mistaken for each other; unguessable is the link's secret, not this."""
    return f"{visit.market.country}-{visit.now:%y}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"


def fingerprint(wish: Wish, buyer: Buyer, visit: Visit) -> str:
    """What tells one wish from another that came under the same key."""
    sent = [
        sorted(wish.lines.items()),
        buyer.email,
        buyer.phone,
        buyer.name,
        sorted(buyer.address.items()),
        buyer.business_number,
        visit.market.id,
        wish.money_seen,
        sorted(wish.serials.items()),
        sorted(wish.ticked),
    ]
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()
