"""Passing a request on: to a colleague with a note, and opening one anew that was closed.

Only to whom it would stay with: given to somebody who is not there in time, the rules would take it back at once.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.revisions import raise_revision
from shop.ground.errors import Refusal, found
from shop.staff.models import Person
from shop.support.answering.assignment import DESK, AnotherHasIt, note_assignment, still_owned, with_owner
from shop.support.answering.handover import DECLINED
from shop.support.answering.languages import variant_rank
from shop.support.answering.leaving import stays
from shop.support.answering.people import Standing, standings
from shop.support.answering.sla import resume
from shop.support.known.training import untrained
from shop.support.requests.models import Handover, Request
from shop.support.requests.replies import Answerer
from shop.support.severity import CRISIS
from shop.support.shifts.models import Agent, AgentLanguage

PASSED = json.dumps([{"code": "passed"}])


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may answer for the market; `back_at` is when they come on duty, of whoever is off duty now.

    Who is neither there nor has a `back_at` is away from the desk in their hours, or has no hours in sight.
    """

    id: str
    name: str
    there: bool
    back_at: datetime | None
    keeps: bool  # the request stays with them: they are there, back before the answer is due, or it waits for others


class NotThere(Refusal):
    """The colleague would not keep the request: it would leave them at once. `colleague` says who. Told at its field."""


def colleagues(db: Session, request: Request, *, now: datetime) -> list[Colleague]:
    """Who may be given the request and keeps it: who is there before who comes, those of its language first."""
    keeping = [each for each in _team(db, request, request.agent, now=now) if each.keeps]
    return sorted(keeping, key=lambda each: (not each.there, each.back_at or now))


def _team(db: Session, request: Request, but: str | None, *, now: datetime) -> list[Colleague]:
    """Everybody but this agent who answers for the market, those of its language first."""
    query = select(Agent, Person).join(Person, col(Person.id) == col(Agent.person))
    there = [
        (agent, person)
        for agent, person in db.exec(query.order_by(col(Person.name), col(Agent.id))).all()
        if agent.id != but and request.market in (agent.markets.split() or [request.market])
    ]
    spoken, unready = _speakers(db, request.language), untrained(db, request.market)
    known = standings(db, [agent.id for agent, _person in there], now=now)
    team = [
        _colleague(request, agent.id, person.name, known[agent.id])
        for agent, person in there
        if agent.id not in unready
    ]
    return sorted(team, key=lambda each: (each.id not in spoken, each.name, each.id))


def _colleague(request: Request, id: str, name: str, standing: Standing) -> Colleague:
    back_at = standing.next_at if standing.until is None else None
    waits, crisis = waits_for_others(request), request.severity == CRISIS
    keeps = stays(waits_for_others=waits, crisis=crisis, due=request.promised_at, back_at=back_at)
    # Also what waits for others is not left with somebody of whom nobody knows when they work again.
    in_sight = standing.until is not None or back_at is not None
    return Colleague(id, name, standing.there, back_at, standing.there or (in_sight and keeps))


def pass_on(
    db: Session, request: Request, answerer: Answerer, to: str, *, note: str, seen_owner: str, now: datetime
) -> Colleague:
    """Give the request to a colleague, full or not, with a note for them; the customer's promise stands. Who has it.

    Asked twice with the same note it is done once.
    Raises AnotherHasIt when it is no longer whose the form showed, or when it is a colleague's and only the exporter may
    give it away; NotFound for whoever may not be given it, and NotThere for who would not keep it.
    """
    gone = AnotherHasIt(url=f"/desk/requests/{request.ref}")
    mine = answerer.for_all or seen_owner == "" or (answerer.agent is not None and seen_owner == answerer.agent.id)
    # Asked before the colleague is looked for: who has it by now is no colleague to give it to.
    if not mine:
        raise gone
    given = next((each for each in _team(db, request, seen_owner, now=now) if each.id == to), None)
    if (request.agent or "") != seen_owner:
        if given is not None and request.agent == to and _is_last(db, request, "passed", seen_owner, note):
            return given
        raise gone
    given = found(given)
    if not given.keeps:
        raise NotThere(colleague=given)
    theirs = and_(still_owned(request, seen_owner), col(Request.state) != "closed")
    values = {**with_owner(now), "agent": to, "reasons": PASSED, "updated_at": now}
    changed = update(Request).where(theirs).values(values).returning(col(Request.ref))
    if db.connection().execute(changed).scalar() is None:
        raise gone
    note_assignment(db, request.ref, to, by=answerer.person.id, reasons=PASSED, now=now)
    row = {"request": request.ref, "from_agent": seen_owner, "to_agent": to, "reason": "passed", "note": note}
    db.connection().execute(insert(Handover).values(**row, person=answerer.person.id, at=now))
    raise_revision(db, DESK)
    return given


def waits_for_others(request: Request) -> bool:
    """Whether it waits for the customer or the exporter: it may be given to a colleague, but lies in no queue."""
    return request.state in ("answered", "referred")


def handed_back(db: Session, request: Request, agent: Agent, *, note: str) -> bool:
    """Whether the agent has just handed the request back with this very note, and it lies where that put it."""
    return _is_last(db, request, DECLINED, agent.id, note)


def _is_last(db: Session, request: Request, reason: str, giver: str, note: str) -> bool:
    """Whether the last that happened to whose it is was this, and it is still with whom that left it."""
    last = next(iter(handovers_of(db, request)), None)
    if last is None or last.to_agent != (request.agent or ""):
        return False
    return (last.reason, last.from_agent, last.note) == (reason, giver, note)


def reopen(db: Session, request: Request, answerer: Answerer, *, now: datetime) -> None:
    """Open a closed request anew: it is the answerer's own, or waits where they are not on the roster. Twice is once."""
    agent = answerer.agent.id if answerer.agent else request.agent
    values: dict[str, Any] = {
        "state": "assigned" if agent else "waiting",
        "agent": agent,
        "closed_at": None,
        "updated_at": now,
    }
    values |= {"due_at": now, "look_at": now, **resume(request, now)}
    values |= {"on_duty_at": None, "promised_at": None, "overdue_told_at": None}  # the old promise has been judged
    closed = and_(col(Request.ref) == request.ref, col(Request.state) == "closed")
    opened = update(Request).where(closed).values(values).returning(col(Request.ref))
    if db.connection().execute(opened).scalar() is None:
        return
    if agent is not None and agent != request.agent:
        note_assignment(db, request.ref, agent, by=answerer.person.id, reasons=PASSED, now=now)
    raise_revision(db, DESK)


def handovers_of(db: Session, request: Request) -> list[Handover]:
    """How the request went from hand to hand, the newest first."""
    query = select(Handover).where(Handover.request == request.ref).order_by(col(Handover.id).desc())
    return list(db.exec(query).all())


def _speakers(db: Session, language: str) -> set[str]:
    query = select(AgentLanguage).where(AgentLanguage.level != "basic")
    return {each.agent for each in db.exec(query).all() if variant_rank(each.language, language, True) is not None}
