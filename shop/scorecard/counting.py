"""The job that counts: every metric of every market that sells or sold, from the rows themselves, since its epoch began.

Each metric is one query for all markets, in a short look of its own. Where nothing has happened since the last time
nothing is counted, but once an hour, for what grows old enough by itself; a house of very many orders counts less often.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.aftersales.models import CaseEvent
from shop.base.db import Database
from shop.base.revisions import EVERYWHERE, Revision
from shop.checkout.models import Dispute, OrderEvent, Parcel, Refund
from shop.markets.models import LaunchEvent
from shop.scorecard import counting_cases, counting_orders, counting_requests
from shop.scorecard.funnel import orders_reached
from shop.scorecard.margins import margins, margins_left, sums_of
from shop.scorecard.metrics import MARGIN, METRICS, ORDERS
from shop.scorecard.models import CountMark, Figure
from shop.scorecard.scope import Counted, Measure, Scope, scope_of
from shop.scorecard.sums import FUNNEL, Sums, keep_sums
from shop.support.requests.models import Message, Rating, RequestPromise

Look = Callable[[], AbstractContextManager[Session]]
NOTHING = Counted(0, 0)
KEPT = (*Counted._fields, "since")
REST_MILLISECONDS = 0.75  # between two counts, for each order there is: twenty times as long as counting takes

MEASURES: dict[str, Measure] = {
    ORDERS: counting_orders.orders,
    "conversion": counting_orders.conversion,
    "payment_failure": counting_orders.payment_failure,
    MARGIN: margins,
    "return_rate": counting_cases.return_rate,
    "refund_late": counting_cases.refund_late,
    "contacts_per_order": counting_requests.contacts_per_order,
    "native_answer": counting_requests.native_answer,
    "uncovered_contacts": counting_requests.uncovered_contacts,
    "native_share": counting_requests.native_share,
    "dispute_rate": counting_orders.dispute_rate,
    "defects": counting_cases.defects,
    "late_dispatch": counting_orders.late_dispatch,
    "cancelled_by_us": counting_orders.cancelled_by_us,
    "delivery_failure": counting_orders.delivery_failure,
    "csat": counting_requests.csat,
    "safety_contacts": counting_requests.safety_contacts,
}


def recount(db: Session, *, now: datetime, only: Sequence[str] | None = None) -> int:
    """Count and write the figures of these markets (None: all) in this transaction; says how many differ from before."""
    scope = scope_of(db, now=now, only=only)
    _write_sums(db, scope, _summed(scope, lambda: nullcontext(db)))
    return _write(db, scope, _counted(scope, lambda: nullcontext(db)), only)


def recount_due(database: Database, *, now: datetime) -> int:
    """The periodic work: count what has changed since the last time; says how many figures differ from before."""
    with database.reading() as db:
        mark, kept = _mark(db, now), db.get(CountMark, 1)
        if kept is not None and (kept.mark == mark or now < kept.at + _rest(db)):
            return 0
        scope = scope_of(db, now=now)
    found, sums = _counted(scope, database.reading), _summed(scope, database.reading)
    with database.writing() as db:
        row = {"mark": mark, "at": now}
        once = insert(CountMark).values(id=1, **row)
        db.connection().execute(once.on_conflict_do_update(index_elements=["id"], set_=row))
        _write_sums(db, scope, sums)
        return _write(db, scope, found, None)


def _counted(scope: Scope, look: Look) -> dict[str, Mapping[str, Counted]]:
    found: dict[str, Mapping[str, Counted]] = {}
    for metric, measure in MEASURES.items():
        with look() as db:
            days = METRICS[metric].maturity_days if metric in METRICS else 0
            found[metric] = measure(db, scope, days) if scope.since else {}
    return found


def _summed(scope: Scope, look: Look) -> dict[str, Sums]:
    """What is told of orders beside the figures, by market."""
    if not scope.since:
        return {}
    with look() as db:
        reached = orders_reached(db, scope)
    with look() as db:
        left = margins_left(db, scope)
    return {
        market: {FUNNEL: reached.get(market, {}), **(sums_of(left[market]) if market in left else {})}
        for market in scope.since
    }


def _write_sums(db: Session, scope: Scope, summed: Mapping[str, Sums]) -> None:
    for market, sums in summed.items():
        keep_sums(db, market, scope.since[market], sums)


def _write(db: Session, scope: Scope, found: Mapping[str, Mapping[str, Counted]], only: Sequence[str] | None) -> int:
    """Write what differs. A market's figures from before its epoch are replaced; those of one that never sold go."""
    asked = select(Figure) if only is None else select(Figure).where(col(Figure.market).in_(only))
    before = {(each.market, each.metric): each for each in db.exec(asked).all()}
    rows = [
        row
        for metric, counted in found.items()
        for market, since in scope.since.items()
        if _differs(before.get((market, metric)), row := _row(market, metric, counted, since))
    ]
    if rows:
        new = insert(Figure).values(rows)
        values = {name: new.excluded[name] for name in KEPT}
        db.connection().execute(new.on_conflict_do_update(index_elements=["market", "metric"], set_=values))
    gone = {market for market, metric in before if market not in scope.since}
    if gone:
        db.connection().execute(delete(Figure).where(col(Figure.market).in_(gone)))
    return len(rows)


def _row(market: str, metric: str, counted: Mapping[str, Counted], since: datetime) -> dict[str, Any]:
    named = counted.get(market, NOTHING)._asdict()
    return {"market": market, "metric": metric, **named, "since": since}


def _differs(before: Figure | None, row: Mapping[str, Any]) -> bool:
    return before is None or any(getattr(before, name) != row[name] for name in KEPT)


def _rest(db: Session) -> timedelta:
    orders = db.exec(select(func.sum(Figure.n)).where(Figure.metric == ORDERS)).one()
    return timedelta(milliseconds=REST_MILLISECONDS * int(orders or 0))


def _mark(db: Session, now: datetime) -> str:
    """What changes when anything counted changes, but for what only time changes: that is looked at once an hour."""
    logs = (OrderEvent, CaseEvent, LaunchEvent, Message, Rating, RequestPromise, Parcel)
    last = [db.exec(select(func.max(col(each.id)))).one() for each in logs]
    ended = db.exec(select(func.count()).select_from(Refund).where(col(Refund.state) == "done")).one()
    disputes = db.exec(select(func.count(), func.max(Dispute.ended_at))).one()
    setup = db.get(Revision, EVERYWHERE)
    return json.dumps([*last, ended, *map(str, disputes), setup.number if setup else 0, f"{now:%Y-%m-%dT%H}"])
