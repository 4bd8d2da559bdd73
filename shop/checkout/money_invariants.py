"""What must hold of the money: an order's sums, one payment for each paid order, and never more back than was paid.

For the demo till its own ledger is compared, charge by charge and refund by refund.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Double, and_, case, cast, func, or_
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.base.till import DemoTill, TillRefund, TillSession
from shop.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from shop.checkout.refunds import PAID
from shop.checkout.settling import MISMATCH
from shop.ground.money import PARTS
from shop.markets.models import Market

SETTLED_WITHIN = timedelta(minutes=10)  # of the end of its session, whatever became of the notice
ANSWERED_WITHIN = timedelta(hours=1)
COARSEST = (
    10  # minor units: a dinar is charged in tens of fils, and a market's step today may not be that of its orders
)
_DUE: Any = Order.total - Order.due_later


def _sums(db: Session, _now: datetime) -> Iterable[Broken]:
    """All but the parting of an amount into net and tax is exact. Delivery is parted nowhere: its tax is what is left."""

    def summed(amount: Any) -> Any:
        return func.coalesce(func.sum(amount), 0)

    line, shown = OrderLine, col(OrderLine.unit) * col(OrderLine.quantity)
    odd = or_(
        col(line.net) + line.tax != line.gross,
        shown.not_in((col(line.net), col(line.gross))),
        misrounded(line.tax, line.gross, line.tax_e5),
    )
    goods, gross = summed(shown), summed(line.gross) + Order.shipping
    tax, odd_lines = summed(line.tax), func.count(case((odd, 1)))
    wrong = or_(
        col(Order.total) != gross,
        col(Order.goods) != goods,
        col(Order.net) + Order.tax != Order.total,
        misrounded(Order.tax - tax, Order.shipping, Order.shipping_e5),
        odd_lines > 0,
    )
    query = naming(
        Order.number, Order.total, gross.label("lines_and_delivery"), Order.goods, goods.label("units_of_lines"),
        Order.net, Order.tax, tax.label("tax_of_lines"), odd_lines.label("lines_that_do_not_agree"),
    )  # fmt: skip
    query = query.outerjoin(line, col(line.order_number) == col(Order.number)).group_by(col(Order.number))
    return broken_rows(db, query.having(wrong).order_by(col(Order.number)))


def misrounded(tax: Any, gross: Any, rate_e5: Any) -> Any:
    """Whether the tax in an amount differs from its rate's by more than rounding does, inside a price or on top of it.

    Reckoned with fractions: the product of an amount and its rate may be more than a database holds as a whole number.
    """
    step = select(case((func.max(Market.price_step) > COARSEST, func.max(Market.price_step)), else_=COARSEST))
    exact = cast(gross, Double) * rate_e5 / (PARTS + rate_e5)
    return func.abs(tax - exact) * 2 > step.scalar_subquery() + 0.01


def _paid_once(db: Session, _now: datetime) -> Iterable[Broken]:
    # Counted, not joined by: SQLite, which keeps no statistics here, may take the index over the state for each order.
    number = func.count(case((col(PaymentAttempt.state) == "paid", 1)))
    once = and_(col(Order.paid_at).is_not(None), or_(number == 1, and_(_DUE == 0, number == 0)))
    query = naming(Order.number, Order.state, number.label("payments"))
    query = query.outerjoin(PaymentAttempt, col(PaymentAttempt.order_number) == col(Order.number))
    query = query.group_by(col(Order.number))
    query = query.having(~or_(once, and_(col(Order.paid_at).is_(None), number == 0)))
    return broken_rows(db, query.order_by(col(Order.number)))


def _given_back(db: Session, _now: datetime) -> Iterable[Broken]:
    refunds = (
        select(Refund.order_number, func.sum(Refund.minor).label("minor"))
        .where(Refund.state != "refused")
        .group_by(col(Refund.order_number))
        .subquery()
    )
    minor = func.coalesce(refunds.c.minor, 0)
    query = naming(Order.number, Order.given_back, minor.label("refunds"))
    query = query.outerjoin(refunds, refunds.c.order_number == Order.number)
    return broken_rows(db, query.where(col(Order.given_back) != minor).order_by(col(Order.number)))


def _above_paid(db: Session, _now: datetime) -> Iterable[Broken]:
    paid = case((col(Order.paid_at).is_(None), 0), else_=PAID)
    query = naming(Order.number, Order.given_back, paid.label("paid"))
    return broken_rows(db, query.where(col(Order.given_back) > paid).order_by(col(Order.number)))


def _mismatch(db: Session, _now: datetime) -> Iterable[Broken]:
    query = naming(PaymentAttempt.order_number, PaymentAttempt.payment).where(PaymentAttempt.state == MISMATCH)
    return broken_rows(db, query.order_by(col(PaymentAttempt.order_number)))


def _unknown(db: Session, now: datetime) -> Iterable[Broken]:
    query = naming(Refund.order_number, Refund.key, Refund.minor, Refund.asked_at)
    query = query.where(Refund.state == "unknown", col(Refund.asked_at) < now - ANSWERED_WITHIN)
    return broken_rows(db, query.order_by(col(Refund.asked_at)))


def _till_charges(db: Session, now: datetime) -> Iterable[Broken]:
    """Money at the till that no order knows of, or that was never settled."""
    late = and_(col(PaymentAttempt.state).in_(("begun", "waiting")), col(TillSession.expires_at) < now - SETTLED_WITHIN)
    unknown = or_(col(PaymentAttempt.key).is_(None), late, col(PaymentAttempt.state).in_(("expired", "failed")))
    query = naming(
        TillSession.id, TillSession.reference, TillSession.amount, TillSession.currency, PaymentAttempt.state
    )
    query = query.outerjoin(PaymentAttempt, col(PaymentAttempt.session) == col(TillSession.id))
    return broken_rows(db, query.where(TillSession.status == "paid", unknown).order_by(col(TillSession.id)))


def _till_orders(db: Session, _now: datetime) -> Iterable[Broken]:
    """Orders that say the till has their money, which does not say so, or says another amount."""
    charged = and_(col(TillSession.id) == col(PaymentAttempt.session), col(TillSession.status) == "paid")
    same = and_(col(TillSession.amount) == _DUE, col(TillSession.currency) == col(Order.currency))
    query = (
        naming(Order.number, _DUE.label("due"), Order.currency, col(TillSession.amount).label("charged"))
        .join(PaymentAttempt, col(PaymentAttempt.order_number) == col(Order.number))
        .outerjoin(TillSession, charged)
        .where(PaymentAttempt.provider == DemoTill.name, PaymentAttempt.state == "paid")
        .where(~func.coalesce(same, False))
    )
    return broken_rows(db, query.order_by(col(Order.number)))


def _till_refunds(db: Session, _now: datetime) -> Iterable[Broken]:
    """Refunds of the till that the orders' ledger does not know so."""
    query = naming(TillRefund.key, TillRefund.minor, col(Refund.minor).label("ours"), Refund.state)
    query = query.outerjoin(Refund, col(Refund.key) == col(TillRefund.key))
    wrong = or_(col(Refund.key).is_(None), col(Refund.minor) != TillRefund.minor, col(Refund.state) == "refused")
    return broken_rows(db, query.where(wrong).order_by(col(TillRefund.key)))


