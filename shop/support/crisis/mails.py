"""The mails of the bad day: to the customer at once, to who is paged, and to who took an incident on when it grows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.post import Post
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.support.crisis.incidents import text_in
from shop.support.crisis.models import Incident, Page
from shop.support.crisis.sheet import sheet_of
from shop.support.requests.mails import has_room_for
from shop.support.requests.models import Message, Request
from shop.support.requests.words import request_promise

LINK = "page"  # the kind of the secret link in a page


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `crisis mail` of the outbox."""
    if payload["mail"] == "acknowledgement":
        _acknowledge(database, post, payload, now=now)
    else:
        _tell_of_another(database, post, payload, now=now)


def send_page(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `on call page`; nobody is woken for what somebody has taken on meanwhile."""
    with database.reading() as db:
        page = db.get_one(Page, payload["page"])
        incident = db.get_one(Incident, page.incident)
        if incident.acknowledged_at is not None or incident.closed_at is not None:
            return
        exporter = db.get_one(Exporter, 1)
        reader = reader_of(db, page.person, exporter)
        tongue = post.languages.tongue(reader.language)
        values = _about(db, incident, tongue)
    # A new link is written: only now that nothing is being read any more.
    link = post.holders.link(f"{post.base_url}/on-call/{page.id}", LINK, str(page.id), now=now)
    due = tongue.time(page.due_at, reader.zone)
    post.send(
        "on_call_page",
        reader.email,
        tongue,
        key=f"page-{page.id}",
        now=now,
        exporter=exporter,
        page_url=link,
        due=due,
        zone=reader.zone,
        opened=tongue.moment(incident.opened_at, reader.zone),
        desk_url=f"{post.base_url}/desk/incidents/{incident.id}",
        **values,
    )


def _acknowledge(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    with database.reading() as db:
        request, message = db.get_one(Request, payload["ref"]), db.get_one(Message, payload["message"])
        market, exporter = db.get_one(Market, request.market), db.get_one(Exporter, 1)
    if not has_room_for(database, "acknowledgement", request.email, now=now):
        return
    tongue = post.languages.tongue(request.language, market.country)
    address = f"{post.base_url}/{request.market}/{request.language}/support/{request.ref}"
    post.send(
        "crisis_acknowledged",
        request.email,
        tongue,
        key=f"request-{request.ref}-{message.id:09}-crisis",
        now=now,
        about=request.ref,
        request=request,
        message=message,
        exporter=exporter,
        promise=request_promise(tongue, request, [], market, now=now),
        request_url=post.holders.link(address, "request", request.ref, now=now),
    )


def _tell_of_another(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    with database.reading() as db:
        incident = db.get_one(Incident, payload["incident"])
        exporter = db.get_one(Exporter, 1)
        reader = reader_of(db, incident.acknowledged_by, exporter)
        tongue = post.languages.tongue(reader.language)
        values = _about(db, incident, tongue)
    post.send(
        "crisis_joined",
        reader.email,
        tongue,
        key=f"incident-{incident.id}-{payload['about']}",
        now=now,
        exporter=exporter,
        ref=payload["ref"],
        desk_url=f"{post.base_url}/desk/incidents/{incident.id}",
        **values,
    )


def _about(db: Session, incident: Incident, tongue: Tongue) -> dict[str, Any]:
    """What the house is told of an incident: the card, where, about what; never a customer's own words."""
    text = text_in(db, incident.card, tongue.language)
    market = db.get(Market, incident.market)
    sheet = sheet_of(text, tongue)
    return {
        "incident": incident,
        "sheet": sheet,
        "place": tongue.territory(market.country) if market else "",
        "requests": len(db.exec(select(Request.ref).where(col(Request.incident) == incident.id)).all()),
    }
