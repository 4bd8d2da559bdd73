"""Swaps: one agent asks another to work their hours of a date. It counts once the other has agreed.

Between two who answer a market together; both see at once what it makes of their weeks. Nobody can take hours twice.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from shop.ground.duty import Interval
from shop.ground.errors import NotFound, Refusal
from shop.support.shifts import roster
from shop.support.shifts.models import Agent, ShiftSwap
from shop.support.shifts.schedules import agreed, hours_to_give


class SwapOver(Refusal):
    """The swap is nobody's of this person, has been answered or withdrawn, or its hours have gone or are over."""


class NothingToGive(Refusal):
    """No hours of the agent start on the date that are still to come."""


def ask_swap(db: Session, giver: Agent, taker: Agent, day: date, *, note: str, now: datetime) -> ShiftSwap:
    """Ask a colleague to work one's hours of the date, once. Raises NotFound for no colleague, NothingToGive."""
    if giver.id == taker.id or not are_colleagues(giver, taker):
        raise NotFound
    roster.hold(db)
    if not hours_of_day(db, giver.id, day, now=now) or _given(db, giver.id, day):
        raise NothingToGive
    swap = ShiftSwap(giver=giver.id, taker=taker.id, day=day, note=note, asked_at=now)
    for each in db.exec(select(ShiftSwap).where(ShiftSwap.giver == giver.id, ShiftSwap.day == day)).all():
        if each.taker == taker.id and each.state == "asked":
            return each
    db.add(swap)
    db.flush()
    return swap


def answer_swap(db: Session, taker: str, number: int, *, agree: bool, now: datetime) -> None:
    """Agree, so that the hours are the taker's from now on, or decline. Raises SwapOver."""
    swap = _swap(db, number)
    if swap.taker != taker:
        raise SwapOver
    roster.hold(db)
    if agree and (_given(db, swap.giver, swap.day) or not hours_of_day(db, swap.giver, swap.day, now=now)):
        raise SwapOver
    _decide(db, swap, "agreed" if agree else "declined", now=now)
    if agree:
        roster.rebuild_agents(db, {swap.giver, taker}, now=now)


def withdraw_swap(db: Session, giver: str, number: int, *, now: datetime) -> None:
    """Ask no longer. Raises SwapOver: what was agreed holds until the taker gives the hours back."""
    swap = _swap(db, number)
    if swap.giver != giver:
        raise SwapOver
    _decide(db, swap, "withdrawn", now=now)


def undo_swap(db: Session, agent: str, number: int, *, now: datetime) -> None:
    """Give the hours that one of the two works back to whose they were. Raises SwapOver."""
    swap = _swap(db, number)
    if agent not in (swap.giver, swap.taker):
        raise SwapOver
    _decide(db, swap, "withdrawn", was="agreed", now=now)
    roster.rebuild_agents(db, {swap.giver, swap.taker}, now=now)


def hours_of_day(db: Session, agent: str, day: date, *, now: datetime) -> tuple[Interval, ...]:
    """The agent's own hours that start on the date and are not over."""
    around = roster.window(now)
    whole = Interval(around.start, max(around.end, around.end + (day - around.end.date())) + timedelta(days=2))
    found = agreed(db, {agent}, whole)
    return tuple(each for each in hours_to_give(found[agent].schedule, day) if each.end > now) if agent in found else ()


def swaps_of(db: Session, agent: str, *, since: date) -> list[ShiftSwap]:
    """What the agent asked or was asked, of that day or later, that is open or agreed."""
    theirs = or_(col(ShiftSwap.giver) == agent, col(ShiftSwap.taker) == agent)
    query = select(ShiftSwap).where(theirs, col(ShiftSwap.day) >= since, col(ShiftSwap.state).in_(("asked", "agreed")))
    return list(db.exec(query.order_by(col(ShiftSwap.day), col(ShiftSwap.id))).all())


def are_colleagues(one: Agent, other: Agent) -> bool:
    """Whether the two answer a market together; no markets are all of them."""
    markets = set(one.markets.split()), set(other.markets.split())
    return not all(markets) or bool(markets[0] & markets[1])


def _swap(db: Session, number: int) -> ShiftSwap:
    swap = db.get(ShiftSwap, number)
    if swap is None:
        raise SwapOver
    return swap


def _given(db: Session, giver: str, day: date) -> bool:
    query = select(ShiftSwap.id).where(ShiftSwap.giver == giver, ShiftSwap.day == day, ShiftSwap.state == "agreed")
    return db.exec(query).first() is not None


def _decide(db: Session, swap: ShiftSwap, state: str, *, was: str = "asked", now: datetime) -> None:
    moved = update(ShiftSwap).where(col(ShiftSwap.id) == swap.id, col(ShiftSwap.state) == was)
    if db.connection().execute(moved.values(state=state, decided_at=now)).rowcount != 1:
        raise SwapOver
