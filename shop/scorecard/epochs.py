"""Since when a market's figures count: each time a market begins to sell, or begins again, it is learnt from anew.

What was taken back never was: neither the step nor the one that took it back begins or ends anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent


@dataclass(frozen=True, slots=True)
class Epoch:
    """Since when a market sells without a pause between, and the how-manieth time this is (from 1).

    `until` is when it stopped to sell, None while it sells. Its figures go on being counted until the next epoch begins:
    what was sold may still come back.
    """

    since: datetime
    number: int
    until: datetime | None = None


def epochs(db: Session, markets: Sequence[str] | None = None) -> dict[str, Epoch]:
    """The present epoch of each of these markets (None: all) that has ever sold; one query for all.

    Going from soft to open goes on with the same one.
    """
    found: dict[str, Epoch] = {}
    for event in _crossings(db, markets):
        before = found.get(event.market)
        if event.to_state in SELLING:
            found[event.market] = Epoch(event.at, before.number + 1 if before else 1)
        elif before:
            found[event.market] = replace(before, until=event.at)
    return found


def beginnings(db: Session, markets: Sequence[str] | None = None) -> list[LaunchEvent]:
    """The events with which an epoch of one of these markets (None: all) began, the oldest first."""
    return [each for each in _crossings(db, markets) if each.to_state in SELLING]


def _crossings(db: Session, markets: Sequence[str] | None) -> list[LaunchEvent]:
    """The events with which a market began to sell or stopped, the oldest first, without what was taken back."""
    begins, sold = col(LaunchEvent.to_state).in_(SELLING), col(LaunchEvent.from_state).in_(SELLING)
    query = select(LaunchEvent).where(begins != sold).order_by(col(LaunchEvent.id))
    if markets is not None:
        query = query.where(col(LaunchEvent.market).in_(markets))
    events = db.exec(query).all()
    undone = {each.undoes for each in events}
    return [each for each in events if each.undoes is None and each.id not in undone]
