"""Incidents: a crisis request is acknowledged at once in the customer's words, promised, grouped, and somebody is paged.

Hours, capacity and queues of language do not count here. The acknowledgement is the card's approved text; nothing that
is sent says a word about cause or blame.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.i18n import nearest, tags_near
from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.base.tokens import token_hash
from shop.catalogue.models import Product
from shop.catalogue.serials import parse_serial
from shop.checkout.models import OrderLine, OwnedItem
from shop.ground.duty import business_due
from shop.ground.figures import figures
from shop.ground.instants import local
from shop.markets.models import Exporter, Market
from shop.support.answering.assignment import DESK
from shop.support.crisis import triggers
from shop.support.crisis.contacts import emergency_number
from shop.support.crisis.models import CrisisCard, CrisisText, Incident, OnCallRotation
from shop.support.crisis.paging import log, page_first
from shop.support.crisis.rotations import answered_within
from shop.support.known.knowledge import asked_text
from shop.support.requests.models import Message, Request, RequestPromise
from shop.support.severity import CRISIS

MAIL = "crisis mail"
WINDOW = timedelta(days=30)  # in which the same product or lot is the same incident
UNSURE = timedelta(days=1)  # in which reports of a market that name no product are

_LOT = re.compile(r"(?<![0-9A-Z])L[0-9]{5}[A-Z](?![0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a report is about, as far as it is known."""

    market: str
    sku: str = ""
    lot: str = ""
    serial: str = ""

    def same(self, incident: Incident, *, now: datetime) -> bool:
        """Whether the report belongs to the open incident: the same lot, else the same product, else the same day."""
        if incident.opened_at < now - WINDOW:
            return False
        if self.lot and incident.lot:
            return self.lot == incident.lot
        if self.sku and incident.sku:
            return self.sku == incident.sku
        return incident.market in (self.market, "") and incident.opened_at >= now - UNSURE


def raise_incident(db: Session, request: Request, card: str, *, now: datetime) -> Incident | None:
    """Put a request under a card. A crisis is acknowledged, promised and paged; other cards only make it more urgent.

    The request is refreshed. A request keeps the incident it has while that is open; whoever took it on is told of
    another card that is drawn. Gives the incident, if there is one.
    """
    row = db.get(CrisisCard, card)
    if row is None:
        return None
    graver = (col(Request.ref) == request.ref) & (col(Request.severity) > row.severity)
    db.connection().execute(update(Request).where(graver).values(severity=row.severity))
    db.refresh(request)
    before = db.get(Incident, request.incident) if request.incident is not None else None
    if row.severity != CRISIS:
        return before
    if before is not None and before.closed_at is None:
        if before.card != card:
            _tell_joined(db, before, request, card=card, now=now)
        return before
    incident = _open_or_join(db, request, row, now=now)
    db.connection().execute(update(Request).where(col(Request.ref) == request.ref).values(incident=incident.id))
    promise_crisis(db, request, now=now)
    _acknowledge_to_customer(db, request, incident, now=now)
    raise_revision(db, DESK)
    db.refresh(request)
    return incident


def heed(db: Session, request: Request, text: str, *, now: datetime) -> Incident | None:
    """Look at what a customer wrote: whatever draws a card raises the request. To be called with every message."""
    matter = matter_of(db, request, text)
    known = request.incident is not None  # what drew its card draws none again: only new words do
    card = triggers.card_for(
        db,
        category="" if known else request.category,
        text=text,
        sku=matter.sku,
        lot="" if known else matter.lot,
        serial="" if known else matter.serial,
    )
    return raise_incident(db, request, card, now=now) if card else None


def matter_of(db: Session, request: Request, text: str = "") -> Matter:
    """What a request is about: the product it names, or the only one of its order; the lot of the piece or of the text."""
    owned = db.exec(select(OwnedItem).where(OwnedItem.order_number == request.order_number)).all()
    owned = list(owned) if request.order_number else []
    lines = select(OrderLine.sku).where(OrderLine.order_number == request.order_number)
    skus = list(db.exec(lines).all()) if request.order_number else []
    piece = next((each for each in owned if request.serial and each.serial == request.serial), None)
    sku = piece.sku if piece else skus[0] if len(skus) == 1 else _of_serial(db, request.serial)
    told = _LOT.findall(figures(f"{text} {request.details}").upper())
    lots = {each.lot for each in owned if each.lot and each.sku == sku}
    lot = told[0] if told else lots.pop() if len(lots) == 1 else ""
    return Matter(request.market, sku, lot, request.serial)


def promise_crisis(db: Session, request: Request, *, now: datetime) -> None:
    """Promise a person's answer within the hour of the clock, in place of whatever was promised in this same moment."""
    end = now + answered_within(db, request.market)
    if request.promised_at is not None and now < request.promised_at < end:
        end = request.promised_at
    span: dict[str, Any] = {"on_duty_at": now, "promised_at": end}
    mine = (col(RequestPromise.request) == request.ref) & (col(RequestPromise.given_at) == now)
    given = update(RequestPromise).where(mine).values(span).returning(col(RequestPromise.id))
    if db.connection().execute(given).scalar() is None:
        row = {"request": request.ref, "market": request.market, "given_at": now, **span}
        db.connection().execute(insert(RequestPromise).values(row))
    values = {**span, "due_at": end, "look_at": now, "overdue_told_at": None, "updated_at": now}
    db.connection().execute(update(Request).where(col(Request.ref) == request.ref).values(values))


