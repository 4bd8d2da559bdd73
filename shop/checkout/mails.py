"""The mails about an order, each in the order's language, whoever caused it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import select

from shop.base.db import Database
from shop.base.mail import Attachment
from shop.base.post import Post
from shop.checkout.links import asked_by
from shop.checkout.models import Order
from shop.checkout.orders import OrderView, order_view, sums
from shop.checkout.settling import MISMATCH, stopped_for_safety
from shop.ground.money import Money
from shop.markets.answering import answering
from shop.markets.models import Exporter, Market
from shop.staff.models import Person

NAMES = {
    "confirmed": "order_confirmed",
    "dispatched": "order_dispatched",
    "delivered": "order_delivered",
    "refunded": "order_refunded",
    "waiting": "order_waiting",
    "expired": "order_unpaid",
    "failed": "order_failed",
}


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `order mail` of the outbox; the confirmation carries the accepted policies as they were accepted."""
    if payload["mail"] == MISMATCH:
        return _tell_exporter(database, post, payload, now=now)
    with database.reading() as db:
        view = order_view(db, payload["order"])
        exporter = db.get_one(Exporter, 1)
        answers = answering(db, view.market, view.order.language, now=now)
    order = view.order
    tongue = post.languages.tongue(order.language, view.market.country)
    post.send(
        NAMES[payload["mail"]],
        order.email,
        tongue,
        key=f"order-{order.number}-{payload['mail']}",
        now=now,
        attachments=_policies(view) if payload["mail"] == "confirmed" else (),
        view=view,
        order=order,
        answers=answers.headline(tongue),
        answers_when=answers.detail(tongue, view.market.zone),
        exporter=exporter,
        sums=sums(view, tongue),
        expected=view.expected(),
        for_safety=stopped_for_safety(view.market),
        parcel=view.parcels[-1] if view.parcels else None,
        cart_url=f"{post.base_url}/{order.market}/{order.language}/cart",
        support_url=f"{post.base_url}/{order.market}/{order.language}/support",
        order_url=_link(post, order),
    )


def _tell_exporter(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """What came instead of an order's amount, for the exporter to look at."""
    with database.reading() as db:
        order, exporter = db.get_one(Order, payload["order"]), db.get_one(Exporter, 1)
        language = db.exec(select(Person.language).where(Person.email == exporter.email)).first() or "en"
    tongue = post.languages.tongue(language)
    post.send(
        "order_mismatch",
        exporter.email,
        tongue,
        key=f"order-{order.number}-{MISMATCH}",
        now=now,
        order=order,
        due=tongue.money(Money(order.due_now, order.currency)),
        came=tongue.money(Money(*payload["came"])) if payload["came"] else "",
        payment=payload["payment"],
        desk_url=f"{post.base_url}/desk/orders/{order.number}",
    )


def send_link(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `link mail` if it is about an order, and was asked for with the order's own address."""
    with database.reading() as db:
        order, exporter = db.get(Order, payload["number"]), db.get_one(Exporter, 1)
        if order is None or not asked_by(payload, order.email):
            return
        tongue = post.languages.tongue(order.language, db.get_one(Market, order.market).country)
    key, url = f"order-{order.number}-link-{payload['window']}", _link(post, order)
    post.send("order_link", order.email, tongue, key=key, now=now, order=order, exporter=exporter, order_url=url)


def _link(post: Post, order: Order) -> str:
    path = f"/{order.market}/{order.language}/orders/{order.number}"
    return post.holders.link(post.base_url, path, "order", order.number)


def _policies(view: OrderView) -> list[Attachment]:
    return [
        Attachment(name=_file_name(each.acceptance.kind, each.acceptance.version), subtype="markdown", text=each.text)
        for each in view.accepted
    ]


def _file_name(kind: str, version: str) -> str:
    return "-".join(filter(None, (kind.replace(":", "-"), version))) + ".md"
