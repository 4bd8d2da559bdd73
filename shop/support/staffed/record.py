"""What was promised and what came of it, by market; what customers said afterwards, by market and language.

Of markets, never of persons: nothing here can be asked by who answered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import and_, false, func, or_
from sqlmodel import Session, col, select

from shop.ground.instants import local
from shop.markets.models import Market
from shop.support.requests.models import Rating, Request, RequestPromise
from shop.support.staffed.kept_promises import kept_promises

FEWEST_SHOWN = 5  # a mean of fewer ratings would tell more of persons than of the market
FEW = 20  # a mean of fewer is marked as unsure


@dataclass(frozen=True, slots=True)
class Record:
    """The promises of a market that fell due in a period; `unanswered` are those of the broken that still wait."""

    kept: int = 0
    broken: int = 0
    unanswered: int = 0
    late: tuple[timedelta, ...] = field(default=())

    @property
    def all(self) -> int:
        return self.kept + self.broken

    @property
    def median_late(self) -> timedelta | None:
        """By how much a broken promise was missed in the middle case."""
        return timedelta(seconds=median(each.total_seconds() for each in self.late)) if self.late else None

    @property
    def worst_late(self) -> timedelta | None:
        return max(self.late, default=None)


@dataclass(frozen=True, slots=True)
class Said:
    """The ratings of one language of a market in a period. The mean is None where too few were given to show one."""

    number: int
    mean: float | None

    @property
    def few(self) -> bool:
        return self.number < FEW


def promise_record(db: Session, markets: Iterable[str], since: datetime, *, now: datetime) -> dict[str, Record]:
    """By market, what became of the promises that fell due since then.

    One that is past and not yet judged is broken by now, by as much as has passed.
    """
    ids = list(markets)
    due = col(RequestPromise.promised_at) > since, col(RequestPromise.promised_at) <= now
    own = [col(RequestPromise.market).in_(ids), *due]
    unfilled = [col(RequestPromise.market).is_(None), col(Request.market).in_(ids), *due]
    joined = col(RequestPromise.request) == col(Request.ref)
    numbers = kept_promises(db, ids, since, now=now)
    judged = func.coalesce(
        col(RequestPromise.judged_at), col(Request.first_answered_at), col(RequestPromise.promised_at)
    )
    missed = select(col(Request.market), col(RequestPromise.promised_at), judged, col(RequestPromise.kept))
    missed = missed.join(RequestPromise, joined).where(col(RequestPromise.kept).is_not(True))
    waiting: Counter[str] = Counter()
    late: defaultdict[str, list[timedelta]] = defaultdict(list)
    rows = [row for place in (own, unfilled) for row in db.exec(missed.where(*place)).all()]
    for market, promised, ended, judgement in rows:
        waiting[market] += judgement is None
        late[market].append(max((now if judgement is None else ended) - promised, timedelta()))
    return {
        market: Record(numbers.get(market, 0), len(late[market]), waiting[market], tuple(late[market]))
        for market in numbers.keys() | late.keys()
    }


def ratings(db: Session, markets: Iterable[Market], since: datetime) -> dict[str, dict[str, Said]]:
    """By market and language, how many ratings were given since then, and their mean where enough were given."""
    place = col(Rating.market), col(Rating.language)
    theirs = [and_(place[0] == each.id, col(Rating.day) > local(since, each.zone).date()) for each in markets]
    query = select(*place, func.count(), func.avg(Rating.score)).where(or_(false(), *theirs))
    found: defaultdict[str, dict[str, Said]] = defaultdict(dict)
    for market, language, number, mean in db.exec(query.group_by(*place).order_by(*place)).all():
        found[market][language] = Said(number, float(mean) if number >= FEWEST_SHOWN else None)
    return found
