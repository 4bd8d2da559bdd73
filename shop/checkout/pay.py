"""Paying, in three named steps: place (`placing.place_order`), open the provider's session, remember it.

The provider is called with no transaction open. A crash between any two steps is settled by the sweeper. Whatever
follows payment is one function, `settle`, that may be called any number of times, at once, and from anywhere.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.outbox import enqueue
from shop.base.payments import PaymentRefused, Payments, PaymentsAway, PaymentState, SessionAsk
from shop.checkout import stock
from shop.checkout.models import Hold, Order, OrderEvent, OrderLine, PaymentAttempt
from shop.checkout.placing import Buyer, Wish, place_order
from shop.ground.errors import Refusal
from shop.ground.money import Money
from shop.markets.arrival import Visit
from shop.markets.models import Market
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
    with cashier.database.writing() as db:
        attempt = place_order(db, visit, wish, buyer, policies=cashier.policies, payments=cashier.payments)
        order = db.get_one(Order, attempt.order_number)
        lines = lines_of(db, order)
    if order.state != "placed" or attempt.state != "begun":
        return Begun(order.number, "")
    if not attempt.url:
        ask = session_ask(order, lines, attempt, base_url=cashier.base_url, languages=cashier.languages)
        return Begun(order.number, _open(cashier, attempt, ask, now=visit.now))
    return Begun(order.number, attempt.url)


def _open(cashier: Cashier, attempt: PaymentAttempt, ask: SessionAsk, *, now: datetime) -> str:
    try:
        session = cashier.payments.open_session(ask)
    except PaymentsAway:
        raise PaymentAway(retry_after=20) from None
    except PaymentRefused as refusal:
        structlog.get_logger().error("payment refused", order=attempt.order_number, reason=str(refusal))
        with cashier.database.writing() as db:
            settle(db, attempt, PaymentState("", "expired"), now=now)
        raise PaymentImpossible from None
    remember_session(cashier.database, attempt.key, session.id, session.url)
    return session.url


def session_ask(
    order: Order, lines: list[OrderLine], attempt: PaymentAttempt, *, base_url: str, languages: Languages
) -> SessionAsk:
    """What the provider is asked: the order's lines and delivery, adding up to its total. The same order asks the same."""
    delivery_word = languages.tongue(order.language).say(N_("Delivery"))
    currency = order.currency
    priced = [
        (line.name, 1, Money(line.gross, currency))
        if line.gross != line.unit * line.quantity
        else (line.name, line.quantity, Money(line.unit, currency))
        for line in lines
    ]
    if order.shipping:
        priced.append((delivery_word, 1, Money(order.shipping, currency)))
    address = f"{base_url}/{order.market}/{order.language}/orders/{order.number}"
    return SessionAsk(
        reference=order.number,
        total=Money(order.total, currency),
        lines=tuple(priced),
        email=order.email,
        language=order.language,
        return_url=f"{address}/paid",
        cancel_url=address,
        expires_at=attempt.expires_at,
        key=attempt.key,
        metadata={"order": order.number, "market": order.market},
    )


def remember_session(database: Database, key: str, session: str, url: str) -> None:
    """Step three: the provider's session belongs to this attempt."""
    with database.writing() as db:
        mine = update(PaymentAttempt).where(col(PaymentAttempt.key) == key, col(PaymentAttempt.session).is_(None))
        db.connection().execute(mine.values(session=session, url=url))


def settle_by_session(database: Database, payments: Payments, session: str, *, now: datetime) -> bool:
    """Ask the provider what became of the session, and settle. False when no attempt of ours has this session."""
    state = payments.state(session)
    with database.writing() as db:
        attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.session == session)).first()
        if attempt is None:
            return False
        settle(db, attempt, state, now=now)
    return True


def abandon(database: Database, payments: Payments, attempt: PaymentAttempt, *, now: datetime) -> None:
    """The customer does not want to pay after all: end the session, so that what was held is free again at once.

    An attempt that was paid meanwhile stays paid. Raises PaymentAway when the provider cannot be asked now.
    """
    if not attempt.session or attempt.state != "begun":
        return
    try:
        payments.expire(attempt.session)
        settle_by_session(database, payments, attempt.session, now=now)
    except (PaymentsAway, PaymentRefused):
        raise PaymentAway(retry_after=20) from None


