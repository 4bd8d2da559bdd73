"""Placing an order: everything is checked once more, held and written in one transaction, or nothing is.

What has changed since the customer last looked (price, policy, stock, the market itself) is a refusal that says what
happened; nothing is charged. The same key with the same content is the same order, however often it is sent.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.payments import Payments
from shop.checkout import stock
from shop.checkout.models import Hold, Order, OrderEvent, OrderLine, PaymentAttempt
from shop.checkout.quote import Quote, QuoteLine, money_digest, policies_now, policy_digest, quote
from shop.ground.errors import Refusal
from shop.markets.admission import keep_draw, visitor_for_buying
from shop.markets.arrival import Visit
from shop.markets.directory import facts_of
from shop.markets.gate import Gate, may_buy
from shop.markets.models import Exposure, Market, StopSale
from shop.policies.acceptance import accept
from shop.policies.library import PolicyLibrary

# The provider's sessions must live at least thirty minutes from when they are opened, and opening may be tried again
# for half an hour after it failed.
SESSION_LASTS = timedelta(minutes=61)
HOLD_OUTLIVES = timedelta(minutes=5)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class NotForSale(Refusal):
    """The gate is closed for this visitor now; `reason` is its code."""


class OutOfStock(Refusal):
    """Some pieces are no longer there; `lines` are the product names with what is wrong with each."""


class PriceChanged(Refusal):
    """What is to be paid differs from what the customer was shown."""


class PolicyChanged(Refusal):
    """A policy differs from the one the customer was shown; it has to be read and accepted again."""


class KeyReused(Refusal):
    """The same order form was sent with another content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who orders and where to; `address` is keyed as the country's form is."""

    email: str
    phone: str
    name: str
    address: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the customer sends with the order button: the cart, and fingerprints of what they were shown."""

    key: str
    lines: Mapping[str, int]
    money_seen: str
    policies_seen: str
    wording: str


def ask_gate(db: Session, visit: Visit, skus: frozenset[str], *, lock: bool = False) -> Gate:
    """The gate's answer for buying these SKUs now; everything it counts is read from the database.

    The page's own view of the market may be a second old. With `lock` a change of the market waits for this transaction.
    """
    market = db.exec(_market(visit, lock=lock)).one()
    stops = db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()
    counted = db.get(Exposure, market.id)
    used = counted.held + counted.paid if counted else 0
    visitor = visitor_for_buying(db, market, visit.held, staff=visit.staff)
    return may_buy(facts_of(market, stops, orders_used=used), visitor, skus)


def _market(visit: Visit, *, lock: bool) -> Any:
    query = select(Market).where(Market.id == visit.market.id).execution_options(populate_existing=True)
    return query.with_for_update(read=True) if lock else query


def let_in(db: Session, visit: Visit, skus: frozenset[str]) -> Gate:
    """The open gate; raises NotForSale when it is closed. A yes by percentage is kept."""
    gate = ask_gate(db, visit, skus, lock=True)
    if not gate.open:
        raise NotForSale(reason=gate.reason, url=visit.url(), support_url=visit.url("/support"))
    keep_draw(db, visit.market, visit.held.visitor, gate, now=visit.now)
    return gate


def place_order(
    db: Session, visit: Visit, wish: Wish, buyer: Buyer, *, policies: PolicyLibrary, payments: Payments
) -> PaymentAttempt:
    """Step one of paying: the order, its holds and its first attempt to be paid, in the caller's transaction.

    Raises NotForSale, OutOfStock, PriceChanged, PolicyChanged or KeyReused; then nothing at all has been written.
    """
    content = _content(wish, buyer, visit)
    known = db.exec(select(Order).where(Order.key == wish.key)).first()
    if known is not None:
        return _again(db, known, content)
    test = let_in(db, visit, frozenset(wish.lines)).test
    if test and payments.live:
        raise NotForSale(reason="preview_live", url=visit.url(), support_url=visit.url("/support"))
    offered = quote(db, visit, wish.lines)
    versions = policies_now(policies, visit)
    _refuse_differences(visit, offered, wish, policy_digest(versions))
    order = _order(visit, offered, wish, buyer, content, test=test)
    if not _is_first(db, order):
        return _again(db, db.exec(select(Order).where(Order.key == wish.key)).one(), content)
    if not test:
        _hold(db, visit, offered)
    _write(db, order, offered)
    accept(db, order.number, versions, visit.tongue, wish.wording, now=visit.now)
    return _attempt(db, order, payments.name, now=visit.now)


def _again(db: Session, order: Order, content: str) -> PaymentAttempt:
    if order.content != content:
        raise KeyReused
    return db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == order.number)).one()


def _refuse_differences(visit: Visit, offered: Quote, wish: Wish, policies: str) -> None:
    urls = {
        "cart_url": visit.url("/cart"),
        "review_url": visit.url("/checkout/review"),
        "support_url": visit.url("/support"),
    }
    if offered.problems:
        raise OutOfStock(
            lines=[_trouble(line) for line in offered.lines if line.problem], gone=len(offered.gone), **urls
        )
    if policies != wish.policies_seen:
        raise PolicyChanged(**urls)
    if money_digest(offered) != wish.money_seen:
        raise PriceChanged(total=offered.total, **urls)


def _trouble(line: QuoteLine) -> dict[str, object]:
    return {
        "name": line.offer.text.name,
        "problem": line.problem,
        "free": max(line.offer.free, 0),
        "wanted": line.quantity,
    }


def _hold(db: Session, visit: Visit, offered: Quote) -> None:
    by_sku = {line.offer.sku: line for line in offered.lines}
    short = stock.hold(db, {sku: line.quantity for sku, line in by_sku.items()})
    if short:
        lines = [{**_trouble(by_sku[sku]), "problem": "too_few"} for sku in short]
        raise OutOfStock(
            lines=lines,
            gone=0,
            cart_url=visit.url("/cart"),
            review_url=visit.url("/checkout/review"),
            support_url=visit.url("/support"),
        )
    if not stock.hold_place(db, db.get_one(Market, visit.market.id)):
        raise NotForSale(reason="order_cap", url=visit.url(), support_url=visit.url("/support"))


def _order(visit: Visit, offered: Quote, wish: Wish, buyer: Buyer, content: str, *, test: bool) -> Order:
    total = offered.total.minor
    return Order(
        number=_number(visit),
        market=visit.market.id,
        language=visit.tongue.language,
        currency=offered.currency,
        test=test,
        visitor=visit.held.visitor,
        key=wish.key,
        content=content,
        email=buyer.email,
        phone=buyer.phone,
        name=buyer.name,
        address=json.dumps(dict(buyer.address), ensure_ascii=False),
        goods=offered.goods,
        shipping=offered.shipping.gross,
        net=total - offered.tax,
        tax=offered.tax,
        total=total,
        days_min=offered.delivery.days_min,
        days_max=offered.delivery.days_max,
        placed_at=visit.now,
    )


def _is_first(db: Session, order: Order) -> bool:
    """Write the order; False when the same key was sent twice at once and the other one was quicker."""
    once = insert(Order).values(order.model_dump()).on_conflict_do_nothing(index_elements=["key"])
    return db.connection().execute(once.returning(col(Order.number))).scalar() is not None


def _write(db: Session, order: Order, offered: Quote) -> None:
    lines = [
        {
            "order_number": order.number,
            "sku": line.offer.sku,
            "name": line.offer.text.name,
            "quantity": line.quantity,
            "unit": line.offer.price.minor,
            "tax_bp": line.offer.tax_bp,
            **line.sums._asdict(),
        }
        for line in offered.lines
    ]
    db.connection().execute(insert(OrderLine), lines)
    db.connection().execute(
        insert(OrderEvent),
        [{"order_number": order.number, "kind": "placed", "at": order.placed_at, "person": "", "note": ""}],
    )


def _attempt(db: Session, order: Order, provider: str, *, now: datetime) -> PaymentAttempt:
    attempt = PaymentAttempt(
        key=f"{order.number}-1",
        order_number=order.number,
        provider=provider,
        expires_at=now + SESSION_LASTS,
        ask_at=now + SESSION_LASTS,
        created_at=now,
    )
    db.connection().execute(insert(PaymentAttempt), [attempt.model_dump()])
    if not order.test:
        hold = {"order_number": order.number, "state": "held", "expires_at": attempt.expires_at + HOLD_OUTLIVES}
        db.connection().execute(insert(Hold), [hold])
    return attempt


def _number(visit: Visit) -> str:
    """`DE-26-` and six letters and digits that cannot be mistaken for each other; unguessable is the link's secret, not this."""
    return f"{visit.market.country}-{visit.now:%y}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"


def _content(wish: Wish, buyer: Buyer, visit: Visit) -> str:
    sent = [
        sorted(wish.lines.items()),
        buyer.email,
        buyer.phone,
        buyer.name,
        sorted(buyer.address.items()),
        visit.market.id,
        wish.money_seen,
    ]
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()
