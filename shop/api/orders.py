"""Operations on orders: reading them page by page, and one with what is to be packed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.operations import Call, Operation, Reply
from shop.api.order_shapes import (
    Amount,
    Customer,
    Mark,
    OrderHead,
    OrderLineTold,
    Orders,
    OrdersAsked,
    OrderWhole,
    ParcelTold,
)
from shop.api.paging import following, place
from shop.api.problems import wrong
from shop.catalogue.models import MainsSupply
from shop.checkout.dispatch import left_to_send, papers_missing
from shop.checkout.models import UNPAID, Order, Parcel
from shop.checkout.newest_orders import newest_first
from shop.checkout.orders import OrderView, order_view
from shop.checkout.packing import ToPack, dispatch_checklist, to_pack
from shop.checkout.stopped import stopped_lines
from shop.ground.money import Money
from shop.staff.may import markets_for


def list_orders(call: Call, db: Session) -> Reply:
    """A page of orders of the person's markets, the newest first."""
    asked: OrdersAsked = call.query
    query = select(Order).where(Order.state == asked.state if asked.state else col(Order.state).not_in(UNPAID))
    if asked.market:
        query = query.where(Order.market == call.own_market(asked.market))
    elif own := markets_for(call.staff.person, "order.see"):
        query = query.where(col(Order.market).in_(own))
    before = place(call, 2)
    query = newest_first(query, (instant(before[0]), str(before[1])) if before is not None else None)
    rows, after = following(call, db.exec(query.limit(asked.limit + 1)).all(), "placed_at", "number")
    return Reply(Orders(items=[OrderHead(**head(each)) for each in rows], next=after))


def show_order(call: Call, db: Session) -> Reply:
    """One order with its lines, parcels, customer and checklist."""
    return Reply(whole(call, db, own_order(call, db)))


def own_order(call: Call, db: Session) -> OrderView:
    """The order of the address, if it is of a market in which the person may do this; raises NotFound."""
    view = order_view(db, call.path["number"])
    call.staff.check_market(view.order.market)
    return view


def whole(call: Call, db: Session, view: OrderView) -> OrderWhole:
    """The order as a program reads it."""
    order, tongue = view.order, call.hall.tongue
    left = left_to_send(db, order) if order.state == "paid" else {}
    packable = to_pack(db, order) if order.state == "paid" else []
    pieces = {each.sku: each.left for each in packable}
    asks = {each.sku: _marks(each) for each in packable}
    mains = db.get(MainsSupply, view.market.id)
    asked = dispatch_checklist(packable, pieces, view.market, mains, tongue, cases=order.after_sales).fields
    missing = papers_missing(db, order, view.market, left, now=call.now) if left else []
    return OrderWhole(
        **head(order),
        customer=Customer(
            name=order.name, email=order.email, phone=order.phone, language=order.language, address=view.address
        ),
        lines=[
            OrderLineTold(
                sku=line.sku, name=line.name, quantity=line.quantity, withheld=line.withheld,
                left_to_send=left.get(line.sku, 0), asks=asks.get(line.sku, []),
                unit=amount(line.unit, order.currency), serial=line.serial,
            )
            for line in view.lines
        ],
        parcels=[_parcel(each, view.packed.get(each.id or 0, {})) for each in view.parcels],
        checklist=[each.name for each in asked if each.kind == "tick"] if left else [],
        papers_missing=[f"{each.sku}: {each.paper} ({each.why})" for each in missing],
        sale_stopped=sorted({each.sku for each in stopped_lines(db, order)}) if left else [],
    )  # fmt: skip


def _marks(line: ToPack) -> list[Mark]:
    marks: list[Mark] = ["serials"] if line.product.serial else []
    return [*marks, "lots"] if line.bears_lot else marks


def head(order: Order) -> dict[str, Any]:
    """What a list tells of an order."""
    return {
        **order.model_dump(include={"number", "market", "state", "test"}),
        **order.model_dump(include={"placed_at", "paid_at", "dispatched_at", "delivered_at"}),
        "total": amount(order.total, order.currency),
        "given_back": amount(order.given_back, order.currency),
    }


def amount(minor: int, currency: str) -> Amount:
    """An amount as a program reads it."""
    return Amount(minor=minor, currency=currency, amount=Money(minor, currency).plain)


def _parcel(parcel: Parcel, pieces: Mapping[str, int]) -> ParcelTold:
    told = parcel.model_dump(exclude={"id", "order_number", "person", "delivered_source"})
    return ParcelTold(parcel=parcel.id or 0, pieces=dict(pieces), **told)


def instant(text: str) -> datetime:
    """A cursor's instant. Raises the problem of one that is none."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise wrong("This is no cursor of this list.", "cursor", "query") from None


LIST = Operation(
    method="GET", path="/orders", name="listOrders", scope="orders:read", act=list_orders, gives=Orders,
    asks=OrdersAsked, summary="Orders, the newest first, page by page.",
)  # fmt: skip
SHOW = Operation(
    method="GET", path="/orders/{number}", name="getOrder", scope="orders:read", act=show_order, gives=OrderWhole,
    summary="One order with its lines, parcels and customer, and what its dispatch asks to be confirmed.",
)  # fmt: skip

HANDLERS = [door(each) for each in (LIST, SHOW)]
