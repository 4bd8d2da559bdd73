"""How far the first answers of each market are behind, in promised hours: those in which its native speakers work."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from shop.ground.duty import Interval, merged
from shop.markets.models import AnswerHours, Market
from shop.scorecard.guardrails import LAST_ANSWERS, Backlog
from shop.support.requests.models import OPEN, Request, RequestPromise

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def backlogs(
    db: Session, markets: Sequence[Market], *, since: Mapping[str, datetime] | None = None, now: datetime
) -> dict[str, Backlog]:
    """The backlog of each of these markets; a request in a language that the market does not speak counts in none.

    What waited, or came late, before `since` (by market) is not held against it: who resumes a market has time to
    answer what lies there.
    """
    began = {each.id: (since or {}).get(each.id, EVER) for each in markets}
    forgotten = _forgotten(db, markets, began, now=now)
    found = {}
    for each in markets:
        answered, late = _last_answers(db, each, began[each.id])
        found[each.id] = Backlog(forgotten[each.id], answered, late)
    return found


def _forgotten(db: Session, markets: Sequence[Market], began: Mapping[str, datetime], *, now: datetime) -> Counter[str]:
    """By market, the requests whose promise passed and that have waited as long as promised once more since."""
    query = select(Request.market, Request.language, Request.promised_at).where(
        col(Request.market).in_([each.id for each in markets]),
        col(Request.state).in_(OPEN),
        col(Request.first_answered_at).is_(None),
        col(Request.promised_at) < now,
    )
    rows = [
        (market, language, max(at, began[market])) for market, language, at in db.exec(query).all() if at is not None
    ]
    if not rows:
        return Counter()
    hours = _hours(db, {market for market, _language, _at in rows}, min(at for _market, _language, at in rows), now)
    promised = {each.id: timedelta(minutes=each.first_answer_minutes) for each in markets}
    return Counter(
        market for market, language, at in rows if _within(hours[market, language], at, now) > promised[market]
    )


def _hours(
    db: Session, markets: set[str], since: datetime, until: datetime
) -> dict[tuple[str, str], tuple[Interval, ...]]:
    query = select(AnswerHours).where(
        col(AnswerHours.market).in_(markets),
        AnswerHours.level == "native",
        col(AnswerHours.ends_at) > since,
        col(AnswerHours.starts_at) < until,
    )
    found: defaultdict[tuple[str, str], list[Interval]] = defaultdict(list)
    for each in db.exec(query).all():
        found[each.market, each.language].append(Interval(each.starts_at, each.ends_at))
    return defaultdict(tuple, {topic: merged(windows) for topic, windows in found.items()})


def _within(hours: Sequence[Interval], start: datetime, end: datetime) -> timedelta:
    """How much of the hours lies between two instants."""
    overlaps = (min(each.end, end) - max(each.start, start) for each in hours)
    return sum((each for each in overlaps if each > timedelta()), timedelta())


def _last_answers(db: Session, market: Market, since: datetime) -> tuple[int, int]:
    """How many of the market's last 20 requests with a first answer since then there are, and how many came late."""
    last = (
        select(Request.ref, Request.first_answered_at)
        .where(
            Request.market == market.id,
            col(Request.first_answered_at) >= since,
            col(Request.language).in_(market.languages.split()),
        )
        .order_by(col(Request.created_at).desc())
        .limit(LAST_ANSWERS)
    ).subquery()
    each = aliased(RequestPromise)
    first = select(func.min(col(each.id))).where(col(each.request) == last.c.ref).scalar_subquery()
    late = last.c.first_answered_at > col(RequestPromise.promised_at)
    query = select(func.count(), func.count().filter(late)).select_from(last)
    query = query.join(RequestPromise, col(RequestPromise.id) == first)
    answered, behind = db.exec(query).one()
    return answered, behind
