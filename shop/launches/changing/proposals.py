"""Two people for what widens: one asks for a step, a second one agrees to it and so takes it; nobody agrees alone.

A proposal is for the market as it was: any change of it outdates what waits. Narrowing is never proposed, only done.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.errors import Refusal, found
from shop.launches.changing.exposure import asks_second, change_exposure, check_exposure
from shop.launches.changing.guards import needs_second
from shop.launches.changing.mails import tell_proposal
from shop.launches.changing.redrawing import check_redraw, redraw
from shop.launches.changing.table import EXPOSURE, STEPS, Exposed, exposure_of, same_state
from shop.launches.changing.transitions import Asked, change_state, decide, decided_on, write_change
from shop.launches.changing.undoing import second_for_undo, take_back, undone
from shop.launches.models import Proposal
from shop.launches.readying.gathering import Sources
from shop.markets.history import note_deed
from shop.markets.models import LaunchEvent, Market
from shop.staff.may import works_for
from shop.staff.models import Person

REDRAW, UNDO, FOUR_EYES, TWO_EYES = "redraw", "undo", "four_eyes", "two_eyes"
APPROVE = "change.approve"
OUTCOMES = {
    "": N_("Waits for a second person"),
    "approved": N_("Agreed to and done"),
    "withdrawn": N_("Called off"),
    "outdated": N_("Outdated: the market has changed since"),
}


class OwnProposal(Refusal):
    """Whoever asked for a step cannot be the second person who agrees to it."""


class ProposalOver(Refusal):
    """The proposal no longer waits; `now_is` is the word for what became of it."""


class NobodyElse(Refusal):
    """There is no second person who could agree: nobody else of the market may change it or is its specialist."""


def act(
    db: Session,
    market_id: str,
    action: str,
    asked: Asked,
    *,
    person: str,
    reason: str,
    version: int,
    sources: Sources,
    now: datetime,
) -> LaunchEvent | Proposal:
    """Take a step, or propose it where a second person has to agree. Raises what the step raises; NobodyElse."""
    market = decided_on(db, market_id, version)
    if waits(db, market, action, asked, person=person, sources=sources, now=now):
        return _propose(db, market, action, asked, person=person, reason=reason, sources=sources, now=now)
    by = {"person": person, "reason": reason, "approved_by": ""}
    return _take(db, market, action, asked, sources=sources, now=now, **by)


def waits(
    db: Session, market: Market, action: str, asked: Asked, *, person: str, sources: Sources, now: datetime
) -> bool:
    """Whether what this person asks for has to wait for a second one."""
    if action == EXPOSURE:
        return asks_second(market, asked.exposed or exposure_of(market))
    if action in (REDRAW, TWO_EYES):
        return market.four_eyes
    if action == UNDO:
        _event, shown, values = undone(db, market, asked.undoes, sources, now=now)
        return second_for_undo(db, market, shown, values, person=person)
    step = STEPS.get(action)
    return step is not None and needs_second(db, market, seconded=step.seconded, person=person)


def approve(db: Session, market_id: str, number: int, *, person: str, sources: Sources, now: datetime) -> LaunchEvent:
    """Agree to a proposal and take its step at once, its guards asked again.

    Raises NotFound, OwnProposal, ProposalOver, and what the step raises: then it still waits.
    """
    proposal = proposal_of(db, market_id, number)
    if proposal.person == person:
        raise OwnProposal
    _end(db, proposal, "approved", person=person, now=now)
    market = db.get_one(Market, market_id, populate_existing=True)
    if market.version != proposal.version or not _still_may(db, proposal):
        raise ProposalOver(now_is=OUTCOMES["outdated"])
    by = {"person": proposal.person, "reason": proposal.reason, "approved_by": person}
    event = _take(db, market, proposal.action, asked_of(proposal), sources=sources, now=now, **by)
    db.connection().execute(update(Proposal).where(col(Proposal.id) == proposal.id).values(event=event.id))
    return event


def call_off(db: Session, market_id: str, number: int, *, person: str, now: datetime) -> None:
    """End a proposal without its step. Raises NotFound or ProposalOver."""
    proposal = proposal_of(db, market_id, number)
    _end(db, proposal, "withdrawn", person=person, now=now)
    note_deed(db, market_id, "call_off", person=person, now=now, changed={"step": (proposal.action, None)})


def proposals(db: Session, market_id: str) -> list[Proposal]:
    """The market's proposals, the newest first; those that wait come before all others."""
    query = select(Proposal).where(Proposal.market == market_id)
    return list(db.exec(query.order_by(col(Proposal.outcome) != "", col(Proposal.id).desc()).limit(50)).all())


