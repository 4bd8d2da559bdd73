"""What is counted for whom: the markets that sell or sold, each since its epoch began, and only what is old enough.

Test orders are nowhere counted. Conditions are built for all markets at once, so that each metric is one query.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, false, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Float
from sqlmodel import Session, col, select

from shop.aftersales.models import NOT_STANDING, Case
from shop.aftersales.rights import UNSENT
from shop.checkout.models import Dispute, Order
from shop.ground.instants import instant_on
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.models import Acceptance, AcceptedText
from shop.scorecard.epochs import Epoch, epochs
from shop.support.requests.models import Request

DAY_SECONDS = 86_400
USUAL_WINDOW = 14  # days to send back where an order accepted no returns policy


class Counted(NamedTuple):
    """What was counted: `k` of `n`, or the sum and the sum of squares of `n` values."""

    k: int
    n: int
    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which markets are counted, since when, and what their orders may be sent back by."""

    now: datetime
    markets: Mapping[str, Market]
    since: Mapping[str, datetime]
    windows: Mapping[str, int] = field(default_factory=dict)  # accepted returns policy (its hash) -> days to send back
    we_fetch: frozenset[str] = frozenset()  # those by which sending back is at our cost

    def placed(self, days: int = 0) -> ColumnElement[bool]:
        """Orders that count and were placed at least so many days ago."""
        old_enough = col(Order.placed_at) <= self.now - timedelta(days=days)
        return and_(self._within(col(Order.market), col(Order.placed_at)), col(Order.test).is_(False), old_enough)

    def asked(self, days: int = 0) -> ColumnElement[bool]:
        """Requests that count and came at least so many days ago."""
        old_enough = col(Request.created_at) <= self.now - timedelta(days=days)
        return and_(self._within(col(Request.market), col(Request.created_at)), old_enough)

    def filed(self) -> ColumnElement[bool]:
        """Cases of these markets that were filed since."""
        return self._within(col(Case.market), col(Case.filed_at))

    def first_day(self, market: str) -> date:
        """The day of the market's calendar on which its epoch began."""
        return day_in(self.markets[market], self.since[market])

    def on_days(self, market: Any, at: Any, until: int = 0) -> ColumnElement[bool]:
        """What happened at `at` from the market's first day on, up to the end of the day before the last `until` days."""
        spans = []
        for each in self.since:
            zone, today = self.markets[each].zone, day_in(self.markets[each], self.now)
            begins, ends = instant_on(self.first_day(each), 0, zone), instant_on(_before(today, until - 1), 0, zone)
            spans.append(and_(market == each, at >= begins, at < ends))
        return or_(false(), *spans)

    def counted_days(self, market: Any, day: Any, until: int = 0) -> ColumnElement[bool]:
        """The same for rows that hold the day itself."""
        spans = []
        for each in self.since:
            last = _before(day_in(self.markets[each], self.now), until)
            spans.append(and_(market == each, day >= self.first_day(each), day <= last))
        return or_(false(), *spans)

    def can_no_longer_return(self, days: int = 0) -> ColumnElement[bool]:
        """Orders that arrived and whose time to send back has been over for so many days. Joins `returns_accepted`."""
        window = (
            case(dict(self.windows), value=col(Acceptance.hash), else_=USUAL_WINDOW) if self.windows else USUAL_WINDOW
        )
        over = seconds(col(Order.delivered_at)) + (window + days + 1) * DAY_SECONDS
        return and_(col(Order.delivered_at).is_not(None), over <= self.now.timestamp())

    def _within(self, market: Any, at: Any) -> ColumnElement[bool]:
        return or_(false(), *(and_(market == each, at >= since) for each, since in self.since.items()))


returns_accepted = and_(col(Acceptance.order_number) == col(Order.number), col(Acceptance.kind) == "returns")

Measure = Callable[[Session, Scope, int], Mapping[str, Counted]]  # the days that what is counted must be old


def scope_of(db: Session, *, now: datetime, only: Sequence[str] | None = None) -> Scope:
    """The scope of these markets (None: all), as far as they ever sold."""
    began: dict[str, Epoch] = epochs(db, only)
    markets = {each.id: each for each in db.exec(select(Market).where(col(Market.id).in_(began))).all()}
    since = {market: each.since for market, each in began.items()}
    return scoped(db, markets, since, now=now)


def scoped(db: Session, markets: Mapping[str, Market], since: Mapping[str, datetime], *, now: datetime) -> Scope:
    """The scope of these markets since these instants."""
    rules = {
        each: json.loads(text)
        for each, text in db.exec(
            select(AcceptedText.hash, AcceptedText.rules).where(
                AcceptedText.kind == "returns", col(AcceptedText.market).in_(markets)
            )
        ).all()
        if text
    }
    return Scope(
        now=now,
        markets=markets,
        since=since,
        windows={each: int(rule.get("window_days", USUAL_WINDOW)) for each, rule in rules.items()},
        we_fetch=frozenset(each for each, rule in rules.items() if rule.get("return_shipping") == "seller"),
    )


def with_case(door: str) -> ColumnElement[bool]:
    """Orders with a case of this door that stands; one cancelled before it was sent is no return."""
    mine = col(Case.order_number) == col(Order.number), col(Case.door) == door
    return exists().where(*mine, col(Case.state).not_in(NOT_STANDING), col(Case.kind) != UNSENT)


def disputed() -> ColumnElement[bool]:
    """Orders whose payment was disputed, however that ended."""
    return exists().where(col(Dispute.order_number) == col(Order.number))


def by_market(rows: Iterable[Sequence[Any]]) -> dict[str, Counted]:
    """Rows of market, k and n; sums over nothing are None."""
    return {row[0]: Counted(int(row[1] or 0), int(row[2] or 0)) for row in rows}


def _before(day: date, days: int) -> date:
    return day - timedelta(days=days)


class seconds(FunctionElement[float]):
    """An instant or a day as seconds since 1970, on both engines; to the millisecond."""

    type = Float()
    inherit_cache = True
    name = "seconds"


@compiles(seconds, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"((julianday({compiler.process(element.clauses, **options)}) - 2440587.5) * 86400.0)"


@compiles(seconds, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **options)}) AS double precision)"