def _refunds_at_till(db: Session, _now: datetime) -> Iterable[Broken]:
    """Refunds that are said to be done by the till, which has not made them."""
    query = (
        naming(Refund.key, Refund.order_number, Refund.minor)
        .join(PaymentAttempt, col(PaymentAttempt.order_number) == col(Refund.order_number))
        .outerjoin(TillRefund, col(TillRefund.key) == col(Refund.key))
        .where(PaymentAttempt.provider == DemoTill.name, PaymentAttempt.state == "paid")
        .where(Refund.state == "done", Refund.provider_id != "", col(TillRefund.key).is_(None))
    )
    return broken_rows(db, query.order_by(col(Refund.key)))


_BY_HAND = N_("Compare the order with the payment provider, and set right what was changed by hand.")

INVARIANTS = (
    Invariant(
        "money.sums",
        "I1",
        N_(
            "Each order's lines and delivery cost add up to its total; prices, pieces and tax agree in each line and "
            "in the whole order."
        ),
        _BY_HAND,
        _sums,
    ),
    Invariant(
        "money.paid_once",
        "I1",
        N_("Every paid order has exactly one payment, and no unpaid one has any."),
        N_(
            "Look the order up at the payment provider: give back what was paid twice, and ask for what was never paid."
        ),
        _paid_once,
    ),
    Invariant(
        "money.given_back",
        "I1",
        N_("The amount that an order shows as given back is the sum of its refunds."),
        _BY_HAND,
        _given_back,
    ),
    Invariant("money.above_paid", "I1", N_("No more is given back than was paid."), _BY_HAND, _above_paid),
    Invariant(
        "till.charges",
        "I1",
        N_("The demo till holds no payment without an order."),
        N_("See that the periodic work runs; it settles payments whose notice never arrived."),
        _till_charges,
    ),
    Invariant(
        "till.orders",
        "I1",
        N_("The demo till holds the payment of every order that was paid there."),
        _BY_HAND,
        _till_orders,
    ),
    Invariant(
        "till.refunds",
        "I1",
        N_("Every refund made by the demo till is recorded in its order."),
        _BY_HAND,
        _till_refunds,
    ),
    Invariant(
        "till.refunded",
        "I1",
        N_("Every refund that is recorded as done was made by the demo till."),
        _BY_HAND,
        _refunds_at_till,
    ),
    Invariant(
        "money.mismatch",
        "I1",
        N_("Nobody has paid a different amount from the one asked for."),
        N_("Give the money back at the payment provider, or agree with the customer on a new order."),
        _mismatch,
        look=True,
    ),
    Invariant(
        "money.unknown",
        "I1",
        N_("The payment provider has answered for every refund."),
        N_(
            "Look the refund up at the payment provider; it is asked again by itself as long as the periodic work runs."
        ),
        _unknown,
        look=True,
    ),
)
