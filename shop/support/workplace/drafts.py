"""Drafts: what somebody is writing is kept until it is sent, and colleagues are told that somebody writes.

A draft outlives reloading, signing out and the end of a sign-in; it goes when it is sent or emptied.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.staff.models import Person
from shop.support.requests.models import Draft, Request

FRESH = timedelta(minutes=15)  # whoever has written nothing for longer is no longer writing
MOST_TEXT = 10_000  # more than may be sent, for what is too long is kept all the same


def keep_draft(db: Session, request: Request, person: Person, text: str, *, now: datetime) -> None:
    """Keep what the person has written so far; nothing is kept of an empty text."""
    if not text.strip():
        drop_draft(db, request, person)
        return
    row = {"request": request.ref, "person": person.id, "kind": "ours", "since": now}
    changed = {"text": text[:MOST_TEXT], "at": now}
    keep = insert(Draft).values(**row, **changed)
    db.connection().execute(keep.on_conflict_do_update(index_elements=["request", "person"], set_=changed))


def drop_draft(db: Session, request: Request, person: Person) -> None:
    """Let go of the person's draft: it was sent, or is empty."""
    theirs = (col(Draft.request) == request.ref, col(Draft.person) == person.id)
    db.connection().execute(delete(Draft).where(*theirs))


def own_draft(db: Session, request: Request, person: Person) -> Draft | None:
    """What the person wrote and did not send."""
    return db.get(Draft, (request.ref, person.id), populate_existing=True)


def writers(db: Session, request: Request, person: Person, *, now: datetime) -> list[tuple[str, datetime]]:
    """Which colleagues are writing right now, and since when."""
    query = select(Person.name, Draft.since).join(Draft, col(Draft.person) == col(Person.id))
    others = query.where(Draft.request == request.ref, Draft.person != person.id, col(Draft.at) > now - FRESH)
    return [(name, since) for name, since in db.exec(others.order_by(col(Draft.since), col(Draft.person))).all()]
