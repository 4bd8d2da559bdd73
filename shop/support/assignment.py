"""Giving a request to somebody: one conditional statement decides, so that two can never have it."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from shop.base.pagecache import raise_revision
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.support.models import Assignment, Request
from shop.support.promises import tell_exporter
from shop.support.roster_models import Agent
from shop.support.routing import Reason, Routed
from shop.support.team import Outlook, outlook, what_is_asked

DESK = "desk"  # the revision scope of everything the desk shows
ATTEMPTS = 5


class AnotherHasIt(Refusal):
    """Somebody else has taken the request meanwhile; `who` says who, `url` leads to it."""


def place(db: Session, request: Request, market: Market, *, now: datetime) -> Outlook:
    """Route a waiting request and give it to whom routing chose; whoever lost their room meanwhile is asked again.

    The request is refreshed. The promise is the caller's to give; the exporter is told here when nobody can be.
    """
    seen = outlook(db, what_is_asked(request, market), now=now)
    for _attempt in range(ATTEMPTS):
        chosen = seen.routed.assign_to
        if chosen is None or give(db, request.ref, chosen, seen.routed, now=now):
            break
        seen = outlook(db, what_is_asked(request, market), now=now)
    if chosen is None:
        _note_waiting(db, request.ref, seen.routed)
    if seen.promised_at is None:
        tell_exporter(db, request.ref, now=now)
    db.refresh(request)
    return seen


def give(db: Session, ref: str, agent: str, routed: Routed, *, now: datetime) -> bool:
    """Assign a waiting request to an agent who still has room; says whether that came true."""
    # The lock makes the count below true on PostgreSQL, where two transactions could otherwise both see the last room.
    db.connection().execute(select(Agent.id).where(Agent.id == agent).with_for_update())
    free = and_(col(Request.ref) == ref, col(Request.state) == "waiting", col(Request.agent).is_(None), _room(agent))
    reasons = reasons_json(routed.reasons)
    values = {"state": "assigned", "agent": agent, "tier": routed.tier, "reasons": reasons, "updated_at": now}
    given = db.connection().execute(update(Request).where(free).values(values).returning(col(Request.ref))).scalar()
    if given is None:
        return False
    note_assignment(db, ref, agent, by="routing", reasons=reasons, now=now)
    raise_revision(db, DESK)
    return True


def take(db: Session, request: Request, agent: Agent, *, seen_owner: str, now: datetime) -> None:
    """The agent takes the request from whom the form showed (nobody, or a colleague). Raises AnotherHasIt."""
    if request.agent == agent.id and request.state == "assigned":
        return
    owner = col(Request.agent) == seen_owner if seen_owner else col(Request.agent).is_(None)
    here = and_(col(Request.ref) == request.ref, owner, col(Request.state) != "closed")
    values = {"state": "assigned", "agent": agent.id, "reasons": TAKEN, "updated_at": now}
    if db.connection().execute(update(Request).where(here).values(values).returning(col(Request.ref))).scalar() is None:
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")
    note_assignment(db, request.ref, agent.id, by=agent.person, reasons=TAKEN, now=now)
    raise_revision(db, DESK)


def note_assignment(db: Session, ref: str, agent: str, *, by: str, reasons: str, now: datetime) -> None:
    """Keep for ever who was given the request, by whom and why. The request's own row is locked by now."""
    last = db.connection().execute(select(func.max(Assignment.number)).where(Assignment.request == ref)).scalar()
    row = {"request": ref, "number": (last or 0) + 1, "agent": agent, "by": by, "reasons": reasons, "at": now}
    db.connection().execute(insert(Assignment).values(row))


def reasons_json(reasons: tuple[Reason, ...]) -> str:
    """The reasons of a decision as they are kept; waits and limits in minutes."""
    return json.dumps([_kept(reason) for reason in reasons])


def _note_waiting(db: Session, ref: str, routed: Routed) -> None:
    """Say on the request why it still waits; the desk is told only of news."""
    reasons = reasons_json(routed.reasons)
    news = and_(col(Request.ref) == ref, col(Request.state) == "waiting", col(Request.reasons) != reasons)
    values = {"tier": routed.tier, "reasons": reasons}
    if db.connection().execute(update(Request).where(news).values(values).returning(col(Request.ref))).scalar():
        raise_revision(db, DESK)


def _kept(reason: Reason) -> dict[str, Any]:
    kept: dict[str, Any] = {"code": reason.code, "tier": reason.tier, "agents": list(reason.agents)}
    for name, span in (("wait", reason.wait), ("limit", reason.limit)):
        if span is not None:
            kept[name] = span.total_seconds() // 60
    return kept


TAKEN = json.dumps([{"code": "taken"}])


def _room(agent: str) -> Any:
    """True in SQL while the agent is available and has fewer open requests than they can carry."""
    theirs = aliased(Request)
    load = select(func.count()).where(theirs.agent == agent, theirs.state == "assigned").scalar_subquery()
    capacity = select(Agent.capacity).where(Agent.id == agent, col(Agent.available).is_(True)).scalar_subquery()
    return load < capacity
