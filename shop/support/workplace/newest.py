"""The requests one person may see, the newest first, page by page: of each place no more is read than a page may hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_, union
from sqlmodel import Session, col, select

from shop.support.requests.models import Request
from shop.support.workplace.queue import Scope, at_place

ORDER: tuple[Any, ...] = (col(Request.created_at), col(Request.ref))
NEWEST_FIRST = tuple(each.desc() for each in ORDER)
Place = tuple[datetime, str]  # when a request came, and its ref


def newest(
    db: Session, scope: Scope, *, at_most: int, market: str = "", state: str = "", before: Place | None = None
) -> Sequence[Request]:
    """So many of them, of one market and in one state if asked for, that came before the place."""
    page = newest_query(scope, at_most=at_most, market=market, state=state, before=before)
    if page is None:
        return []
    return db.exec(select(Request).join(page, col(Request.ref) == page.c.ref).order_by(*NEWEST_FIRST)).all()


def newest_query(scope: Scope, *, at_most: int, market: str = "", state: str = "", before: Place | None = None) -> Any:
    """Their refs as a subquery that takes no more of each stream; None where there is nothing to be seen."""
    wanted: list[ColumnElement[bool]] = [col(Request.market) == market] if market else []
    if state:
        wanted.append(col(Request.state) == state)
    if before is not None:
        place = (literal(at, each.type) for at, each in zip(before, ORDER, strict=True))
        wanted.append(tuple_(*ORDER) < tuple_(*place))
    streams = [
        select(*ORDER).where(each, *wanted).order_by(*NEWEST_FIRST).limit(at_most).subquery()
        for each in _streams(scope, market)
    ]
    if not streams:
        return None
    whole = union(*(select(each) for each in streams)).subquery() if len(streams) > 1 else streams[0]
    return select(whole.c.ref).order_by(whole.c.created_at.desc(), whole.c.ref.desc()).limit(at_most).subquery()


def _streams(scope: Scope, market: str) -> list[ColumnElement[bool]]:
    """What the person may see, in parts of which an index holds each by when it came; their own may be in two."""
    if scope.everything:
        return [col(Request.market) == each for each in scope.markets if market in ("", each)]
    places = [at_place(scope, where, language) for where, language in scope.places if market in ("", where)]
    return [*places, col(Request.agent) == scope.agent.id] if scope.agent else places
