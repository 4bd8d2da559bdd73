"""Since when a market's figures count: each time a market begins to sell, or begins again, it is learnt from anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent


@dataclass(frozen=True, slots=True)
class Epoch:
    """Since when a market sells without a pause between, and the how-manieth time this is (from 1)."""

    since: datetime
    number: int


def epochs(db: Session, markets: Sequence[str] | None = None) -> dict[str, Epoch]:
    """The present epoch of each of these markets (None: all) that has ever sold; one query for all.

    Going from soft to open goes on with the same one.
    """
    found: dict[str, Epoch] = {}
    for event in beginnings(db, markets):
        before = found.get(event.market)
        found[event.market] = Epoch(event.at, before.number + 1 if before else 1)
    return found


def beginnings(db: Session, markets: Sequence[str] | None = None) -> list[LaunchEvent]:
    """The events with which an epoch of one of these markets (None: all) began, the oldest first."""
    into = col(LaunchEvent.to_state).in_(SELLING) & col(LaunchEvent.from_state).not_in(SELLING)
    query = select(LaunchEvent).where(into, col(LaunchEvent.undoes).is_(None)).order_by(col(LaunchEvent.id))
    if markets is not None:
        query = query.where(col(LaunchEvent.market).in_(markets))
    return list(db.exec(query).all())