def settle(db: Session, attempt: PaymentAttempt, state: PaymentState, *, now: datetime) -> None:
    """Everything that follows from the provider's word. Only the call that changes the attempt's state does anything.

    Money that comes after the attempt was given up still counts: it is honoured from spare stock, or given back.
    """
    if state.status == "open":
        return
    before = ("begun", "expired") if state.status == "paid" else ("begun",)
    mine = update(PaymentAttempt).where(col(PaymentAttempt.key) == attempt.key, col(PaymentAttempt.state).in_(before))
    if db.connection().execute(mine.values(state=state.status, payment=state.payment)).rowcount != 1:
        return
    order = db.get_one(Order, attempt.order_number)
    if state.status == "paid":
        _paid(db, order, state, now=now)
    else:
        _not_paid(db, order, now=now)


def lines_of(db: Session, order: Order) -> list[OrderLine]:
    """The order's lines."""
    return list(
        db.exec(select(OrderLine).where(OrderLine.order_number == order.number).order_by(col(OrderLine.sku))).all()
    )


def pieces_of(db: Session, order: Order) -> dict[str, int]:
    """SKUs and pieces of an order."""
    return {line.sku: line.quantity for line in lines_of(db, order)}


def note_event(db: Session, order: Order, kind: str, *, now: datetime, person: str = "", note: str = "") -> None:
    """Put an entry on the order's timeline, once per kind."""
    row = {"order_number": order.number, "kind": kind, "at": now, "person": person, "note": note}
    db.connection().execute(
        insert(OrderEvent).values(row).on_conflict_do_nothing(index_elements=["order_number", "kind"])
    )


def change_order(db: Session, order: Order, to: str, *, only_from: tuple[str, ...], **values: object) -> bool:
    """Move the order to a state from one of these; False when it is in none of them."""
    change = update(Order).where(col(Order.number) == order.number, col(Order.state).in_(only_from))
    return db.connection().execute(change.values(state=to, **values)).rowcount == 1


def tell(db: Session, order: Order, mail: str, *, now: datetime) -> None:
    """Have the customer told by mail, once per order and mail."""
    enqueue(db, "order mail", f"order:{order.number}:{mail}", {"order": order.number, "mail": mail}, now=now)


def _paid(db: Session, order: Order, state: PaymentState, *, now: datetime) -> None:
    market = db.get_one(Market, order.market)
    if market.state == "paused" and market.pause_mode == "safety":
        _give_up(db, order, now=now)
        return _refund(db, order, state, now=now)
    if not order.test and not _keep(db, order):
        return _refund(db, order, state, now=now)
    change_order(db, order, "paid", only_from=("placed", "cancelled"), paid_at=now)
    note_event(db, order, "paid", now=now)
    tell(db, order, "confirmed", now=now)


def _keep(db: Session, order: Order) -> bool:
    """Turn the hold into a sale; when it was given back already, honour the payment from spare stock if there is any."""
    pieces = pieces_of(db, order)
    if _close_hold(db, order, "sold"):
        stock.sell_held(db, pieces)
        stock.settle_place(db, order.market, held=True, paid=True)
        return True
    if stock.sell_spare(db, pieces):
        stock.settle_place(db, order.market, held=False, paid=True)
        return True
    return False


def _refund(db: Session, order: Order, state: PaymentState, *, now: datetime) -> None:
    """Money came for what can no longer be delivered: all of it goes back, with an apology."""
    payload = {
        "payment": state.payment,
        "minor": order.total,
        "currency": order.currency,
        "key": f"{order.number}-late",
    }
    enqueue(db, "refund", f"refund:{order.number}:late", payload, now=now)
    change_order(db, order, "refunded", only_from=("placed", "cancelled"), paid_at=now)
    note_event(db, order, "refunded", now=now)
    tell(db, order, "refunded", now=now)


def _not_paid(db: Session, order: Order, *, now: datetime) -> None:
    _give_up(db, order, now=now)
    if change_order(db, order, "cancelled", only_from=("placed",)):
        note_event(db, order, "cancelled", now=now)


def _give_up(db: Session, order: Order, *, now: datetime) -> None:
    if _close_hold(db, order, "released"):
        stock.release(db, pieces_of(db, order))
        stock.settle_place(db, order.market, held=True, paid=False)


def _close_hold(db: Session, order: Order, to: str) -> bool:
    mine = update(Hold).where(col(Hold.order_number) == order.number, col(Hold.state) == "held")
    return db.connection().execute(mine.values(state=to)).rowcount == 1
