"""One row an order, with what it brought and each thing it cost: what `margins` sums, as a single query.

Support is reckoned from the requests about the order and the market's minutes for one; a parcel that comes back costs
us only where the policy that the order accepted says so, or after a claim.
"""

from typing import Any

from sqlalchemy import Float, and_, case, cast, false, func, or_, true
from sqlmodel import col, select

from shop.aftersales.cases.paying_back import GOODWILL
from shop.aftersales.models import Case, CaseLine
from shop.aftersales.rights import UNSENT
from shop.catalogue.models import Product
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import SOLD, Dispute, Order, OrderLine, Parcel, Refund
from shop.checkout.refunds import LIVE
from shop.markets.models import Market
from shop.policies.models import Acceptance
from shop.scorecard.models import LandedCost, MarketCost
from shop.scorecard.scope import Scope, returns_accepted
from shop.support.requests.models import Request

PARTS, CLAIM = "parts", "claim"  # a plate of the catalogue, a door after the sale
MINUTES = 12  # for one request, where the market does not say how many
BASIS_POINTS = 10_000


def order_rows(scope: Scope) -> Any:
    """A select with a row an order of the scope that is paid.

    `unknown` counts what of it has no cost written down; `over` says that it can no longer be sent back.
    """
    lines, refunds, cases, restocked = _lines(), _refunds(), _cases(scope), _restocked()
    lost, parcels, contacts = _lost(), _parcels(), _contacts()
    net_share = cast(col(Order.net), Float) / case((col(Order.total) > 0, col(Order.total)), else_=1)
    minutes = case((col(Market.minutes_per_contact) > 0, col(Market.minutes_per_contact)), else_=MINUTES)
    to_send = case((col(Order.parcel) & col(Order.state).in_(SOLD), 1), else_=0)
    sent = _or_0(parcels.c.number)
    total = cast(col(Order.total), Float)
    gone = and_(col(Order.state) == "refunded", col(Order.dispatched_at).is_(None))
    columns: list[Any] = [
        col(Order.market).label("market"),
        (_or_0(lines.c.unknown) + case((col(MarketCost.market).is_(None), 1), else_=0)).label("unknown"),
        case((or_(gone, scope.can_no_longer_return()), true()), else_=false()).label("over"),
        (col(Order.net) - _or_0(refunds.c.plain) * net_share).label("net"),
        (_or_0(cases.c.reimbursed)).label("reimbursed"),
        (_or_0(lines.c.goods) - _or_0(restocked.c.worth)).label("goods"),
        _or_0(lines.c.freight).label("freight"),
        _or_0(lines.c.duty).label("duty"),
        (_or_0(MarketCost.parcel) * case((sent > to_send, sent), else_=to_send)).label("shipping"),
        (_or_0(MarketCost.fee) + total * _or_0(MarketCost.fee_bp) / BASIS_POINTS).label("payment"),
        (total * _or_0(MarketCost.exchange_bp) / BASIS_POINTS).label("exchange"),
        (_or_0(MarketCost.returned) * _or_0(cases.c.fetched)).label("returns"),
        (_or_0(MarketCost.minute) * minutes * _or_0(contacts.c.number)).label("support"),
        (_or_0(cases.c.cost) + _or_0(refunds.c.goodwill) * net_share).label("goodwill"),
        (_or_0(lost.c.minor) * net_share).label("disputes"),
        _or_0(lines.c.parts).label("parts"),
        _or_0(lines.c.care_plans).label("care_plans"),
    ]
    query = (
        select(*columns)
        .join(Market, col(Market.id) == col(Order.market))
        .outerjoin(MarketCost, col(MarketCost.market) == col(Order.market))
        .outerjoin(Acceptance, returns_accepted)
    )
    for part in (lines, refunds, cases, restocked, lost, parcels, contacts):
        query = query.outerjoin(part, part.c.number_of == col(Order.number))
    return query.where(scope.placed(), col(Order.paid_at).is_not(None))


def _or_0(value: Any) -> Any:
    return func.coalesce(value, 0)


