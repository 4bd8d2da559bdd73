"""Overdue: a promise has passed without an answer. Marked once for each promise, and told to people by mail."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.markets.models import Exporter, Market
from shop.markets.readers import readers
from shop.support.answering.assignment import DESK
from shop.support.requests.models import OPEN, Request
from shop.support.shifts.models import Agent

MAIL = "overdue mail"


def mark_overdue(db: Session, request: Request, *, now: datetime) -> bool:
    """Mark the request overdue and tell its owner, the market's specialist and the exporter; says whether it is news."""
    if request.promised_at is None or request.promised_at > now or request.overdue_told_at is not None:
        return False
    late = (
        (col(Request.ref) == request.ref)
        & col(Request.state).in_(OPEN)
        & (col(Request.promised_at) <= now)
        & col(Request.overdue_told_at).is_(None)
    )
    marked = update(Request).where(late).values(overdue_told_at=now).returning(col(Request.ref))
    if db.connection().execute(marked).scalar() is None:
        return False
    for person in _to_tell(db, request):
        at = int(request.promised_at.timestamp())
        mail = {"ref": request.ref, "person": person, "promised": request.promised_at.isoformat(), "at": at}
        key = f"request:{request.ref}:overdue:{at}:{person or 'exporter'}"
        enqueue(db, MAIL, key, mail, now=now)
    raise_revision(db, DESK)
    return True


def _to_tell(db: Session, request: Request) -> list[str]:
    """The ids of the people who are told; the exporter's mailbox is the empty one."""
    owner = db.exec(select(Agent.person).where(Agent.id == request.agent)).first() if request.agent else None
    specialist = db.exec(select(Market.specialist).where(Market.id == request.market)).first()
    return readers(db, (owner or "", specialist or ""), db.get_one(Exporter, 1))
