"""What is done about an incident: each step, call and note is a line of its log with who and when, for ever."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.revisions import raise_revision
from shop.catalogue.models import Product
from shop.checkout.stopping import ALL_GOODS, reach, stop_sale
from shop.ground.errors import NotFound, Refusal
from shop.support.answering.assignment import DESK
from shop.support.crisis.models import CrisisText, Incident, IncidentStep
from shop.support.crisis.paging import log, stop_paging
from shop.support.requests.models import Request


class IncidentClosed(Refusal):
    """Nothing more is done about an incident that is closed; `url` leads to it."""


def tick(db: Session, incident: Incident, step: str, text: str, *, done: bool, person: str, now: datetime) -> None:
    """Note that a step is done, or is not after all. Said twice it is noted once."""
    _still_open(incident)
    if (step in steps_done(db, incident)) != done:
        log(db, incident, "done" if done else "undone", step=step, person=person, text=text, now=now)


def steps_done(db: Session, incident: Incident) -> dict[str, IncidentStep]:
    """The last line about each step that is done now."""
    query = select(IncidentStep).where(
        IncidentStep.incident == incident.id, col(IncidentStep.kind).in_(("done", "undone"))
    )
    last = {each.step: each for each in db.exec(query.order_by(col(IncidentStep.id))).all()}
    return {step: each for step, each in last.items() if each.kind == "done"}


def note_told(db: Session, incident: Incident, contact: str, *, person: str, now: datetime) -> None:
    """Note that a contact was told."""
    _still_open(incident)
    log(db, incident, "told", step=contact, person=person, text=contact, now=now)


def note_collected(db: Session, incident: Incident, field: str, text: str, *, person: str, now: datetime) -> None:
    """Note what was found out; the last word on each thing counts."""
    _still_open(incident)
    log(db, incident, "collected", step=field, person=person, text=text, now=now)


def note_post(db: Session, incident: Incident, *, person: str, now: datetime) -> None:
    """Note that a factual text was published; the next one is due a day later."""
    _still_open(incident)
    log(db, incident, "posted", person=person, now=now)


def write_note(db: Session, incident: Incident, text: str, *, person: str, now: datetime) -> None:
    """Note what happened."""
    _still_open(incident)
    log(db, incident, "note", person=person, text=text, now=now)


def stop_product(
    db: Session,
    incident: Incident,
    texts: Mapping[str, CrisisText],
    *,
    sku: str,
    market: str,
    person: str,
    now: datetime,
) -> None:
    """Stop the sale of one product, in one market or (empty) in all, with the card's public text in every language.

    `texts` are the card's by language. Once: an incident that has stopped the same sale stops it no second time. Raises
    NotFound, also for a drill, which stops nothing.
    """
    db.refresh(incident, with_for_update=True)  # two clicks of one moment are one stop
    _still_open(incident)
    if incident.drill or sku == ALL_GOODS or db.get(Product, sku) is None:
        raise NotFound
    step = f"{market or '*'} {sku}"
    before = select(IncidentStep.id).where(
        IncidentStep.incident == incident.id, IncidentStep.kind == "stopped", IncidentStep.step == step
    )
    if db.exec(before).first() is not None:
        return
    languages = reach(db, sku=sku, market=market, now=now).languages
    public = {each: found.public for each in languages if (found := texts.get(each)) and found.public}
    reason = f"Incident {incident.id}"
    stop = stop_sale(db, sku=sku, market=market, reason=reason, person=person, now=now, texts=public)
    incident.stop_sale, incident.sku = stop.id, incident.sku or sku
    db.flush()
    log(db, incident, "stopped", step=step, person=person, text=step, now=now)


def first_answer(db: Session, incident: Incident) -> datetime | None:
    """When the first of those who reported it had a person's answer."""
    answered = select(Request.first_answered_at).where(col(Request.incident) == incident.id)
    return min((each for each in db.exec(answered).all() if each is not None), default=None)


def close_incident(db: Session, incident: Incident, lesson: str, *, person: str, now: datetime) -> None:
    """Close it with what was learned; its requests go on. Twice is once."""
    first = first_answer(db, incident)
    closed = {"closed_at": now, "closed_by": person, "lesson": lesson, "first_answered_at": first}
    mine = (col(Incident.id) == incident.id) & col(Incident.closed_at).is_(None)
    done = update(Incident).where(mine).values(closed).returning(col(Incident.id))
    if db.connection().execute(done).scalar() is not None:
        stop_paging(db, incident)
        log(db, incident, "closed", person=person, text=lesson, now=now)
    raise_revision(db, DESK)


def _still_open(incident: Incident) -> None:
    if incident.closed_at is not None:
        raise IncidentClosed(url=f"/desk/incidents/{incident.id}")