def proposal_of(db: Session, market_id: str, number: int) -> Proposal:
    """The market's proposal of this number. Raises NotFound."""
    return found(db.exec(select(Proposal).where(Proposal.id == number, Proposal.market == market_id)).first())


def asked_of(proposal: Proposal) -> Asked:
    """What the proposal's form said."""
    values: dict[str, Any] = json.loads(proposal.asked)
    exposed = values.pop("exposed", None)
    return Asked(**values, exposed=Exposed(**exposed) if exposed else None)


def seconds(db: Session, market_id: str, person: str) -> list[Person]:
    """Who could be the second person besides this one."""
    people = db.exec(select(Person).where(Person.id != person).order_by(Person.name)).all()
    return [each for each in people if works_for(each, market_id, APPROVE)]


def _still_may(db: Session, proposal: Proposal) -> bool:
    """Whether who proposed it could still take the step themselves: a role may have been lost since."""
    person = db.get(Person, proposal.person)
    return person is not None and works_for(person, proposal.market, "market.change")


def _propose(
    db: Session,
    market: Market,
    action: str,
    asked: Asked,
    *,
    person: str,
    reason: str,
    sources: Sources,
    now: datetime,
) -> Proposal:
    second = seconds(db, market.id, person)
    if not second:
        raise NobodyElse(market=market.id)
    if action in STEPS:
        decide(db, market, action, asked, person=person, reason=reason, sources=sources, now=now, proposing=True)
    elif action == EXPOSURE:
        check_exposure(db, market, asked.exposed or exposure_of(market), sources, now=now)
    elif action == REDRAW:
        check_redraw(market, reason)
    told = {name: each for name, each in asdict(asked).items() if each and name not in ("winding", "handover")}
    proposal = Proposal(
        market=market.id, action=action, asked=json.dumps(told), reason=reason.strip(), version=market.version,
        person=person, at=now,
    )  # fmt: skip
    db.add(proposal)
    db.flush()
    note_deed(db, market.id, "propose", person=person, now=now, reason=reason, changed={"step": (None, action)})
    tell_proposal(db, proposal, [each.id for each in second], now=now)
    return proposal


def _take(
    db: Session,
    market: Market,
    action: str,
    asked: Asked,
    *,
    person: str,
    reason: str,
    approved_by: str,
    sources: Sources,
    now: datetime,
) -> LaunchEvent:
    by: dict[str, Any] = {"person": person, "reason": reason, "approved_by": approved_by, "now": now}
    if action in (FOUR_EYES, TWO_EYES):
        return _set_eyes(db, market, action == FOUR_EYES, **by)
    by["version"] = market.version
    if action == REDRAW:
        return redraw(db, market.id, **by)
    by["sources"] = sources
    if action == EXPOSURE:
        return change_exposure(db, market.id, asked.exposed or exposure_of(market), **by)
    if action == UNDO:
        return take_back(db, market.id, asked.undoes, **by)
    return change_state(
        db, market.id, action, mode=asked.mode, exposed=asked.exposed, override=asked.override, seen=asked.seen,
        winding=asked.winding, handover=asked.handover, **by,
    )  # fmt: skip


def _set_eyes(
    db: Session, market: Market, wanted: bool, *, person: str, reason: str, approved_by: str, now: datetime
) -> LaunchEvent:
    """Ask a second person from now on, or no more."""
    if wanted and not seconds(db, market.id, person):
        raise NobodyElse(market=market.id)
    event = same_state(market, FOUR_EYES if wanted else TWO_EYES, person=person, reason=reason, now=now)
    event.approved_by = approved_by
    return write_change(db, market, {"four_eyes": wanted}, shown=exposure_of(market), event=event)


def _end(db: Session, proposal: Proposal, outcome: str, *, person: str, now: datetime) -> None:
    mine = update(Proposal).where(col(Proposal.id) == proposal.id, col(Proposal.outcome) == "")
    if db.connection().execute(mine.values(outcome=outcome, ended_by=person, ended_at=now)).rowcount != 1:
        db.refresh(proposal)
        raise ProposalOver(now_is=OUTCOMES[proposal.outcome])
