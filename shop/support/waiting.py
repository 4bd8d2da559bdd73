"""Requests that wait: routed again when somebody comes on duty, comes back, or has room again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from shop.base.db import Database
from shop.markets.models import Market
from shop.support.assignment import place
from shop.support.models import Request
from shop.support.promises import promise_anew

FEW = 10

Group = tuple[str, str, bool]  # market, language, consent to others: what routing cannot tell apart


def route_due(database: Database, *, now: datetime) -> int:
    """Route what waits and whose time has come, the longest wait first; says how many requests found somebody.

    Also those that found everybody full or nobody at all are tried again each time.
    """
    due = or_(col(Request.on_duty_at) <= now, col(Request.on_duty_at).is_(None))
    return _route(database, _groups(database, due), now=now)


def route_again(database: Database, *, now: datetime) -> int:
    """Route a few of those that wait, due or not, for somebody has just come back; the others wait until they are due.

    A group ends at the first who finds nobody, so that a click on the desk never routes a whole night's requests.
    """
    routed = 0
    for group in _groups(database, col(Request.ref) != ""):
        for ref in group[: FEW - routed]:
            with database.writing() as db:
                outcome = _route_one(db, ref, now=now)
            if outcome not in ("assigned", "gone"):
                break
            routed += outcome == "assigned"
    return routed


def _groups(database: Database, chosen: ColumnElement[bool]) -> list[list[str]]:
    alike = select(Request.ref, Request.market, Request.language, Request.other_languages)
    waits = alike.where(col(Request.state) == "waiting", chosen).order_by(col(Request.created_at), col(Request.ref))
    groups: defaultdict[Group, list[str]] = defaultdict(list)
    with database.reading() as db:
        for ref, market, language, others in db.exec(waits).all():
            groups[market, language, others].append(ref)
    return list(groups.values())


def _route(database: Database, groups: Iterable[list[str]], *, now: datetime) -> int:
    routed = 0
    for group in groups:
        for ref in group:
            with database.writing() as db:
                outcome = _route_one(db, ref, now=now)
            routed += outcome == "assigned"
            if outcome in ("queued_at_capacity", "unroutable"):
                break  # whoever waits behind it for the same people meets the same answer
    return routed


def _route_one(db: Session, ref: str, *, now: datetime) -> str:
    """Route one request if it still waits; says how it went."""
    request = db.get_one(Request, ref)
    if request.state != "waiting":
        return "gone"
    seen = place(db, request, db.get_one(Market, request.market), now=now)
    if request.state in ("waiting", "assigned"):
        promise_anew(db, request, seen, now=now)
    return seen.routed.state
