"""When requests come in: how many had to wait for somebody's hours, and how many come in an hour of the customers' day."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from shop.ground.instants import local
from shop.markets.models import Market
from shop.support.requests.models import Request, RequestPromise

Slot = tuple[int, int]  # the weekday and the hour on the customers' clock


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The requests of a language in some weeks, by weekday and local hour; `waited` found nobody on duty."""

    weeks: int
    all: Counter[Slot] = field(default_factory=Counter)
    waited: Counter[Slot] = field(default_factory=Counter)

    @property
    def busiest(self) -> tuple[Slot, float] | None:
        """The hour of the week in which most come in, and how many in the mean of the weeks; nothing without any."""
        if not self.all:
            return None
        slot = min(self.all, key=lambda each: (-self.all[each], each))
        return slot, self.all[slot] / self.weeks


def arrivals(db: Session, market: Market, weeks: int, *, now: datetime) -> dict[str, Arrivals]:
    """What came in during the last weeks, by language. Who was there is known by the promise given at that moment."""
    given = and_(
        col(RequestPromise.request) == col(Request.ref), col(RequestPromise.given_at) == col(Request.created_at)
    )
    waited = or_(col(RequestPromise.id).is_(None), col(RequestPromise.on_duty_at) > col(Request.created_at))
    query = (
        select(col(Request.language), col(Request.created_at), waited)
        .join(RequestPromise, given, isouter=True)
        .where(col(Request.market) == market.id, col(Request.created_at) > now - timedelta(weeks=weeks))
    )
    found = {language: Arrivals(weeks) for language in market.languages.split()}
    for language, came, nobody in db.exec(query).all():
        there = found.setdefault(language, Arrivals(weeks))
        wall = local(came, market.zone)
        slot = (wall.weekday(), wall.hour)
        there.all[slot] += 1
        if nobody:
            there.waited[slot] += 1
    return found
