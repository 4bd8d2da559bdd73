"""Handing over: what happens to the requests of somebody who is no longer there, declines, or does not reply.

A request that leaves its owner goes to whoever is free, or waits with a promise; either way a row says from whom, to
whom, why, and what the one who had it noted for whoever goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, or_, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.support.answering.assignment import AnotherHasIt, give, release
from shop.support.answering.before import Before
from shop.support.answering.board import Board
from shop.support.answering.languages import variant_rank
from shop.support.answering.people import spoken_tags
from shop.support.answering.promises import promise_anew, tell_exporter
from shop.support.answering.together import carry_out
from shop.support.requests.models import Handover, Message, Request
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval

OWNED = ("assigned", "referred")
DECLINED = "declined"
_KEEP = insert(Handover)
FEW = 5  # of those who wait are called up when one place is free: the first may have lost interest in this agent


def duty_changed(db: Session, agents: Collection[str], *, now: datetime) -> None:
    """The hours or the presence of these agents have changed: what they have and what waits for them is decided again.

    Only notes that it is to be looked at now; the job for waiting requests does so within seconds.
    """
    if not agents:
        return
    # Read as columns: the session may hold agents as they were before a Core statement changed them.
    theirs = select(col(Agent.markets)).where(col(Agent.id).in_(agents))
    markets = [each.split() for each in db.exec(theirs).all()]
    wait_for_them = true() if [] in markets else col(Request.market).in_({name for each in markets for name in each})
    have = and_(col(Request.agent).in_(agents), col(Request.state).in_(OWNED))
    waits = and_(col(Request.state) == "waiting", wait_for_them)
    db.connection().execute(update(Request).where(or_(have, waits)).values(look_at=now))


def room_again(db: Session, agent: str, *, now: datetime, at_most: int = FEW) -> list[str]:
    """This agent has room: the first few of those that wait in their markets and languages are looked at now."""
    known = db.connection().execute(select(Agent.markets, Agent.available).where(Agent.id == agent)).one()
    if not known.available:
        return []
    spoken = db.exec(select(AgentLanguage.language).where(AgentLanguage.agent == agent)).all()
    markets = [each for each in db.exec(select(Market)).all() if each.id in (known.markets.split() or [each.id])]
    called: list[tuple[int, datetime, str]] = []
    for market in markets:
        for language in _answered_by(db, market, spoken):
            called += _first_waiting(db, market.id, language, at_most)
    refs = [ref for _severity, _due, ref in sorted(called)[:at_most]]
    call_up(db, refs, now=now)
    return refs


def call_up(db: Session, refs: Collection[str], *, now: datetime) -> None:
    """Have these requests looked at now."""
    if refs:
        db.connection().execute(update(Request).where(col(Request.ref).in_(refs)).values(look_at=now))


def decline(db: Session, request: Request, agent: Agent, note: str, *, now: datetime) -> None:
    """The agent gives the request back with a note for whoever goes on. Raises AnotherHasIt when it is not theirs."""
    market, board = db.get_one(Market, request.market), Board(db, now=now)
    before = Before(db, [request], now=now)
    left = Left(DECLINED, note, agent.person)
    if request.agent != agent.id or not hand_over(db, request, market, left, board=board, before=before, now=now):
        raise AnotherHasIt(url=f"/desk/requests/{request.ref}")


@dataclass(frozen=True, slots=True)
class Left:
    """Why a request leaves its owner, the note for whoever goes on, and which person saw to it (nobody: the rules)."""

    reason: str
    note: str = ""
    person: str = ""


def hand_over(
    db: Session, request: Request, market: Market, left: Left, *, board: Board, before: Before, now: datetime
) -> bool:
    """Give the request to somebody else, or let it wait with a promise; says whether it was still its owner's.

    With the reason `no_reply` it only ever goes to somebody who is there now. The request at hand reads as written.
    """
    owner = request.agent or ""
    asked = before.asked(request, market, without=owner)
    seen = board.outlook(asked)
    chosen = seen.routed.assign_to
    if chosen is None and left.reason == "no_reply":
        return False
    if chosen is not None and not give(db, request, chosen, seen, owner=owner, now=now):
        board.forget()  # whoever it was has no room any more: the queue, from which the next look takes it
        seen, chosen = board.outlook(asked), None
    if chosen is None and not release(db, request, owner, seen, now=now):
        return False
    board.change(owner, -1)
    if chosen is not None:
        board.change(chosen, 1)
    row = {"request": request.ref, "from_agent": owner, "to_agent": chosen or "", "at": now}
    carry_out(db, _KEEP, row | asdict(left), one=False)
    promise_anew(db, request, seen, now=now)
    if seen.promised_at is None:
        tell_exporter(db, request.ref, now=now)
    return True


def needs_note(db: Session, agent: Agent, *, now: datetime) -> Sequence[Request]:
    """What the agent should leave a note on before they go: open requests of theirs with words of this shift.

    Satisfied by an internal note of theirs that is newer than everything else that was said.
    """
    begun = select(DutyInterval.starts_at).where(DutyInterval.agent == agent.id, col(DutyInterval.starts_at) <= now)
    since = db.exec(begun.order_by(col(DutyInterval.starts_at).desc()).limit(1)).first()
    if since is None:
        return []
    mine = select(Request).where(Request.agent == agent.id, col(Request.state).in_(OWNED))
    requests = db.exec(mine.order_by(col(Request.severity), col(Request.due_at), col(Request.ref))).all()
    said = select(Message).where(col(Message.request).in_([each.ref for each in requests]), col(Message.at) >= since)
    lately: dict[str, Message] = {each.request: each for each in db.exec(said.order_by(col(Message.id))).all()}
    return [
        each
        for each in requests
        if (last := lately.get(each.ref)) and not (last.kind == "note" and last.person == agent.person)
    ]


def _answered_by(db: Session, market: Market, spoken: Collection[str]) -> list[str]:
    """The languages in which customers of the market write and that these tags answer."""
    tags = dict.fromkeys((*market.languages.split(), *spoken_tags(db)))
    theirs = [tag for tag in tags if any(variant_rank(each, tag, True) is not None for each in spoken)]
    agreed = set(market.other_languages.split()).intersection(theirs)
    return list(dict.fromkeys([*theirs, *(market.languages.split() if agreed else ())]))


def _first_waiting(db: Session, market: str, language: str, at_most: int) -> list[tuple[int, datetime, str]]:
    first = (col(Request.severity), col(Request.due_at), col(Request.ref))
    waits = select(*first).where(Request.market == market, Request.language == language, Request.state == "waiting")
    return [(severity, due, ref) for severity, due, ref in db.exec(waits.order_by(*first).limit(at_most)).all()]
