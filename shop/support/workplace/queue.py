"""The queue as one person may see it: their markets and languages, the gravest first, page by page.

Pages and counts are read from an index, so many entries at most, however many requests there are: a tab is a few
streams (one state of one agent, or of one market and language), each of which an index holds in the queue's order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, tuple_, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, and_, col, or_, select, true

from shop.ground.errors import NotFound
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.may import EXPORTER
from shop.support.answering.languages import variant_rank
from shop.support.requests.models import AT_DESK, OPEN, Request
from shop.support.requests.replies import Answerer
from shop.support.shifts.models import Agent, AgentLanguage
from shop.support.shifts.speakers import agent_of

PAGE = 50
MOST = 99  # a count goes no further: nobody needs to know whether 200 or 300 wait, and everybody would wait for it
STATES = {
    "mine": ("assigned",),
    "waiting": ("waiting",),
    "overdue": AT_DESK,
    "referred": ("referred",),
    "answered": ("answered",),
    "all": OPEN,
}
TABS = tuple(STATES)
Place = tuple[int, datetime, str]  # severity, due time and ref of a request
ORDER: tuple[Any, ...] = (col(Request.severity), col(Request.due_at), col(Request.ref))


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person may see. `languages` empty and `everything` false is nobody's language."""

    staff: Staff
    agent: Agent | None
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    consenting: tuple[str, ...]  # markets whose customers may agree to a language this person speaks
    places: tuple[tuple[str, str], ...] = ()  # each market with the languages in which a request may be theirs
    all_markets: bool = False

    @property
    def everything(self) -> bool:
        """The exporter sees every language and whoever it is assigned to."""
        return self.staff.person.role == EXPORTER

    @property
    def answerer(self) -> Answerer:
        """This person as one who answers."""
        return Answerer(self.staff.person, self.agent, for_all=self.everything)


def scope_of(db: Session, staff: Staff) -> Scope:
    """What this person may see, from the roster or, for one who is not on it, from their own language."""
    agent = agent_of(db, staff.person.id)
    theirs = agent.markets.split() if agent else []
    known = markets_in_order(db)
    markets = [each for each in staff.own(known) if each.id in (theirs or [each.id])]
    spoken = [staff.person.language]
    if agent is not None:
        query = select(AgentLanguage.language).where(AgentLanguage.agent == agent.id, AgentLanguage.level != "basic")
        spoken = list(db.exec(query).all())
    tags = {tag for market in markets for tag in (*market.languages.split(), *market.other_languages.split())}
    languages = {tag for tag in tags if any(variant_rank(each, tag, True) is not None for each in spoken)}
    consenting = [each.id for each in markets if languages.intersection(each.other_languages.split())]
    return Scope(
        staff,
        agent,
        tuple(each.id for each in markets),
        tuple(sorted(languages)),
        tuple(consenting),
        tuple(_places(markets, languages, consenting, all_languages=staff.person.role == EXPORTER)),
        all_markets=len(markets) == len(known),
    )


def request_of(db: Session, scope: Scope, ref: str) -> Request:
    """The request, if this person may see it; raises NotFound."""
    request = db.exec(select(Request).where(Request.ref == ref, seen_by(scope))).first()
    if request is None:
        raise NotFound
    return request


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """True in SQL of the requests that this person may see at all."""
    in_markets = col(Request.market).in_(scope.markets)
    if scope.everything:
        return in_markets
    agreed = and_(col(Request.other_languages).is_(True), col(Request.market).in_(scope.consenting))
    spoken = and_(in_markets, or_(col(Request.language).in_(scope.languages), agreed))
    return or_(spoken, col(Request.agent) == scope.agent.id) if scope.agent else spoken


def queue(
    db: Session, scope: Scope, tab: str, *, now: datetime, after: str = "", at_most: int = PAGE
) -> tuple[Sequence[Request], str]:
    """One page of a tab, the gravest and then what is due first on top, and the place after which the next one begins.

    The place is empty where there is no next page.
    """
    page = page_query(scope, tab, now=now, after=after, at_most=at_most)
    if page is None:
        return [], ""
    found = db.exec(select(Request).join(page, col(Request.ref) == page.c.ref).order_by(*ORDER)).all()
    if len(found) <= at_most:
        return found, ""
    last = found[at_most - 1]
    return found[:at_most], f"{last.severity}~{last.due_at.timestamp():.6f}~{last.ref}"


