"""The mails about a request: to the customer in the request's language, to the exporter when nobody can be promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.mail import mailbox_text
from shop.base.post import Post
from shop.checkout.links import asked_by
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.support.answering.team import names
from shop.support.requests.models import Message, Request
from shop.support.requests.words import CATEGORIES, expected_agents, request_promise

OF_ITSELF = ("received", "promise")  # what nobody at the house sends
NAMES = {each: f"request_{each}" for each in ("received", "answered", "promise", "closed")}


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `request mail` of the outbox. What is promised is told as it stands when the mail is written.

    One address gets only so many in a day of those that nobody wrote: a stranger may have given it. The request itself
    is kept and answered like any other.
    """
    # Numbered before it is named, so that an outbox of files keeps the mails of a request in their order.
    number = payload.get("message") or payload.get("promise") or 0
    key = f"request-{payload['ref']}-{number:09}-{payload['mail']}"
    with database.reading() as db:
        request = db.get_one(Request, payload["ref"])
        market, exporter = db.get_one(Market, request.market), db.get_one(Exporter, 1)
        if payload["mail"] == "unroutable":
            reader = reader_of(db, "", exporter)
            tongue, to = post.languages.tongue(reader.language), reader.email
            values = _for_exporter(post, request, market, tongue)
        else:
            tongue, to = post.languages.tongue(request.language, market.country), request.email
            values = _for_customer(db, request, market=market, tongue=tongue, payload=payload, now=now)
    if payload["mail"] in OF_ITSELF and not has_room_for(database, payload["mail"], to, now=now):
        return
    if payload["mail"] != "unroutable":  # a new link is written: only now that nothing is being read any more
        values["request_url"] = _link(post, request, now=now)
    name = NAMES.get(payload["mail"], "request_unroutable")
    about = "" if payload["mail"] == "unroutable" else request.ref
    post.send(name, to, tongue, key=key, now=now, about=about, request=request, exporter=exporter, **values)


def has_room_for(database: Database, mail: str, to: str, *, now: datetime) -> bool:
    """Whether this address may get one more mail of this kind today, which no person wrote."""
    return limits.has_room(database, limits.RECEIPT_TO, f"{mail}:{mailbox_text(to)}", now=now)


def send_link(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `link mail` if it is about a request, and was asked for with the request's own address."""
    with database.reading() as db:
        request, exporter = db.get(Request, payload["number"]), db.get_one(Exporter, 1)
        if request is None or not asked_by(payload, request.email):
            return
        market = db.get_one(Market, request.market)
    tongue = post.languages.tongue(request.language, market.country)
    post.send(
        "request_link",
        request.email,
        tongue,
        key=f"request-{request.ref}-{payload['window']}-link",
        now=now,
        about=request.ref,
        request=request,
        exporter=exporter,
        request_url=_link(post, request, now=now),
    )


def _link(post: Post, request: Request, *, now: datetime) -> str:
    address = f"{post.base_url}/{request.market}/{request.language}/support/{request.ref}"
    return post.holders.link(address, "request", request.ref, now=now)


def _for_exporter(post: Post, request: Request, market: Market, tongue: Tongue) -> dict[str, Any]:
    return {
        "market_name": tongue.territory(market.country),
        "language_name": tongue.language_name(request.language),
        "desk_url": f"{post.base_url}/desk/requests/{request.ref}",
    }


def _for_customer(
    db: Session,
    request: Request,
    *,
    market: Market,
    tongue: Tongue,
    payload: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """What the mails tell. A mail that nobody at the house wrote holds no word of the customer's: anybody can write
    anything under anybody's address, and we would send it on.
    """
    who = names(db, [request.agent] if request.agent else expected_agents(request), tongue.language)
    return {
        "category": tongue.say(CATEGORIES.get(request.category, request.category)),
        "promise": request_promise(tongue, request, who, market, now=now),
        "message": db.get_one(Message, payload["message"]) if "message" in payload else None,
    }
