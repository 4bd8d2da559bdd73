"""Requests whose instant has come: decided when duty begins or ends, a promise passes, or somebody has room again.

What drives it is `Request.look_at`; nothing is swept, and what is not due is not touched.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.support.answering.board import Board
from shop.support.answering.handover import call_up, room_again
from shop.support.answering.looking import Look
from shop.support.answering.together import Outrun, together
from shop.support.requests.models import Request

FEW = 10
AT_ONCE, AT_MOST = 500, 5000  # in one transaction; in one turn of the job
RETRY = timedelta(minutes=1)


def route_due(database: Database, *, now: datetime) -> int:
    """Decide about all whose time has come, the gravest and earliest first; says how many found somebody."""
    with database.reading() as db:
        due = select(Request.ref, Request.severity, Request.due_at).where(col(Request.look_at) <= now)
        rows = db.exec(due.order_by(col(Request.look_at)).limit(AT_MOST)).all()
    refs = [ref for ref, _severity, _due in sorted(rows, key=lambda row: (row[1], row[2], row[0]))]
    board: Board | None = None  # read once for all: each row is given away by a statement that looks for itself
    taken = 0
    for start in range(0, len(refs), AT_ONCE):
        some = refs[start : start + AT_ONCE]
        try:
            with database.writing() as db:
                board = board or Board(db, now=now, many=len(refs) > FEW)
                board.db = db
                taken += _look_at(db, some, board, at_once=True)
        except Outrun:
            with database.writing() as db:
                board = Board(db, now=now, many=len(refs) > FEW)
                taken += _look_at(db, some, board)
    return taken


def route_again(database: Database, *, agent: str | None = None, now: datetime) -> int:
    """Route a few of those that wait for somebody who has just come back; all others are looked at when they are due."""
    with database.writing() as db:
        refs = room_again(db, agent, now=now, at_most=FEW) if agent else _first(db, now=now)
        return _look_at(db, refs, Board(db, now=now))


def _first(db: Session, *, now: datetime) -> Sequence[str]:
    waits = select(Request.ref).where(Request.state == "waiting")
    refs = db.exec(waits.order_by(col(Request.severity), col(Request.due_at), col(Request.ref)).limit(FEW)).all()
    call_up(db, refs, now=now)
    return refs


def _look_at(db: Session, refs: Sequence[str], board: Board, *, at_once: bool = False) -> int:
    """Decide about these; who is just being changed by somebody else is left for the next turn.

    With `at_once` what was decided is written in the end, with few statements. Raises Outrun then.
    """
    due = select(Request).where(col(Request.ref).in_(refs), col(Request.look_at) <= board.now)
    found = db.exec(due.with_for_update(skip_locked=True)).all()
    requests = sorted(found, key=lambda each: (each.severity, each.due_at, each.ref))
    look = Look(db, requests, board)
    with together(db) if at_once else nullcontext():
        taken = sum(look.look(each) for each in requests)
    # Whatever the rules have left standing is not looked at every few seconds for ever.
    still = (col(Request.ref).in_([each.ref for each in requests]), col(Request.look_at) <= board.now)
    db.connection().execute(update(Request).where(*still).values(look_at=board.now + RETRY))
    return taken
