"""What was before: who last answered a customer, and who has just declined or not answered a request.

Both are looked up for many requests at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select as columns
from sqlmodel import Session, col

from shop.markets.models import Market
from shop.support.answering.team import Asked, what_is_asked
from shop.support.requests.models import Assignment, Handover, Request

LATELY = timedelta(days=30)  # so long a customer's earlier agent is asked first
DECLINED_FOR = timedelta(hours=12)  # so long whoever declined is not asked again: the rest of a shift
DECLINED = ("declined", "no_reply")


class Before:
    """The past of these requests as far as routing asks for it."""

    def __init__(self, db: Session, requests: Sequence[Request], *, now: datetime) -> None:
        self._own = _last_owners(db, requests, now=now)
        self._by_email = _last_agents(db, requests, now=now)
        self._declined = _declined(db, requests, now=now)

    def asked(self, request: Request, market: Market, *, without: str = "") -> Asked:
        """What routing must know of the request; `without` is whom it leaves."""
        previous = self._own.get(request.ref) or self._by_email.get((request.market, request.email), "")
        gone = self._declined[request.ref] | ({without} if without else set())
        return what_is_asked(request, market, previous=previous, without=frozenset(gone))


def _last_owners(db: Session, requests: Sequence[Request], *, now: datetime) -> dict[str, str]:
    query = columns(col(Assignment.request), col(Assignment.agent)).where(
        col(Assignment.request).in_([each.ref for each in requests]), col(Assignment.at) > now - LATELY
    )
    return dict(db.connection().execute(query.order_by(col(Assignment.number))).all())


def _last_agents(db: Session, requests: Sequence[Request], *, now: datetime) -> dict[tuple[str, str], str]:
    query = columns(col(Request.market), col(Request.email), col(Request.agent)).where(
        col(Request.email).in_({each.email for each in requests}),
        col(Request.agent).is_not(None),
        col(Request.first_answered_at) > now - LATELY,
    )
    rows = db.connection().execute(query.order_by(col(Request.first_answered_at))).all()
    return {(market, email): agent for market, email, agent in rows if agent}


def _declined(db: Session, requests: Sequence[Request], *, now: datetime) -> defaultdict[str, set[str]]:
    query = columns(col(Handover.request), col(Handover.from_agent)).where(
        col(Handover.request).in_([each.ref for each in requests]),
        col(Handover.reason).in_(DECLINED),
        col(Handover.at) > now - DECLINED_FOR,
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for ref, agent in db.connection().execute(query).all():
        found[ref].add(agent)
    return found
