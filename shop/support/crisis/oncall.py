"""Who is on call: turns handed over at a wall-clock time of the rotation's zone, overrides before them, and the chain.

Pure. A week's turn is a week of the clock, an hour longer or shorter where the clocks change. Before the first
hand-off nobody is on call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from shop.ground.instants import instant_on, local

ACKNOWLEDGE_MINUTES = 15  # for who is paged, where nothing else is said; then the next is
ROTATION = "rotation"  # whoever is on call, in a chain of who is paged


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else is on call from `start` up to, not including, `end`."""

    start: datetime
    end: datetime
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Users in turn, `period_days` each, handed over `handoff` minutes after midnight in `zone` from `starts_on`."""

    zone: str
    starts_on: date
    handoff: int
    period_days: int
    users: tuple[str, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """From when until when somebody is on call, and whether by an override; `user` empty is a gap."""

    start: datetime
    end: datetime
    user: str
    override: bool = False


@dataclass(frozen=True, slots=True)
class Paged:
    """Who is paged, and when, if nobody has acknowledged before."""

    user: str
    at: datetime


def on_call(rotation: Rotation, now: datetime) -> str:
    """Who is on call at that instant; empty when nobody is. Of several overrides the one that began last counts."""
    return _who(rotation, now)[0]


def turns(rotation: Rotation, start: datetime, end: datetime) -> tuple[Turn, ...]:
    """Who is on call between two instants, one turn after the other without a hole; gaps are turns of nobody."""
    found: list[Turn] = []
    marks = sorted({start, end, *(mark for mark in _marks(rotation, start, end) if start < mark < end)})
    for begins, ends in pairwise(marks):
        user, override = _who(rotation, begins)
        if found and (found[-1].user, found[-1].override) == (user, override):
            found[-1] = Turn(found[-1].start, ends, user, override)
        else:
            found.append(Turn(begins, ends, user, override))
    return tuple(found)


def gaps(seen: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns in which nobody is on call."""
    return tuple(each for each in seen if not each.user)


def pages(rotation: Rotation, chain: Sequence[str], *, now: datetime, timeout: timedelta) -> tuple[Paged, ...]:
    """Who is paged when nobody acknowledges: the chain in its order, one timeout after the other.

    Where the rotation has nobody, the next of the chain is paged in its place without waiting.
    """
    found: list[Paged] = []
    for name in chain:
        at = now + len(found) * timeout
        user = on_call(rotation, at) if name == ROTATION else name
        if user:
            found.append(Paged(user, at))
    return tuple(found)


def _who(rotation: Rotation, now: datetime) -> tuple[str, bool]:
    standing_in = [each for each in rotation.overrides if each.start <= now < each.end]
    if standing_in:
        return max(enumerate(standing_in), key=lambda one: (one[1].start, one[0]))[1].user, True
    number = _number(rotation, now)
    if number < 0 or not rotation.users:
        return "", False
    return rotation.users[number % len(rotation.users)], False


def _number(rotation: Rotation, now: datetime) -> int:
    """The number of the turn in which the instant lies; the first is 0, negative ones lie before it."""
    days = (local(now, rotation.zone).date() - rotation.starts_on).days
    number = days // rotation.period_days
    return number if _handoff(rotation, number) <= now else number - 1


def _handoff(rotation: Rotation, number: int) -> datetime:
    day = rotation.starts_on + timedelta(days=number * rotation.period_days)
    return instant_on(day, rotation.handoff, rotation.zone)


def _marks(rotation: Rotation, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every instant at which it may be somebody else's turn."""
    number = max(_number(rotation, start), -1) + 1
    while (mark := _handoff(rotation, number)) < end:
        yield mark
        number += 1
    for each in rotation.overrides:
        yield each.start
        yield each.end