def counts(db: Session, scope: Scope, *, now: datetime) -> dict[str, int]:
    """How many requests stand in each tab, counted up to MOST and one more."""
    asked = {tab: query for tab in TABS if (query := count_query(scope, tab, now=now)) is not None}
    numbers = db.connection().execute(columns(*asked.values())).one() if asked else ()
    return dict.fromkeys(TABS, 0) | dict(zip(asked, numbers, strict=True))


def page_query(scope: Scope, tab: str, *, now: datetime, after: str = "", at_most: int = PAGE) -> Any:
    """The refs of a page and one more, as a subquery that takes no more of each stream; None where there is nothing."""
    place, most = _place(after), at_most + 1
    streams = [
        select(*ORDER).where(each.where, behind).order_by(*ORDER).limit(most).subquery()
        for each in _streams(scope, tab, now)
        if (behind := _behind(each, place)) is not None
    ]
    if not streams:
        return None
    whole = union_all(*(select(each) for each in streams)).subquery() if len(streams) > 1 else streams[0]
    return select(whole.c.ref).order_by(whole.c.severity, whole.c.due_at, whole.c.ref).limit(most).subquery()


def count_query(scope: Scope, tab: str, *, now: datetime) -> Any:
    """How many stand in the tab, as a subquery that stops at MOST and one more; None where there is nothing."""
    streams = [select(col(Request.ref)).where(each.where) for each in _streams(scope, tab, now)]
    if not streams:
        return None
    whole = union_all(*streams) if len(streams) > 1 else streams[0]
    return select(func.count()).select_from(whole.limit(MOST + 1).subquery()).scalar_subquery()


@dataclass(frozen=True, slots=True)
class _Stream:
    """A part of a tab: a condition that names all columns of an index before the queue's order."""

    where: ColumnElement[bool]
    severity: int | None = None  # where it holds only one


def _streams(scope: Scope, tab: str, now: datetime) -> list[_Stream]:
    """What a tab is made of."""
    if tab == "mine" or (tab == "answered" and not scope.everything):
        whose = [col(Request.agent) == scope.agent.id] if scope.agent else []
    elif scope.everything and scope.all_markets:
        whose = [true()]
    else:
        whose = [at_place(scope, market, language) for market, language in scope.places]
    states = [and_(each, col(Request.state) == state) for each in whose for state in STATES[tab]]
    if tab != "overdue":
        return [_Stream(each) for each in states]
    late = col(Request.due_at) < now  # what nobody is promised for is due since it came
    return [
        _Stream(and_(each, col(Request.severity) == severity, late), severity)
        for each in states
        for severity in (0, 1, 2)
    ]


def _behind(stream: _Stream, place: Place | None) -> ColumnElement[bool] | None:
    """True in SQL of what comes after the place, said so that the index is entered there; None where nothing can."""
    if place is None or (stream.severity is not None and stream.severity > place[0]):
        return true()
    if stream.severity is None:
        return tuple_(*ORDER) > tuple_(*(literal(at, each.type) for at, each in zip(place, ORDER, strict=True)))
    rest = tuple_(*(literal(at, each.type) for at, each in zip(place[1:], ORDER[1:], strict=True)))
    return tuple_(*ORDER[1:]) > rest if stream.severity == place[0] else None


def at_place(scope: Scope, market: str, language: str) -> ColumnElement[bool]:
    """True in SQL of the requests of a market and language that this person may see."""
    place = and_(col(Request.market) == market, col(Request.language) == language)
    spoken = scope.everything or language in scope.languages
    return place if spoken else and_(place, col(Request.other_languages).is_(True))


def _places(
    markets: Sequence[Market], languages: set[str], consenting: Sequence[str], *, all_languages: bool
) -> Iterator[tuple[str, str]]:
    for market in markets:
        for language in dict.fromkeys((*market.languages.split(), *sorted(languages))):
            if all_languages or language in languages or market.id in consenting:
                yield market.id, language


def _place(after: str) -> Place | None:
    """The last request of the page before; None for whatever else was sent."""
    severity, _, rest = after.partition("~")
    stamp, _, ref = rest.partition("~")
    try:
        return (int(severity), datetime.fromtimestamp(float(stamp), UTC), ref) if severity in ("0", "1", "2") else None
    except (ValueError, OverflowError, OSError):
        return None
