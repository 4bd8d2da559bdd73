"""What is counted of support: how many ask, whether a native speaker answers as promised, in which hours, how content."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, case, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from shop.checkout.models import Order
from shop.scorecard.scope import DAY_SECONDS, Counted, Scope, by_market, seconds
from shop.support.crisis.models import CrisisCard, Incident
from shop.support.requests.models import Message, Rating, Request, RequestPromise
from shop.support.severity import CRISIS
from shop.support.shifts.models import Agent, AgentLanguage

ABOUT_AN_ORDER = 30 * DAY_SECONDS  # after it: what is asked later is not the order's doing
CONTENT = 4  # points of five


def contacts_per_order(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Paid orders so old, and the requests about them within 30 days, or about no order at all."""
    paid = select(col(Order.market), func.count()).where(scope.placed(days), col(Order.paid_at).is_not(None))
    orders = dict(db.exec(paid.group_by(col(Order.market))).all())
    soon = seconds(col(Request.created_at)) - seconds(col(Order.placed_at)) <= ABOUT_AN_ORDER
    theirs = and_(col(Order.number) == col(Request.order_number), scope.placed(days))
    query = select(col(Request.market), func.count()).outerjoin(Order, theirs)
    query = query.where(
        or_(
            and_(col(Order.number).is_not(None), soon),
            and_(col(Request.order_number) == "", scope.asked(days)),
        )
    )
    came = dict(db.exec(query.group_by(col(Request.market))).all())
    return {market: Counted(came.get(market, 0), number) for market, number in orders.items()}


def native_answer(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Requests answered, or whose promised time is over; `k` were first answered by a native speaker, in time."""
    first_promise = select(func.min(col(RequestPromise.promised_at))).where(
        col(RequestPromise.request) == col(Request.ref)
    )
    due = first_promise.correlate(Request).scalar_subquery()
    broken = exists().where(col(RequestPromise.request) == col(Request.ref), col(RequestPromise.kept).is_(False))
    answered = col(Request.first_answered_at).is_not(None)
    in_time = and_(answered, due.is_not(None), ~broken, _first_by_native())
    query = select(col(Request.market), func.sum(case((in_time, 1), else_=0)), func.count())
    # What nobody could promise anything for counts once it has waited for a day.
    unpromised = and_(due.is_(None), seconds(col(Request.created_at)) <= scope.now.timestamp() - DAY_SECONDS)
    query = query.where(scope.asked(days), or_(answered, due < scope.now, unpromised))
    return by_market(db.exec(query.group_by(col(Request.market))).all())


def uncovered_contacts(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Requests, and those that came while no native speaker was on shift."""
    alone = col(Request.native_there).is_(False)
    query = select(col(Request.market), func.sum(case((alone, 1), else_=0)), func.count())
    query = query.where(scope.asked(days), col(Request.native_there).is_not(None))
    return by_market(db.exec(query.group_by(col(Request.market))).all())


def native_share(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Requests that were answered and are closed, and those of them answered in the customer's language only."""
    ours = and_(col(Message.request) == col(Request.ref), col(Message.kind) == "ours", col(Message.person) != "")
    otherwise = exists().where(ours, ~_same(col(Message.language), col(Request.language)))
    query = select(col(Request.market), func.sum(case((otherwise, 0), else_=1)), func.count())
    done = col(Request.state) == "closed", col(Request.first_answered_at).is_not(None)
    return by_market(db.exec(query.where(scope.asked(days), *done).group_by(col(Request.market))).all())


def csat(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Ratings since the market's first day, and those of four or five points."""
    content = case((col(Rating.score) >= CONTENT, 1), else_=0)
    query = select(col(Rating.market), func.sum(content), func.count())
    query = query.where(scope.counted_days(col(Rating.market), col(Rating.day), days))
    return by_market(db.exec(query.group_by(col(Rating.market))).all())


def safety_contacts(db: Session, scope: Scope, days: int) -> Mapping[str, Counted]:
    """Requests, and those that drew a crisis card by which the sale is stopped: somebody came or may come to harm."""
    harm = and_(col(CrisisCard.severity) == CRISIS, col(CrisisCard.stop_sale).is_(True), col(Incident.drill).is_(False))
    query = select(col(Request.market), func.sum(case((harm, 1), else_=0)), func.count())
    query = query.outerjoin(Incident, col(Incident.id) == col(Request.incident))
    query = query.outerjoin(CrisisCard, col(CrisisCard.key) == col(Incident.card))
    return by_market(db.exec(query.where(scope.asked(days)).group_by(col(Request.market))).all())


def _first_by_native() -> Any:
    """Whether the first answer of the request was written by somebody whose own language is the customer's."""
    earlier = aliased(Message)
    first = (
        select(func.min(col(earlier.id)))
        .where(col(earlier.request) == col(Request.ref), col(earlier.kind) == "ours", col(earlier.person) != "")
        .correlate(Request)
        .scalar_subquery()
    )
    return exists().where(
        col(Message.id) == first,
        col(Agent.person) == col(Message.person),
        col(AgentLanguage.agent) == col(Agent.id),
        col(AgentLanguage.level) == "native",
        _same(col(AgentLanguage.language), col(Request.language)),
    )


def _same(one: Any, other: Any) -> Any:
    """Whether two tags are one language, whatever the region: `pt` and `pt-BR`."""
    return or_(one == other, one.like(other.concat("-%")), other.like(one.concat("-%")))
