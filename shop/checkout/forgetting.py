"""Letting go of who placed an order, where customers are counted: the counts stay right and say nobody's name any more."""

from collections.abc import Iterable

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shop.checkout import allowance
from shop.checkout.models import CustomerAllowance, Hold, Order, OrderLine
from shop.checkout.places import COUNTED
from shop.markets.exposure_models import ExposureCustomer


def forget_counts(db: Session, numbers: Iterable[str]) -> None:
    """Take these orders out of what is counted by customer. To be called while they still say whose they are."""
    for number in numbers:
        order, held = db.get_one(Order, number), db.get(Hold, number)
        if held is None or held.state not in COUNTED:
            continue
        lines = db.exec(select(OrderLine.sku, OrderLine.quantity).where(OrderLine.order_number == number)).all()
        allowance.give_back(db, order.market, dict(lines), allowance.customers(order.email, order.visitor))
        theirs = update(ExposureCustomer).where(
            col(ExposureCustomer.market) == order.market,
            col(ExposureCustomer.customer) == held.customer,
            col(ExposureCustomer.orders) > 0,
        )
        db.connection().execute(theirs.values(orders=ExposureCustomer.orders - 1))
    db.connection().execute(delete(CustomerAllowance).where(col(CustomerAllowance.pieces) == 0))
    db.connection().execute(delete(ExposureCustomer).where(col(ExposureCustomer.orders) == 0))
