"""How many promises were kept: of days that are over from what was counted of them once, of the rest from the promises.

So that a year of a busy house costs no more to look at than its last two days. A day is of UTC, without its first instant
and with that of the next.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.support.requests.models import PromiseDay, Request, RequestPromise

DAY = timedelta(days=1)
SETTLED = DAY  # after a day's end: by then no answer of that day is still being written, whatever a clock is off by


def kept_promises(db: Session, markets: Sequence[str], since: datetime, *, now: datetime) -> Counter[str]:
    """By market, how many of the promises that fell due after `since`, and by now, were kept."""
    first, day = _day(since) + DAY, col(PromiseDay.day)
    last: date | None = db.exec(select(func.max(day)).where(day >= first, day < _day(now))).one()
    if last is None:
        return _counted(db, since, now, markets)
    days = select(PromiseDay.market, func.sum(PromiseDay.kept)).where(day >= first, day <= last)
    days = days.where(col(PromiseDay.market).in_(markets)).group_by(col(PromiseDay.market))
    over = Counter({market: int(kept) for market, kept in db.exec(days).all()})
    return _counted(db, since, _begin(first), markets) + over + _counted(db, _begin(last + DAY), now, markets)


def count_kept_days(database: Database, *, now: datetime) -> int:
    """The periodic work: count the days that are over and were not counted yet, each by itself; says how many."""
    with database.reading() as db:
        last: date | None = db.exec(select(func.max(PromiseDay.day))).one()
        day = _next_day(db, None if last is None else last + DAY)
    counted, end = 0, _day(now - SETTLED)
    while day is not None and day < end:
        with database.writing() as db:
            kept = _counted(db, _begin(day), _begin(day + DAY))
            rows = [{"market": market, "day": day, "kept": number} for market, number in sorted(kept.items())]
            if rows:
                db.connection().execute(insert(PromiseDay).values(rows).on_conflict_do_nothing())
            counted, day = counted + 1, _next_day(db, day + DAY)
    return counted


def _counted(db: Session, after: datetime, until: datetime, markets: Sequence[str] | None = None) -> Counter[str]:
    """By market, the promises due in this time that were kept; of all markets where none is named."""
    noted, asked, due = col(RequestPromise.market), col(Request.market), col(RequestPromise.promised_at)
    joined = select(asked, func.count()).join(RequestPromise, col(RequestPromise.request) == col(Request.ref))
    found: Counter[str] = Counter()
    # A promise from before its market was noted beside it has that of its request.
    for market, query in ((noted, select(noted, func.count())), (asked, joined.where(noted.is_(None)))):
        theirs = market.is_not(None) if markets is None else market.in_(markets)
        query = query.where(theirs, due > after, due <= until, col(RequestPromise.kept).is_(True))
        found.update({str(each): number for each, number in db.exec(query.group_by(market)).all()})
    return found


def _next_day(db: Session, day: date | None) -> date | None:
    """The first day, from this one on if one is named, that a promise fell due on."""
    query = select(func.min(col(RequestPromise.promised_at)))
    due: datetime | None = db.exec(
        query if day is None else query.where(RequestPromise.promised_at > _begin(day))
    ).one()
    return None if due is None else _day(due - timedelta.resolution)


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
