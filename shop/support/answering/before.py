"""What was before: who last answered a customer, and who has just declined or not answered a request.

Both are looked up for many requests at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
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
    given = {"refs": [each.ref for each in requests], "since": now - LATELY}
    return dict(db.connection().execute(_OWNERS, given).all())


def _last_agents(db: Session, requests: Sequence[Request], *, now: datetime) -> dict[tuple[str, str], str]:
    given = {"emails": sorted({each.email for each in requests}), "since": now - LATELY}
    rows = db.connection().execute(_AGENTS, given).all()
    return {(market, email): agent for market, email, agent in rows if agent}


def _declined(db: Session, requests: Sequence[Request], *, now: datetime) -> defaultdict[str, set[str]]:
    given = {"refs": [each.ref for each in requests], "since": now - DECLINED_FOR}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for ref, agent in db.connection().execute(_GONE, given).all():
        found[ref].add(agent)
    return found


# Made once: making a statement costs more than the database does with it.
_REFS: Any = bindparam("refs", expanding=True)
_SINCE: Any = bindparam("since")
_OWNERS = (
    columns(col(Assignment.request), col(Assignment.agent))
    .where(col(Assignment.request).in_(_REFS), col(Assignment.at) > _SINCE)
    .order_by(col(Assignment.number))
)
_AGENTS = (
    columns(col(Request.market), col(Request.email), col(Request.agent))
    .where(
        col(Request.email).in_(bindparam("emails", expanding=True)),
        col(Request.agent).is_not(None),
        col(Request.first_answered_at) > _SINCE,
    )
    .order_by(col(Request.first_answered_at))
)
_GONE = columns(col(Handover.request), col(Handover.from_agent)).where(
    col(Handover.request).in_(_REFS), col(Handover.reason).in_(DECLINED), col(Handover.at) > _SINCE
)
