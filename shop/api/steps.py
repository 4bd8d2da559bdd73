"""Operations on a market's steps: the ones that the console takes, through the same function, and the second person's word.

A step for which the console asks again who it is needs a scope of its own: a program cannot be asked for a password, so
the person shows who they are once, when that scope is given to its token (making one always asks).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from sqlmodel import Session

from shop.api.answering import door
from shop.api.markets import happened, steering
from shop.api.operations import Call, Operation, Reply, etag
from shop.api.problems import Problem
from shop.api.scopes import WIDEN
from shop.api.step_shapes import Outcome, Proposals, ProposalTold, StepAsked, Stepped
from shop.api.winding import winding_of
from shop.ground.errors import found, row_id
from shop.launches.board import PATHS
from shop.launches.changing.proposals import act, approve, asked_of, call_off, proposal_of, proposals
from shop.launches.changing.safety import follow_up
from shop.launches.changing.table import STEPS, exposure_of, mode_of_pause
from shop.launches.changing.transitions import Asked, NotReady, ReasonMissing
from shop.launches.models import Proposal
from shop.markets.models import LaunchEvent, Market
from shop.staff.may import is_sensitive

CONFIRMED = frozenset(
    action for action in STEPS if is_sensitive("market.change", f"/console/markets/de/{PATHS[action]}")
)


def take_step(call: Call, db: Session) -> Reply:
    """Take a step, or propose it where a second person has to agree."""
    market_id, asked = call.own_market(call.path["market"]), call.body
    _confirmed(call, db)
    market = found(db.get(Market, market_id))
    call.match(etag("market", market.id, market.version), must=STEPS[asked.action].widens)
    if STEPS[asked.action].reasoned and not asked.reason.strip():
        raise ReasonMissing(action=asked.action)
    with _gates_told(call):
        done = act(
            db, market_id, asked.action, _asked(call, db, market), person=call.staff.person.id, reason=asked.reason,
            version=market.version, sources=call.hall.sources(), now=call.now,
        )  # fmt: skip
    if isinstance(done, Proposal):
        stepped = Stepped(market=market_id, outcome="waits_for_second_person", event=None, proposal=done.id)
        return Reply(stepped, status=202)
    return _done(call, done)


def _confirmed(call: Call, _db: Session) -> None:
    if call.body.action in CONFIRMED:
        call.must_have(WIDEN)


def list_proposals(call: Call, db: Session) -> Reply:
    """What waits for a second person in a market, and what became of earlier proposals."""
    market = found(db.get(Market, call.own_market(call.path["market"])))
    return Reply(Proposals(items=[_proposal(each) for each in proposals(db, market.id)]))


def agree(call: Call, db: Session) -> Reply:
    """Agree to a proposal, and so take its step."""
    market, number = call.own_market(call.path["market"]), call.number("proposal")
    with _gates_told(call):
        event = approve(
            db, market, row_id(number), person=call.staff.person.id, sources=call.hall.sources(), now=call.now
        )
    return _done(call, event, proposal=number)


def withdraw(call: Call, db: Session) -> Reply:
    """Call a proposal off; nothing changes."""
    market, number = call.own_market(call.path["market"]), row_id(call.number("proposal"))
    call_off(db, market, number, person=call.staff.person.id, now=call.now)
    db.expire_all()
    return Reply(_proposal(proposal_of(db, market, number)))


def _done(call: Call, event: LaunchEvent, *, proposal: int | None = None) -> Reply:
    hall = call.hall
    return Reply(
        Stepped(market=event.market, outcome="done", event=happened(event), proposal=proposal),
        etag=etag("market", event.market, event.version),
        after=lambda: follow_up(hall.database, hall.payments, event, now=hall.now),
    )


def _asked(call: Call, db: Session, market: Market) -> Asked:
    asked: StepAsked = call.body
    shown = exposure_of(market)
    if asked.action in ("launch", "open"):
        given: dict[str, Any] = {"audience": asked.audience, "order_cap": asked.order_cap}
        given["percent_bp"] = None if asked.percent is None else round(asked.percent * 100)
        shown = replace(shown, **{name: each for name, each in given.items() if each is not None})
    mode = mode_of_pause(market, asked.mode) if asked.action == "pause" else ""
    winding = None
    if asked.action == "wind_down" and asked.winding is not None and market.state in STEPS["wind_down"].sources:
        winding = winding_of(db, market, asked.winding, tongue=call.hall.tongue, now=call.now)
    return Asked(mode=mode, exposed=shown, override=asked.override, winding=winding, handover=asked.handover)


@contextmanager
def _gates_told(call: Call) -> Iterator[None]:
    """Tell the gates that are in the way as a program reads them."""
    try:
        yield
    except NotReady as refusal:
        raise Problem("not_ready", gates=[steering(call).gate(each) for each in refusal.values["gates"]]) from None


def _proposal(row: Proposal) -> ProposalTold:
    asked = asked_of(row)
    told: dict[str, Any] = {"mode": asked.mode, "override": asked.override, "undoes": asked.undoes}
    if asked.exposed is not None:
        exposed = asked.exposed
        told |= {"audience": exposed.audience, "percent": exposed.percent_bp / 100, "order_cap": exposed.order_cap}
    return ProposalTold(
        **row.model_dump(include={"market", "action", "reason", "person", "at", "ended_by", "ended_at"}),
        proposal=row.id or 0,
        asked={name: each for name, each in told.items() if each},
        outcome=cast(Outcome, row.outcome or "waits"),
    )


STEP = Operation(
    method="POST", path="/markets/{market}/steps", name="takeStep", scope="markets:write", act=take_step, gives=Stepped,
    summary="Take a step: ready, redraft, launch, open, pause, resume, wind_down, close.", wider=WIDEN,
    wider_for=", ".join(sorted(CONFIRMED)), reads=StepAsked, session="writing", etag=True, if_match="may",
    within=_confirmed,
    also={202: "It waits for a second person.", 409: "The market's state, its gates or its guards do not allow it."},
    example={"action": "pause", "mode": "sell_stop", "reason": "The warehouse is flooded."},
)  # fmt: skip
PROPOSALS = Operation(
    method="GET", path="/markets/{market}/proposals", name="listProposals", scope="markets:read", act=list_proposals,
    gives=Proposals, summary="What waits for a second person in a market, and what became of earlier proposals.",
)  # fmt: skip
AGREE = Operation(
    method="POST", path="/markets/{market}/proposals/{proposal}/approval", name="approveProposal",
    scope="markets:approve", act=agree, gives=Stepped, session="writing", etag=True,
    summary="Agree to what somebody else has asked for, and so take its step. Nobody agrees to their own.",
    also={409: "It no longer waits, it is the person's own, or the market's gates or guards do not allow it."},
)  # fmt: skip
WITHDRAW = Operation(
    method="POST", path="/markets/{market}/proposals/{proposal}/withdrawal", name="withdrawProposal",
    scope="markets:approve", act=withdraw, gives=ProposalTold, session="writing",
    summary="Call a proposal off. Nothing of the market changes.", also={409: "It no longer waits."},
)  # fmt: skip

HANDLERS = [door(each) for each in (STEP, PROPOSALS, AGREE, WITHDRAW)]
