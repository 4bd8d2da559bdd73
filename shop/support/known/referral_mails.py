"""The mails about a referral: to the exporter, to the customer who waits for it, and to the agent it comes back to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.db import Database
from shop.base.post import Post
from shop.markets.answering import moment
from shop.markets.models import Exporter, Market
from shop.markets.readers import Reader, reader_of
from shop.staff.models import Person
from shop.support.known.knowledge import title_of
from shop.support.requests.models import Referral, Request
from shop.support.shifts.models import Agent

NAMES = {"asked": "referral_asked", "late": "referral_late", "told": "referral_told", "answered": "referral_answered"}


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `referral mail` of the outbox."""
    mail = payload["mail"]
    with database.reading() as db:
        referral = db.get_one(Referral, payload["referral"])
        request, exporter = db.get_one(Request, referral.request), db.get_one(Exporter, 1)
        market = db.get_one(Market, request.market)
        reader = _reader(db, mail, referral, request, exporter=exporter, market=market)
        tongue = post.languages.tongue(reader.language, market.country if mail == "told" else "")
        values: dict[str, Any] = {
            "question": title_of(db, referral.question, market.id, reader.language),
            "drafter": db.get_one(Person, referral.person).name,
            "due": moment(tongue, referral.due_at, reader.zone, now=now),
            "market_name": tongue.territory(market.country),
            "language_name": tongue.language_name(request.language),
            "desk_url": f"{post.base_url}/desk/requests/{request.ref}",
        }
    if mail == "told":  # a new link is written: only now that nothing is being read any more
        address = f"{post.base_url}/{request.market}/{request.language}/support/{request.ref}"
        values["request_url"] = post.holders.link(address, "request", request.ref, now=now)
    key = f"referral-{referral.id}-{mail}"
    post.send(NAMES[mail], reader.email, tongue, key=key, now=now, request=request, exporter=exporter, **values)


def _reader(
    db: Session, mail: str, referral: Referral, request: Request, *, exporter: Exporter, market: Market
) -> Reader:
    if mail == "told":
        return Reader(request.email, request.language, market.zone)
    if mail == "answered":
        agent = db.get(Agent, request.agent) if request.agent else None
        return reader_of(db, agent.person if agent else referral.person, exporter)
    return reader_of(db, "", exporter)
