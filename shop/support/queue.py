"""The queue as one person may see it: their markets and languages, by what is due first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, true
from sqlmodel import Session, and_, col, or_, select

from shop.ground.errors import NotFound
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.may import EXPORTER
from shop.support.languages import variant_rank
from shop.support.models import Request
from shop.support.replies import Answerer
from shop.support.roster_models import Agent, AgentLanguage

PAGE = 50
TABS = ("mine", "waiting", "answered", "all")

# What nobody is promised for is due since it came, and so stands above what is due later.
DUE: ColumnElement[datetime] = func.coalesce(col(Request.promised_at), col(Request.created_at))


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person may see. `languages` empty and `everything` false is nobody's language."""

    staff: Staff
    agent: Agent | None
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    consenting: tuple[str, ...]  # markets whose customers may agree to a language this person speaks

    @property
    def everything(self) -> bool:
        """The exporter sees every language and whoever it is assigned to."""
        return self.staff.person.role == EXPORTER

    @property
    def answerer(self) -> Answerer:
        """This person as one who answers."""
        return Answerer(self.staff.person, self.agent, for_all=self.everything)

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs this person has."""
        return TABS if self.everything else TABS[:3]


def scope_of(db: Session, staff: Staff) -> Scope:
    """What this person may see, from the roster or, for one who is not on it, from their own language."""
    agent = db.exec(select(Agent).where(Agent.person == staff.person.id)).first()
    theirs = agent.markets.split() if agent else []
    known = db.exec(select(Market).order_by(col(Market.position))).all()
    markets = [each for each in known if staff.works_for(each.id) and each.id in (theirs or [each.id])]
    spoken = [staff.person.language]
    if agent is not None:
        query = select(AgentLanguage.language).where(AgentLanguage.agent == agent.id, AgentLanguage.level != "basic")
        spoken = list(db.exec(query).all())
    tags = {tag for market in markets for tag in (*market.languages.split(), *market.other_languages.split())}
    languages = {tag for tag in tags if any(variant_rank(each, tag, True) is not None for each in spoken)}
    consenting = [each.id for each in markets if languages.intersection(each.other_languages.split())]
    return Scope(staff, agent, tuple(each.id for each in markets), tuple(sorted(languages)), tuple(consenting))


def request_of(db: Session, scope: Scope, ref: str) -> Request:
    """The request, if this person may see it; raises NotFound."""
    request = db.exec(select(Request).where(Request.ref == ref, _seen_by(scope))).first()
    if request is None:
        raise NotFound
    return request


def queue(
    db: Session, scope: Scope, tab: str, *, after: str = "", at_most: int = PAGE
) -> tuple[Sequence[Request], str]:
    """One page of a tab, what is due first on top, and the place after which the next page begins ("" for none)."""
    query = select(Request).where(_in_tab(scope, tab), _seen_by(scope))
    if place := _place(after):
        query = query.where(or_(place[0] < DUE, and_(place[0] == DUE, col(Request.ref) > place[1])))
    found = db.exec(query.order_by(DUE, col(Request.ref)).limit(at_most + 1)).all()
    if len(found) <= at_most:
        return found, ""
    last = found[at_most - 1]
    return found[:at_most], f"{(last.promised_at or last.created_at).timestamp():.6f}~{last.ref}"


def counts(db: Session, scope: Scope) -> dict[str, int]:
    """How many requests stand in each of this person's tabs."""
    seen = _seen_by(scope)
    return {
        tab: db.exec(select(func.count()).select_from(Request).where(_in_tab(scope, tab), seen)).one()
        for tab in scope.tabs
    }


def _in_tab(scope: Scope, tab: str) -> ColumnElement[bool]:
    mine = col(Request.agent) == scope.agent.id if scope.agent else false()
    whose: Any = true() if scope.everything else mine
    return {
        "mine": and_(col(Request.state) == "assigned", mine),
        "waiting": col(Request.state) == "waiting",
        "answered": and_(col(Request.state) == "answered", whose),
        "all": col(Request.state).in_(("waiting", "assigned")),
    }[tab]


def _seen_by(scope: Scope) -> ColumnElement[bool]:
    in_markets = col(Request.market).in_(scope.markets)
    if scope.everything:
        return in_markets
    agreed = and_(col(Request.other_languages).is_(True), col(Request.market).in_(scope.consenting))
    spoken = and_(in_markets, or_(col(Request.language).in_(scope.languages), agreed))
    return or_(spoken, col(Request.agent) == scope.agent.id) if scope.agent else spoken


def _place(after: str) -> tuple[datetime, str] | None:
    stamp, _, ref = after.partition("~")
    try:
        return (datetime.fromtimestamp(float(stamp), UTC), ref) if after else None
    except (ValueError, OverflowError, OSError):
        return None
