"""Looking at requests whose instant has come: routed, handed over, or marked overdue, each by the same rules.

Many at once, within one transaction: what the rules ask for is looked up once for all of them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select as columns
from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.support.answering.assignment import look_again, place
from shop.support.answering.before import Before
from shop.support.answering.board import Board
from shop.support.answering.handover import Left, hand_over
from shop.support.answering.leaving import AWAY_GRACE, away_long, stays
from shop.support.answering.overdue import mark_overdue
from shop.support.answering.people import Standing, standings
from shop.support.answering.promises import promise_anew
from shop.support.requests.models import Draft, Message, Request
from shop.support.severity import CRISIS
from shop.support.shifts.models import Absence, Agent

WRITING = timedelta(minutes=10)  # so long after the last word of a draft somebody counts as writing


class Look:
    """What the rules ask for about these requests at `now`. They must be locked by the caller."""

    def __init__(self, db: Session, requests: Sequence[Request], board: Board) -> None:
        now = board.now
        self._db, self._now, self._board = db, now, board
        self._before = Before(db, requests, now=now)
        owners = {each.agent for each in requests if each.agent}
        self._standings = standings(db, owners, now=now)
        self._markets = {each.id: each for each in db.exec(select(Market)).all()}
        self._absent = _absent(db, owners, now=now)
        self._persons = _persons(db, owners)
        self._notes = _last_notes(db, [each.ref for each in requests if each.state == "assigned"])

    def look(self, request: Request) -> bool:
        """Decide what is due about this request; says whether somebody has got it now who had it not."""
        late = mark_overdue(self._db, request, now=self._now)
        if request.state == "waiting":
            return self._place(request)
        if request.state == "assigned":
            return self._keep_or_hand_over(request, late=late)
        if request.state == "referred":
            look_again(self._db, request.ref, None, now=self._now)
        else:
            self._db.connection().execute(update(Request).where(col(Request.ref) == request.ref).values(look_at=None))
        return False

    def _place(self, request: Request) -> bool:
        market = self._markets[request.market]
        seen = place(self._db, request, market, now=self._now, board=self._board, before=self._before)
        promise_anew(self._db, request, seen, now=self._now)
        return request.state == "assigned"

    def _keep_or_hand_over(self, request: Request, *, late: bool) -> bool:
        owner = self._standings.get(request.agent or "")
        reason = self._leaves(request, owner) if owner else "left"
        if not reason and late and not self._writes(request):
            reason = "no_reply"
        if reason and self._hand_over(request, reason):
            return request.state == "assigned"
        look_again(self._db, request.ref, self._next(owner) if owner else None, now=self._now)
        return False

    def _leaves(self, request: Request, owner: Standing) -> str:
        """Why the request does not stay with its owner; empty where it stays."""
        crisis = request.severity == CRISIS
        if owner.there or (owner.until and not away_long(since=owner.since, crisis=crisis, now=self._now)):
            return ""
        if stays(waits_for_others=False, crisis=crisis, due=request.promised_at, back_at=owner.next_at):
            return ""
        if owner.until:
            return "away"
        if request.agent in self._absent:
            return "absence"
        return "shift_end" if owner.next_at else "left"

    def _next(self, owner: Standing) -> datetime | None:
        """When the owner's standing is another by itself."""
        if owner.until is None:
            return owner.next_at
        grace = owner.since + AWAY_GRACE if owner.since and not owner.available else None
        return min(owner.until, grace) if grace and grace > self._now else owner.until

    def _hand_over(self, request: Request, reason: str) -> bool:
        note = self._notes.get((request.ref, self._persons.get(request.agent or "", "")), "")
        market = self._markets[request.market]
        left, now = Left(reason, note), self._now
        return hand_over(self._db, request, market, left, board=self._board, before=self._before, now=now)

    def _writes(self, request: Request) -> bool:
        person = self._persons.get(request.agent or "", "")
        draft = self._db.get(Draft, (request.ref, person))
        return draft is not None and draft.at > self._now - WRITING


def _absent(db: Session, agents: set[str], *, now: datetime) -> set[str]:
    here = (col(Absence.starts_at) <= now, col(Absence.ends_at) > now)
    return set(db.exec(select(Absence.agent).where(col(Absence.agent).in_(agents), *here)).all())


def _persons(db: Session, agents: set[str]) -> dict[str, str]:
    query = columns(col(Agent.id), col(Agent.person)).where(col(Agent.id).in_(agents))
    return dict(db.connection().execute(query).all())


def _last_notes(db: Session, refs: Sequence[str]) -> dict[tuple[str, str], str]:
    """The last internal note of each person on each of these requests."""
    query = columns(col(Message.request), col(Message.person), col(Message.text))
    notes = query.where(col(Message.request).in_(refs), col(Message.kind) == "note").order_by(col(Message.id))
    return {(ref, person): text for ref, person, text in db.connection().execute(notes).all()}
