"""The mails about an order, each in the order's language, whoever caused it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.base.db import Database
from shop.base.i18n import N_, Tongue
from shop.base.mail import Attachment
from shop.base.pages import safe
from shop.base.post import Post
from shop.checkout.closed_words import gate_sentence
from shop.checkout.links import asked_by
from shop.checkout.machines import shown_serial
from shop.checkout.models import Order, Parcel
from shop.checkout.orders import OrderView, accepted_views, order_view, sums
from shop.checkout.settling import MISMATCH, is_selling, stopped_for_safety
from shop.ground.money import Money
from shop.markets.answering import answering
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.policies.acceptance import rules_among
from shop.policies.library import html
from shop.policies.notices import Notice, notices

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
    order, parcel = view.order, _parcel(view, payload.get("parcel"))
    tongue = post.languages.tongue(order.language, view.market.country)
    post.send(
        NAMES[payload["mail"]],
        order.email,
        tongue,
        key=f"order-{order.number}-{payload['mail']}" + (f"-{payload['parcel']}" if "parcel" in payload else ""),
        now=now,
        attachments=_policies(view, post, tongue) if payload["mail"] == "confirmed" else (),
        view=view,
        order=order,
        guarantees=_guarantees(view, tongue),
        answers=answers.headline(tongue),
        answers_when=answers.detail(tongue, view.market.zone),
        exporter=exporter,
        sums=sums(view, tongue),
        expected=view.expected(),
        for_safety=stopped_for_safety(view.market),
        selling=is_selling(view.market) or order.test,
        closed=tongue.say(_closed(view.market)),
        serials={line.sku: shown_serial(line.serial, tongue) for line in view.lines},
        parcel=parcel,
        contents=view.contents(parcel, tongue) if parcel and view.in_parts else [],
        whole=payload.get("parcel") is None,
        cart_url=f"{post.base_url}/{order.market}/{order.language}/cart",
        support_url=f"{post.base_url}/{order.market}/{order.language}/support",
        order_url=_link(post, order, now=now),
    )


def _parcel(view: OrderView, id: int | None) -> Parcel | None:
    """The parcel a mail is about: the one it names, else the last."""
    named = [each for each in view.parcels if id in (None, each.id)]
    return named[-1] if named else None


def _guarantees(view: OrderView, tongue: Tongue) -> list[Notice]:
    """What the warranty accepted with the order wants told of guarantees; nothing where nothing is sent."""
    return notices(rules_among(view.accepted, "warranty") or {}, tongue) if view.order.parcel else []


def _tell_exporter(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """What came instead of an order's amount, for the exporter to look at."""
    with database.reading() as db:
        order, exporter = db.get_one(Order, payload["order"]), db.get_one(Exporter, 1)
        reader = reader_of(db, "", exporter)
    tongue = post.languages.tongue(reader.language)
    post.send(
        "order_mismatch",
        reader.email,
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
    key, url = f"order-{order.number}-link-{payload['window']}", _link(post, order, now=now)
    post.send("order_link", order.email, tongue, key=key, now=now, order=order, exporter=exporter, order_url=url)


def _link(post: Post, order: Order, *, now: datetime) -> str:
    address = f"{post.base_url}/{order.market}/{order.language}/orders/{order.number}"
    return post.holders.link(address, "order", order.number, now=now)


def _closed(market: Market) -> str:
    """Why nobody can order now in a market that takes no orders, as a message."""
    if stopped_for_safety(market):
        return N_("For safety reasons we have stopped selling here.")
    return gate_sentence(f"state_{market.state}")


def _policies(view: OrderView, post: Post, tongue: Tongue) -> list[Attachment]:
    """Each accepted text as a page to keep, with what tells that it is this text, byte for byte."""
    zone, made = view.market.zone, []
    for each, shown in zip(view.accepted, accepted_views(view, tongue), strict=True):
        written = post.pages.draw(
            tongue,
            "emails/_accepted.html",
            tag=each.acceptance.language,
            title=shown["name"],
            body=safe(html(each.text)) if shown["html"] else "",
            wording=each.acceptance.wording,
            version=each.acceptance.version,
            hash=hashlib.sha256(each.text.encode()).hexdigest(),
            when=tongue.moment(each.acceptance.at, zone),
        )
        name = _file_name(each.acceptance.kind, each.acceptance.version)
        made.append(Attachment(name=name, subtype="html", text=written))
    return made


def _file_name(kind: str, version: str) -> str:
    return "-".join(filter(None, (kind.replace(":", "-"), version))) + ".html"
