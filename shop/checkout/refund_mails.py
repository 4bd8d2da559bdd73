"""The mails about refunds: the customer reads in the order's language what was given back, the exporter what was not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.base.db import Database
from shop.base.post import Post
from shop.checkout.models import Order, Refund
from shop.ground.money import Money
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `refund mail` of the outbox."""
    with database.reading() as db:
        refund = db.get_one(Refund, payload["refund"])
        order, exporter = db.get_one(Order, refund.order_number), db.get_one(Exporter, 1)
        country = db.get_one(Market, order.market).country
        at_home = reader_of(db, "", exporter)
    told = payload["mail"] == "done"
    tongue = post.languages.tongue(order.language, country) if told else post.languages.tongue(at_home.language)
    address = f"{post.base_url}/{order.market}/{order.language}/orders/{order.number}"
    post.send(
        "refund_done" if told else "refund_refused",
        order.email if told else at_home.email,
        tongue,
        key=f"refund-{refund.key}-{payload['mail']}",
        now=now,
        order=order,
        refund=refund,
        exporter=exporter,
        amount=tongue.money(Money(refund.minor, order.currency)),
        by_hand=refund.state == "done" and not refund.provider_id,
        order_url=post.holders.link(address, "order", order.number, now=now) if told else "",
        desk_url=f"{post.base_url}/desk/orders/{order.number}",
    )
