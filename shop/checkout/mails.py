"""The mails about an order, each in the order's language, whoever caused it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.base.db import Database
from shop.base.mail import Attachment
from shop.base.post import Post
from shop.checkout.orders import OrderView, order_view, sums
from shop.markets.answering import answering
from shop.markets.models import Exporter

NAMES = {
    "confirmed": "order_confirmed",
    "dispatched": "order_dispatched",
    "delivered": "order_delivered",
    "refunded": "order_refunded",
}


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `order mail` of the outbox; the confirmation carries the accepted policies as they were accepted."""
    with database.reading() as db:
        view = order_view(db, payload["order"])
        exporter = db.get_one(Exporter, 1)
        answers = answering(db, view.market, view.order.language, now=now)
    order = view.order
    tongue = post.languages.tongue(order.language, view.market.country)
    path = f"/{order.market}/{order.language}/orders/{order.number}"
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
        parcel=view.parcels[-1] if view.parcels else None,
        support_url=f"{post.base_url}/{order.market}/{order.language}/support",
        order_url=post.holders.link(post.base_url, path, "order", order.number),
    )


def _policies(view: OrderView) -> list[Attachment]:
    return [
        Attachment(name=f"{each.acceptance.kind}-{each.acceptance.version}.md", subtype="markdown", text=each.text)
        for each in view.accepted
    ]
