"""Paying, in three named steps: place (`placing.place_order`), open the provider's session, remember it.

The provider is called with no transaction open. A crash between any two steps is settled by the sweeper. What follows
from the provider's word is in `settling.py`. A cart, and a mailbox in a market, has one
unpaid order: another one first ends the one before.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import bindparam, update
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.base.mail import as_sent
from shop.base.payments import PaymentRefused, Payments, PaymentsAway, PaymentState, SessionAsk
from shop.checkout.booking import Buyer, Wish
from shop.checkout.bounds import StillUnpaid
from shop.checkout.models import Hold, Order, OrderLine, PaymentAttempt
from shop.checkout.placing import Placed, look_again, place_order
from shop.checkout.settling import is_paid_for, lines_of, settle, settle_session
from shop.ground.errors import Refusal
from shop.ground.money import Money
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary


class PaymentAway(Refusal):
    """The provider cannot be reached now; nothing has been charged, and the same form may be sent again."""


class PaymentImpossible(Refusal):
    """The provider will not take this payment; nothing has been charged, and the order has ended."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An order that is placed; `url` is where it is paid, and empty when there is nothing to pay any more."""

    number: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cashier:
    """What paying needs of the house."""

    database: Database
    payments: Payments
    policies: PolicyLibrary
    languages: Languages
    base_url: str


def begin(cashier: Cashier, visit: Visit, wish: Wish, buyer: Buyer) -> Begun:
    """The three steps: place the order, open the provider's session with no transaction open, remember the session.

    Raises what `place_order` raises, PaymentAway when it is worth trying again, PaymentImpossible when it is not.
    """
    if paid := _end_others(cashier, visit, wish, buyer):
        return Begun(paid, "")
    try:
        placed = _place(cashier, visit, wish, buyer)
    except StillUnpaid:  # begun in another tab at the same moment: the later one stands
        if paid := _end_others(cashier, visit, wish, buyer):
            return Begun(paid, "")
        placed = _place(cashier, visit, wish, buyer)
    attempt, order, lines = placed
    if order.state != "placed" or attempt.state != "begun":
        return Begun(order.number, "")
    if not attempt.url:
        ask = session_ask(order, lines, attempt, base_url=cashier.base_url, languages=cashier.languages)
        return Begun(order.number, _open(cashier, attempt, ask, now=visit.now))
    return Begun(order.number, attempt.url)


def _place(cashier: Cashier, visit: Visit, wish: Wish, buyer: Buyer) -> Placed:
    with cashier.database.writing() as db:
        return place_order(db, visit, wish, buyer, policies=cashier.policies, payments=cashier.payments)


def _end_others(cashier: Cashier, visit: Visit, wish: Wish, buyer: Buyer) -> str:
    """Give up what else is unpaid of this cart, or of this mailbox in the market; not for an order that is refused anyway.

    The number of one of this cart for which money turns out to be coming, else nothing: who merely knows a mailbox is
    led to no order of it.
    """
    same_cart = (col(Order.cart) == wish.cart) & (col(Order.cart) != "")
    same_mailbox = col(Hold.mailbox) == (buyer.unpaid_by.mailbox if buyer.unpaid_by else "")
    unpaid = (
        select(PaymentAttempt)
        .join(Order, col(Order.number) == col(PaymentAttempt.order_number))
        .outerjoin(Hold, col(Hold.order_number) == col(Order.number))
        .where(same_cart | same_mailbox, Order.key != wish.key, Order.state == "placed")
        .where(PaymentAttempt.state == "begun")
    )
    with cashier.database.reading() as db:
        others = db.exec(unpaid).all()
        if others:
            look_again(db, visit, wish, buyer, policies=cashier.policies)
    for attempt in others:
        _end(cashier, attempt, now=visit.now)
        with cashier.database.reading() as db:
            order, known = db.get_one(Order, attempt.order_number), db.get_one(PaymentAttempt, attempt.key)
        if wish.cart and order.cart == wish.cart and is_paid_for(order, known):
            return order.number
    return ""


def _end(cashier: Cashier, attempt: PaymentAttempt, *, now: datetime) -> None:
    """End an order that another takes the place of, also one whose session was never written down."""
    if not attempt.session:
        try:
            attempt.session = session_of(
                cashier.database, cashier.payments, attempt, languages=cashier.languages, base_url=cashier.base_url
            )
        except PaymentsAway:
            raise PaymentAway(retry_after=20) from None
    if attempt.session:
        return abandon(cashier.database, cashier.payments, attempt, now=now)
    with cashier.database.writing() as db:
        settle(db, attempt, PaymentState("", "expired"), now=now, quietly=True)


