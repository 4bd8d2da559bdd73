"""Ending a request: what closing makes of it, and the customer's own way, who knows whether the question is answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from shop.base.announcing import announce
from shop.base.revisions import raise_revision
from shop.support.answering.assignment import DESK
from shop.support.answering.handover import room_again
from shop.support.answering.promises import judge
from shop.support.answering.sla import resume
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent


def closed_now(request: Request, now: datetime) -> dict[str, Any]:
    """What a request is once it is closed, by whomever: its new values.

    The caller holds the request's row, and has read it since: for how long its clocks stood is reckoned from it.
    """
    over = {"state": "closed", "closed_at": now, "waiting_since": None, "look_at": None, "updated_at": now}
    return over | resume(request, now)


def freed(db: Session, agent: str | None, *, now: datetime) -> None:
    """The agent whose request it was has room again; nobody, where it was nobody's.

    The caller holds the request's row and has written what ends it, so that it is no longer counted as theirs.
    """
    if agent is not None:
        db.connection().execute(update(Agent).where(col(Agent.id) == agent).values(idle_since=now))
        room_again(db, agent, now=now)


def customer_close(db: Session, request: Request, *, now: datetime) -> bool:
    """Close it for the customer and judge what was promised; says no when it is closed already. They may write again.

    An incident that the request belongs to stays open: it is ended by whoever is in charge of it.
    """
    db.refresh(request, with_for_update=True)  # read only once nobody is just answering it
    open_one = (col(Request.ref) == request.ref) & (col(Request.state) != "closed")
    closed = update(Request).where(open_one).values(closed_now(request, now)).returning(col(Request.agent))
    row = db.connection().execute(closed).one_or_none()
    if row is None:
        return False
    judge(db, request.ref, now=now)
    freed(db, row[0], now=now)
    announce(db, "request.closed", market=request.market, subject=request.ref, now=now)
    raise_revision(db, DESK)
    return True