LANDED = and_(col(LandedCost.market) == col(Order.market), col(LandedCost.sku) == col(OrderLine.sku))


def _lines() -> Any:
    pieces = col(OrderLine.quantity) - col(OrderLine.withheld)
    service = col(OrderLine.kind) == SERVICE
    unknown = and_(col(LandedCost.sku).is_(None), ~service)
    columns: list[Any] = [
        col(OrderLine.order_number).label("number_of"),
        func.sum(pieces * _or_0(LandedCost.purchase)).label("goods"),
        func.sum(pieces * _or_0(LandedCost.freight)).label("freight"),
        func.sum(pieces * _or_0(LandedCost.duty)).label("duty"),
        func.sum(case((unknown, 1), else_=0)).label("unknown"),
        func.sum(case((col(Product.plate) == PARTS, col(OrderLine.net)), else_=0)).label("parts"),
        func.sum(case((service, col(OrderLine.net)), else_=0)).label("care_plans"),
    ]
    return (
        select(*columns)
        .join(Order, col(Order.number) == col(OrderLine.order_number))
        .outerjoin(LandedCost, LANDED)
        .outerjoin(Product, col(Product.sku) == col(OrderLine.sku))
        .group_by(col(OrderLine.order_number))
        .subquery()
    )


def _refunds() -> Any:
    """Given back or being given back; goodwill whose cost a case names is that case's."""
    goodwill = col(Refund.ground) == GOODWILL
    named = _or_0(Case.cost) > 0
    return (
        select(
            col(Refund.order_number).label("number_of"),
            func.sum(case((goodwill, 0), else_=col(Refund.minor))).label("plain"),
            func.sum(case((goodwill & ~named, col(Refund.minor)), else_=0)).label("goodwill"),
        )
        .outerjoin(Case, col(Case.number) == col(Refund.case))
        .where(col(Refund.state).in_(LIVE))
        .group_by(col(Refund.order_number))
        .subquery()
    )


def _cases(scope: Scope) -> Any:
    at_our_cost = or_(col(Case.door) == CLAIM, col(Case.kind) == UNSENT, col(Acceptance.hash).in_(scope.we_fetch))
    fetched = and_(col(Case.goods_back_at).is_not(None), at_our_cost)
    ours = case(
        (col(Case.reimburse_to) == "exporter", col(Case.reimburse)),
        (and_(col(Case.bearer) == "exporter", col(Case.reimburse_to) != ""), -col(Case.reimburse)),
        else_=0,
    )
    accepted = and_(col(Acceptance.order_number) == col(Case.order_number), col(Acceptance.kind) == "returns")
    return (
        select(
            col(Case.order_number).label("number_of"),
            func.sum(case((fetched, 1), else_=0)).label("fetched"),
            func.sum(Case.cost).label("cost"),
            func.sum(ours).label("reimbursed"),
        )
        .outerjoin(Acceptance, accepted)
        .where(col(Case.order_number) != "")
        .group_by(col(Case.order_number))
        .subquery()
    )


def _restocked() -> Any:
    """What pieces are worth that came back as good as new."""
    cost = and_(col(LandedCost.market) == col(Case.market), col(LandedCost.sku) == col(CaseLine.sku))
    return (
        select(
            col(Case.order_number).label("number_of"),
            func.sum(col(CaseLine.restocked) * _or_0(LandedCost.purchase)).label("worth"),
        )
        .join(CaseLine, col(CaseLine.case) == col(Case.number))
        .outerjoin(LandedCost, cost)
        .where(col(CaseLine.restocked) > 0)
        .group_by(col(Case.order_number))
        .subquery()
    )


def _lost() -> Any:
    return _by_order(Dispute, func.sum(Dispute.minor).label("minor"), col(Dispute.state) == "lost")


def _parcels() -> Any:
    return _by_order(Parcel, func.count().label("number"))


def _contacts() -> Any:
    return _by_order(Request, func.count().label("number"), col(Request.order_number) != "")


def _by_order(rows: Any, value: Any, *only: Any) -> Any:
    number = col(rows.order_number)
    return select(number.label("number_of"), value).where(*only).group_by(number).subquery()