def session_of(
    database: Database, payments: Payments, attempt: PaymentAttempt, *, languages: Languages, base_url: str
) -> str:
    """The session of an attempt without one: the same key asked again hands out the same one. Empty when there is none."""
    with database.reading() as db:
        order = db.get_one(Order, attempt.order_number)
        ask = session_ask(order, lines_of(db, order), attempt, base_url=base_url, languages=languages)
    try:
        opened = payments.open_session(ask)
    except PaymentRefused:
        return ""
    remember_session(database, attempt.key, opened.id, opened.url)
    return opened.id


def _open(cashier: Cashier, attempt: PaymentAttempt, ask: SessionAsk, *, now: datetime) -> str:
    try:
        session = cashier.payments.open_session(ask)
    except PaymentsAway:
        raise PaymentAway(retry_after=20) from None
    except PaymentRefused as refusal:
        structlog.get_logger().error("payment refused", order=attempt.order_number, reason=str(refusal))
        if url := _refused(cashier.database, attempt, now=now):
            return url
        raise PaymentImpossible from None
    remember_session(cashier.database, attempt.key, session.id, session.url)
    return session.url


def _refused(database: Database, attempt: PaymentAttempt, *, now: datetime) -> str:
    """End the order, unless the same form, sent a second time, was led to pay meanwhile: then where it is paid."""
    with database.writing() as db:
        mine = select(PaymentAttempt).where(PaymentAttempt.key == attempt.key).with_for_update()
        known = db.exec(mine).one()
        if known.session:
            return known.url
        settle(db, known, PaymentState("", "expired"), now=now, quietly=True)
    return ""


def session_ask(
    order: Order, lines: list[OrderLine], attempt: PaymentAttempt, *, base_url: str, languages: Languages
) -> SessionAsk:
    """What the provider is asked: what is due now, line by line if that is all. The same order asks the same."""
    tongue = languages.tongue(order.language)
    address = f"{base_url}/{order.market}/{order.language}/orders/{order.number}"
    return SessionAsk(
        reference=order.number,
        total=Money(order.due_now, order.currency),
        lines=_part(order, tongue) if order.due_later else _whole(order, lines, tongue),
        email=as_sent(order.email),
        language=order.language,
        return_url=f"{address}/paid",
        cancel_url=address,
        expires_at=attempt.expires_at,
        key=attempt.key,
        methods=tuple(attempt.methods.split()),
        metadata={"order": order.number, "market": order.market},
    )


Priced = tuple[tuple[str, int, Money], ...]


def _whole(order: Order, lines: list[OrderLine], tongue: Tongue) -> Priced:
    """The order's lines and delivery."""
    currency = order.currency
    priced = [
        (line.name, 1, Money(line.gross, currency))
        if line.gross != line.unit * line.quantity
        else (line.name, line.quantity, Money(line.unit, currency))
        for line in sorted(lines, key=lambda each: each.sku)  # the same order asks the same, however it was read
    ]
    if order.shipping:
        priced.append((tongue.say(N_("Delivery")), 1, Money(order.shipping, currency)))
    return tuple(priced)


def _part(order: Order, tongue: Tongue) -> Priced:
    """One line that says both amounts: what is paid now, and what is left for the delivery."""
    said = tongue.say(
        N_("Part of order %(number)s, to be paid now. To be paid on delivery: %(later)s"),
        number=order.number,
        later=tongue.money(Money(order.due_later, order.currency)),
    )
    return ((said, 1, Money(order.due_now, order.currency)),)


def remember_session(database: Database, key: str, session: str, url: str) -> None:
    """Step three: the provider's session belongs to this attempt."""
    with database.writing() as db:
        db.connection().execute(_REMEMBERED, {"which": key, "session": session, "url": url})


_REMEMBERED = update(PaymentAttempt).where(
    col(PaymentAttempt.key) == bindparam("which"), col(PaymentAttempt.session).is_(None)
)


def settle_by_session(
    database: Database, payments: Payments, session: str, *, now: datetime, quietly: bool = False
) -> bool:
    """Ask the provider what became of the session, and settle. False when no attempt of ours has this session."""
    state = payments.state(session)
    with database.writing() as db:
        return settle_session(db, session, state, now=now, quietly=quietly)


def abandon(database: Database, payments: Payments, attempt: PaymentAttempt, *, now: datetime) -> None:
    """The customer does not want to pay after all: end the session, so that what was held is free again at once.

    An attempt that was paid meanwhile stays paid. Raises PaymentAway when the provider cannot be asked now.
    """
    if not attempt.session or attempt.state != "begun":
        return
    try:
        payments.expire(attempt.session)
        settle_by_session(database, payments, attempt.session, now=now, quietly=True)
    except (PaymentsAway, PaymentRefused):
        raise PaymentAway(retry_after=20) from None
