"""Giving a request to somebody: one conditional statement decides, so that two can never have it."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, literal, null, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from shop.base.revisions import raise_revision
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.support.answering.before import Before
from shop.support.answering.board import DAILY, Board
from shop.support.answering.promises import tell_exporter
from shop.support.answering.routing import Reason
from shop.support.answering.team import Outlook
from shop.support.answering.together import carry_out
from shop.support.requests.models import Assignment, Request
from shop.support.severity import CRISIS
from shop.support.shifts.models import Agent

DESK = "desk"  # the revision scope of everything the desk shows
ATTEMPTS = 5


class AnotherHasIt(Refusal):
    """Somebody else has the request by now; `url` leads to it."""


def place(
    db: Session,
    request: Request,
    market: Market,
    *,
    now: datetime,
    board: Board | None = None,
    before: Before | None = None,
) -> Outlook:
    """Route a waiting request and give it to whom routing chose; whoever lost their room meanwhile is asked again.

    The request at hand reads as it was written. The promise is the caller's to give; the exporter is told here when
    nobody can be.
    """
    board = board or Board(db, now=now)
    before = before or Before(db, [request], now=now)
    asked = before.asked(request, market)
    seen = board.outlook(asked)
    given = False
    for _attempt in range(ATTEMPTS):
        chosen = seen.routed.assign_to
        if chosen is None or (given := give(db, request, chosen, seen, now=now)):
            break
        board.forget()
        seen = board.outlook(asked)
    if given and chosen:
        board.change(chosen, 1)
    else:
        note_waiting(db, request, seen, now=now)
    if seen.promised_at is None:
        tell_exporter(db, request.ref, now=now)
    return seen


def give(db: Session, request: Request, agent: str, seen: Outlook, *, owner: str | None = None, now: datetime) -> bool:
    """Assign a request that is nobody's, or `owner`'s, to an agent who still has room; says whether that came true."""
    reasons, tier = reasons_json(seen.routed.reasons), seen.routed.tier
    given = {"state": "assigned", "agent": agent, "tier": tier, "reasons": reasons, "updated_at": now}
    statement = _giving(from_somebody=owner is not None, asks_for_room=request.severity != CRISIS)
    where = {"this": request.ref, "owner": owner, "to": agent, "by": now, "then": seen.look_at or now + DAILY}
    row = {f"new_{name}": each for name, each in given.items()} | where
    # The lock makes the count true on PostgreSQL, where two transactions could otherwise both see the last room.
    if not carry_out(db, statement, row, lock=agent):
        return False
    note_assignment(db, request.ref, agent, by="routing", reasons=reasons, now=now)
    told(db, request, given)
    return True


def release(db: Session, request: Request, owner: str, seen: Outlook, *, now: datetime) -> bool:
    """Take the request from its owner and let it wait as routing saw; says whether it was still theirs."""
    values = {"state": "waiting", "agent": None, "tier": seen.routed.tier, "updated_at": now}
    values["reasons"] = reasons_json(seen.routed.reasons)
    row = {f"new_{name}": each for name, each in values.items()}
    if not carry_out(db, _RELEASED, row | {"this": request.ref, "owner": owner, "by": now, "then": seen.look_at}):
        return False
    told(db, request, values)
    return True


def told(db: Session, request: Request, values: Mapping[str, Any]) -> None:
    """Let a request that is at hand read as it was just written, and the desk know that it changed."""
    for name, value in values.items():
        set_committed_value(request, name, value)
    raise_revision(db, DESK)


def take(db: Session, request: Request, agent: Agent, *, seen_owner: str, now: datetime) -> None:
    """The agent takes the request from whom the form showed (nobody, or a colleague). Raises AnotherHasIt.

    What waits for somebody else than us, the exporter or the customer, goes on waiting for them.
    """
    if request.agent == agent.id and request.state != "closed":
        return
    here = and_(still_owned(request, seen_owner), col(Request.state) != "closed")
    # Whether it stays with whoever took it is for the next look, when they are not there.
    values = {**with_owner(now), "agent": agent.id, "reasons": TAKEN, "updated_at": now}
    if db.connection().execute(update(Request).where(here).values(values).returning(col(Request.ref))).scalar() is None:
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")
    note_assignment(db, request.ref, agent.id, by=agent.person, reasons=TAKEN, now=now)
    raise_revision(db, DESK)


def still_owned(request: Request, owner: str | None) -> ColumnElement[bool]:
    """In SQL: this request, while it is this agent's (none: nobody's).

    The statement that writes asks it: somebody may take the request while another one's answer is being written.
    """
    return and_(col(Request.ref) == request.ref, col(Request.agent).is_not_distinct_from(owner or None))


def with_owner(now: datetime) -> dict[str, Any]:
    """In SQL: the state of a request that a person gives an owner, and when it is looked at; only ours is ours to do."""
    state = col(Request.state)
    return {
        "state": case((state.in_(("referred", "answered")), state), else_="assigned"),
        "look_at": case((state == "answered", null()), else_=literal(now, Request.__table__.c.look_at.type)),  # type: ignore[attr-defined]
    }


def note_assignment(db: Session, ref: str, agent: str, *, by: str, reasons: str, now: datetime) -> None:
    """Keep for ever who was given the request, by whom and why. The request's own row is locked by now."""
    row = {"request": ref, "agent": agent, "by": by, "reasons": reasons, "at": now}
    carry_out(db, _NOTE, row, one=False)


