"""The schedules of markets that are still to run, and what a change of the market's state does to them.

A pause freezes them: none runs late by itself when the market resumes. A safety pause, winding down and closing end
them. Both are conditional statements inside the caller's transaction, so that a schedule that runs at the same time
has either run before or never does.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.launches.models import Schedule
from shop.markets.history import note_deed

OPEN = ("waiting", "frozen")
PAUSED, ENDED = "paused", "ended"  # the outcomes that a change of the market's state gives


def next_of(db: Session, markets: Sequence[str] | None = None) -> dict[str, Schedule]:
    """The schedule that is due next in each market (of these, or of all), in one query."""
    query = select(Schedule).where(Schedule.state == "waiting").order_by(col(Schedule.due_at).desc(), col(Schedule.id))
    if markets is not None:
        query = query.where(col(Schedule.market).in_(markets))
    return {each.market: each for each in db.exec(query).all()}


def freeze(db: Session, market: str, *, now: datetime, person: str = "") -> int:
    """Stop every waiting schedule of a market that is being paused; says how many. Nothing thaws them but a person."""
    return _end(db, market, states=("waiting",), state="frozen", outcome=PAUSED, now=now, person=person)


def cancel(db: Session, market: str, *, now: datetime, person: str = "") -> int:
    """End every schedule of a market that is paused for safety, winds down or closes; says how many."""
    return _end(db, market, states=OPEN, state="cancelled", outcome=ENDED, now=now, person=person)


def _end(
    db: Session, market: str, *, states: tuple[str, ...], state: str, outcome: str, now: datetime, person: str
) -> int:
    mine = update(Schedule).where(col(Schedule.market) == market, col(Schedule.state).in_(states))
    values = mine.values(state=state, outcome=outcome, ended_by=person, ended_at=now)
    ended = db.connection().execute(values.returning(col(Schedule.action), col(Schedule.wall))).all()
    for action, wall in sorted(ended):
        changed = {"step": (action, None), "planned": (wall, None)}
        note_deed(db, market, f"schedule_{state}", person=person, now=now, changed=changed)
    return len(ended)