def open_incident(
    db: Session,
    card: CrisisCard,
    matter: Matter,
    *,
    by: str = "",
    title: str = "",
    drill: bool = False,
    now: datetime,
) -> Incident:
    """Open an incident and page whoever is on call. `by` is the person who did, empty for the triggers."""
    incident = Incident(
        card=card.key,
        market=matter.market,
        sku=matter.sku,
        lot=matter.lot,
        title=title,
        drill=drill,
        opened_at=now,
        opened_by=by,
        first_answer_due_at=first_answer_due(card, db.get(Market, matter.market), now=now),
    )
    db.add(incident)
    db.flush()
    log(db, incident, "opened", person=by, text=title, now=now)
    page_first(db, incident, now=now)
    return incident


def open_drill(db: Session, card: CrisisCard, rotation: OnCallRotation, *, by: str, now: datetime) -> int | None:
    """Page whoever is on call as a drill; gives the incident, or the drill that is under way there."""
    db.refresh(rotation, with_for_update=True)  # two clicks of one moment are one drill
    same = Incident.market == rotation.market, col(Incident.drill).is_(True), col(Incident.closed_at).is_(None)
    running = db.exec(select(Incident.id).where(*same)).first()
    return running or open_incident(db, card, Matter(rotation.market), by=by, drill=True, now=now).id


def first_answer_due(card: CrisisCard, market: Market | None, *, now: datetime) -> datetime | None:
    """By when the customer or poster has a person's answer; None where the card asks for none."""
    if not card.first_answer_minutes:
        return None
    if not card.waking_only or market is None:
        return now + timedelta(minutes=card.first_answer_minutes)
    today = local(now, market.zone).date()
    days = (today + timedelta(days=number) for number in range(-1, 8))
    waking = [market.waking.on(each, market.zone) for each in days]
    return business_due(now, card.first_answer_minutes, waking)


def text_in(db: Session, card: str, language: str) -> CrisisText | None:
    """The card's text in the language, in the language without its region, or in English."""
    rows = db.exec(select(CrisisText).where(CrisisText.card == card, col(CrisisText.language).in_(tags_near(language))))
    return nearest({each.language: each for each in rows.all()}, language)


def acknowledgement(text: CrisisText, number: str) -> str:
    """What the customer reads at once, with the market's emergency number where it is known."""
    paragraphs = text.acknowledgement.split("\n\n")
    told = [each.replace("{emergency}", number) for each in paragraphs if number or "{emergency}" not in each]
    return "\n\n".join(told)


def _open_or_join(db: Session, request: Request, card: CrisisCard, *, now: datetime) -> Incident:
    # The card's row is held, so that two reports of one moment do not open an incident each.
    db.connection().execute(select(CrisisCard.key).where(CrisisCard.key == card.key).with_for_update())
    matter = matter_of(db, request, asked_text(db, request))
    still = select(Incident).where(
        Incident.card == card.key, col(Incident.closed_at).is_(None), col(Incident.drill).is_(False)
    )
    for incident in db.exec(still.order_by(col(Incident.id))).all():
        if matter.same(incident, now=now):
            _join(db, incident, request, matter, now=now)
            return incident
    return open_incident(db, card, matter, now=now)


def _join(db: Session, incident: Incident, request: Request, matter: Matter, *, now: datetime) -> None:
    """One more report: what it knows and the incident does not yet is kept, and who took the incident on is told."""
    incident.sku, incident.lot = incident.sku or matter.sku, incident.lot or matter.lot
    db.flush()
    log(db, incident, "joined", step=request.ref, now=now)
    _tell_joined(db, incident, request, card=incident.card, now=now)


def _tell_joined(db: Session, incident: Incident, request: Request, *, card: str, now: datetime) -> None:
    """Tell whoever took the incident on, once for each card that the request draws."""
    if incident.acknowledged_at is not None:
        told = {"mail": "joined", "incident": incident.id, "ref": request.ref}
        about = request.ref if card == incident.card else f"{request.ref}:{card}"
        enqueue(db, MAIL, f"incident:{incident.id}:joined:{about}", told | {"about": about}, now=now)


def _acknowledge_to_customer(db: Session, request: Request, incident: Incident, *, now: datetime) -> None:
    text = text_in(db, incident.card, request.language)
    if text is None:
        return
    row = {
        "request": request.ref,
        "kind": "ours",
        "author": db.get_one(Exporter, 1).brand,
        "person": "",
        "text": acknowledgement(text, emergency_number(db, request.market)),
        "language": text.language,
        "at": now,
        "key": token_hash(f"{request.ref}\ncrisis\n{incident.id}"),  # once for each incident the request belongs to
    }
    keep = insert(Message).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(col(Message.id))
    message = db.connection().execute(keep).scalar()
    if message is not None:
        told = {"mail": "acknowledgement", "ref": request.ref, "message": message}
        enqueue(db, MAIL, f"request:{request.ref}:crisis:{message}", told, now=now)


def _of_serial(db: Session, written: str) -> str:
    """The SKU that a serial is of, where just one product bears such serials."""
    serial = parse_serial(written) if written else None
    if serial is None:
        return ""
    known = db.exec(select(Product.sku).where(col(Product.sku).startswith(f"{serial.maker}-{serial.model}-"))).all()
    return known[0] if len(known) == 1 else ""