def reasons_json(reasons: tuple[Reason, ...]) -> str:
    """The reasons of a decision as they are kept; waits and limits in minutes."""
    return json.dumps([_kept(reason) for reason in reasons])


def note_waiting(db: Session, request: Request, seen: Outlook, *, now: datetime) -> None:
    """Say on the request why it still waits, and until when; the desk is told only of news."""
    reasons = reasons_json(seen.routed.reasons)
    values = {"tier": seen.routed.tier, "reasons": reasons}
    row = {"this": request.ref, "by": now, "then": seen.look_at, "new_tier": seen.routed.tier, "new_reasons": reasons}
    carry_out(db, _WAITS, row, one=False)
    if request.reasons != reasons:
        told(db, request, values)


def look_again(db: Session, ref: str, then: datetime | None, *, now: datetime) -> None:
    """Note when a request is to be looked at again: then, or before that because its promise passes."""
    carry_out(db, _LOOK_AGAIN, {"this": ref, "by": now, "then": then}, one=False)


def _kept(reason: Reason) -> dict[str, Any]:
    kept: dict[str, Any] = {"code": reason.code, "tier": reason.tier, "agents": list(reason.agents)}
    for name, span in (("wait", reason.wait), ("limit", reason.limit)):
        if span is not None:
            kept[name] = span.total_seconds() // 60
    return kept


TAKEN = json.dumps([{"code": "taken"}])


def _is_with(ref: Any, owner: Any) -> tuple[Any, ...]:
    if owner is None:
        return col(Request.ref) == ref, col(Request.state) == "waiting", col(Request.agent).is_(None)
    return col(Request.ref) == ref, col(Request.state) == "assigned", col(Request.agent) == owner


@cache
def _giving(*, from_somebody: bool, asks_for_room: bool) -> Any:
    """The one statement that gives a request away; made once, for it is executed thousands of times in a row.

    True only while the agent is available and has fewer open requests than they can carry; a crisis does not ask.
    """
    theirs, to = aliased(Request), bindparam("to", type_=String())
    load = select(func.count()).where(theirs.agent == to, theirs.state == "assigned").scalar_subquery()
    here = select(Agent.capacity).where(col(Agent.id) == to, col(Agent.available).is_(True)).scalar_subquery()
    with_whom = _is_with(bindparam("this"), bindparam("owner") if from_somebody else None)
    values = _new("state", "agent", "tier", "reasons", "updated_at") | {"look_at": _not_after_promise()}
    return update(Request).where(*with_whom, load < here if asks_for_room else here.is_not(None)).values(values)


def _new(*names: str) -> dict[str, Any]:
    return {name: bindparam(f"new_{name}", type_=Request.__table__.c[name].type) for name in names}  # type: ignore[attr-defined]


def _not_after_promise() -> Any:
    promised = col(Request.promised_at)
    by, then = (bindparam(name, type_=Request.__table__.c.look_at.type) for name in ("by", "then"))  # type: ignore[attr-defined]
    return case((and_(promised > by, or_(then.is_(None), promised < then)), promised), else_=then)


_THIS = col(Request.ref) == bindparam("this")
_LOOK_AGAIN = update(Request).where(_THIS).values(look_at=_not_after_promise())
_WAITS = (
    update(Request)
    .where(_THIS, col(Request.state) == "waiting")
    .values(_new("tier", "reasons") | {"look_at": _not_after_promise()})
)
_RELEASED = (
    update(Request)
    .where(*_is_with(bindparam("this"), bindparam("owner")))
    .values(_new("state", "agent", "tier", "reasons", "updated_at") | {"look_at": _not_after_promise()})
)
_ROW = Assignment.__table__  # type: ignore[attr-defined]
_LAST = select(func.coalesce(func.max(_ROW.c.number), 0) + 1).where(_ROW.c.request == bindparam("request"))
_NOTE = insert(_ROW).values(
    number=_LAST.scalar_subquery(),
    **{name: bindparam(name, type_=_ROW.c[name].type) for name in ("request", "agent", "by", "reasons", "at")},
)
