"""The facts that the readiness gates look at, gathered for all markets at once with one query for each kind of row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from shop.catalogue.fitness import Asked
from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    Paper,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.catalogue.suitability import SERVICE
from shop.checkout.hearing import last_heard
from shop.checkout.models import Order
from shop.launches.models import (
    DocumentStanding,
    PrintedDocument,
    ResearchAnswer,
    ResearchQuestion,
    ResearchSignature,
    Waiver,
)
from shop.launches.readying.facts import Facts, GateResult, Waived
from shop.launches.readying.goods import goods_facts, untaxed, unwritten
from shop.launches.readying.law_facts import law_facts, responsible_facts
from shop.launches.readying.people_facts import answering_facts, crisis_facts, document_facts, research_facts
from shop.launches.readying.readiness import readiness
from shop.markets.calendar import day_in
from shop.markets.in_order import markets_in_order
from shop.markets.models import (
    AnswerHours,
    Exporter,
    Market,
    MarketLocale,
    ShippingRate,
    TaxRate,
)
from shop.markets.taxes import RateTable
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.scorecard.models import LandedCost, StopLine
from shop.scorecard.stop_lines import lacking, lines_of
from shop.staff.names import names_of
from shop.support.crisis.contacts import Readiness as CrisisReadiness
from shop.support.crisis.contacts import ready_for_crisis
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.requests.models import Macro
from shop.support.staffed.facts import Heard, heard
from shop.support.staffed.spans import Unheard, usual_alike

WEEK = timedelta(days=7)
FOR_ALL = ("open", "paused", "winding_down", "closed")
KEPT: tuple[type[SQLModel], ...] = (
    Certificate, Requirement, MarketRule, MainsSupply, ResponsiblePerson, MarketLocale, ShippingRate, TaxRate, Waiver,
    LandedCost, ResearchAnswer, ResearchQuestion, ResearchSignature, PrintedDocument, DocumentStanding,
)  # fmt: skip

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Sources:
    """What readiness asks besides the database: policies on disk, the languages, who takes the money.

    `incomplete` says of each language how many of its messages are missing or wrong.
    """

    policies: PolicyLibrary
    tags: tuple[str, ...]
    live_payments: bool
    incomplete: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows the facts are made of, parted by market."""

    home: str
    listed: dict[str, list[tuple[Listing, Product]]]
    texts: frozenset[tuple[str, str]]
    written: frozenset[tuple[str, str, str]]
    in_stock: frozenset[str]
    signed: frozenset[tuple[str, str, str, str]]
    native: dict[str, Counter[str]]
    people: dict[str, str]
    test_orders: dict[str, list[Order]]
    crisis: dict[str, CrisisReadiness]
    recall_texts: dict[str, set[str]]
    macros: frozenset[tuple[str, str]]
    lines: dict[str, dict[str, StopLine]]
    heard_at: datetime | None
    by_market: dict[type[SQLModel], dict[str, list[Any]]]

    def of(self, model: type[Row], market: str) -> list[Row]:
        return self.by_market[model].get(market, [])


def gather(db: Session, sources: Sources, *, now: datetime, only: str = "") -> dict[str, Facts]:
    """Every market's facts by its id, or those of `only`."""
    markets = markets_in_order(db, col(Market.id) == only) if only else markets_in_order(db)
    rows = _rows(db, only, now)
    heard_of = defaultdict(list)
    for each in heard(db, markets, now=now):
        heard_of[each.market.id].append(each)
    return {market.id: _facts(market, rows, sources, heard_of[market.id], now=now) for market in markets}


def gates_of(market: Market, facts: Facts, *, now: datetime) -> tuple[GateResult, ...]:
    """Every gate's answer on the market's own day."""
    return readiness(facts, today=day_in(market, now))


def _rows(db: Session, only: str, now: datetime) -> _Rows:
    exporter = db.get(Exporter, 1)
    free = select(Stock.sku).where(col(Stock.on_hand) - col(Stock.held) - col(Stock.sold) > 0)
    tested = select(Order).where(col(Order.test), col(Order.paid_at).is_not(None))
    return _Rows(
        home=exporter.zone if exporter else "UTC",
        listed=_listed(db, only, now),
        texts=frozenset(db.exec(select(ProductText.sku, ProductText.language)).all()),
        written=frozenset(db.exec(select(Paper.family, Paper.kind, Paper.language)).all()),
        in_stock=frozenset(db.exec(free).all()),
        signed=frozenset((each.market, each.kind, each.hash, each.language) for each in _of(db, SignOff, only)),
        native=_native(db, only, now),
        people=names_of(db),
        test_orders=_parted(db.exec(tested.where(Order.market == only) if only else tested).all()),
        crisis=ready_for_crisis(db, only=only),
        recall_texts=_recall_texts(db),
        macros=frozenset(db.exec(select(Macro.market, Macro.language).distinct()).all()),
        lines=lines_of(db, [only] if only else None),
        heard_at=last_heard(db),
        by_market={model: _parted(_of(db, model, only)) for model in KEPT},
    )


def _listed(db: Session, only: str, now: datetime) -> dict[str, list[tuple[Listing, Product]]]:
    offered = (
        select(Listing, Product)
        .join(Product, col(Product.sku) == col(Listing.sku))
        .where(col(Listing.until).is_(None) | (col(Listing.until) > now))
        .order_by(col(Listing.position), col(Listing.sku))
    )
    listed: dict[str, list[tuple[Listing, Product]]] = defaultdict(list)
    for listing, product in db.exec(offered.where(Listing.market == only) if only else offered).all():
        listed[listing.market].append((listing, product))
    return listed


def _recall_texts(db: Session) -> dict[str, set[str]]:
    """The languages in which each card that may begin a recall has its words."""
    texts: dict[str, set[str]] = {each: set() for each in db.exec(select(CrisisCard.key).where(CrisisCard.recall))}
    for card, language in db.exec(select(CrisisText.card, CrisisText.language)).all():
        if card in texts:
            texts[card].add(language)
    return texts


def _of(db: Session, model: Any, only: str) -> Iterable[Any]:
    return db.exec(select(model).where(model.market == only) if only else select(model)).all()


def _parted(rows: Iterable[Any]) -> dict[str, list[Any]]:
    parted: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        parted[row.market].append(row)
    return parted


def _native(db: Session, only: str, now: datetime) -> dict[str, Counter[str]]:
    """Minutes of native answers in the coming seven days, by market and language."""
    coming = select(AnswerHours).where(
        AnswerHours.level == "native", col(AnswerHours.ends_at) > now, col(AnswerHours.starts_at) < now + WEEK
    )
    minutes: dict[str, Counter[str]] = defaultdict(Counter)
    for each in db.exec(coming.where(AnswerHours.market == only) if only else coming).all():
        span = min(each.ends_at, now + WEEK) - max(each.starts_at, now)
        minutes[each.market][each.language] += int(span.total_seconds() // 60)
    return minutes


def _facts(market: Market, rows: _Rows, sources: Sources, voices: Sequence[Heard], *, now: datetime) -> Facts:
    today = day_in(market, now)
    languages = tuple(market.languages.split())
    listed = rows.listed.get(market.id, [])
    products = [product for _listing, product in listed]
    worded = {each.language for each in rows.of(MarketLocale, market.id) if each.order_button.strip()}
    costed = {each.sku for each in rows.of(LandedCost, market.id)}
    lines = rows.lines.get(market.id, {})
    return Facts(
        market=market.id,
        languages=languages,
        interface_lacking=tuple(each for each in languages if each not in sources.tags),
        interface_unfinished={each: sources.incomplete[each] for each in languages if sources.incomplete.get(each)},
        order_buttons_lacking=tuple(each for each in languages if each not in worded),
        untaxed=untaxed(market, products, RateTable(rows.of(TaxRate, market.id)), today),
        uncosted=tuple(each.sku for each in products if each.kind != SERVICE and each.sku not in costed),
        in_stock=sum(product.sku in rows.in_stock for product in products),
        specialist=rows.people.get(market.specialist, ""),
        first_answer_minutes=market.first_answer_minutes,
        audience=market.audience,
        percent_bp=market.percent_bp,
        order_cap=market.order_cap,
        everybody=not market.audience and market.state in FOR_ALL,
        launched=market.ever_sold,
        lines_lacking=lacking(lines),
        lines_written=len(lines),
        live_payments=sources.live_payments,
        notice_on=day_in(market, rows.heard_at) if rows.heard_at else None,
        waivers=_waivers(rows, market.id),
        **goods_facts(market, listed, _asked(rows, market.id), today=today),
        **unwritten(products, languages, rows.texts, rows.written),
        **law_facts(
            market,
            sources.policies,
            lambda kind, hashed, language: (market.id, kind, hashed, language) in rows.signed,
            today,
        ),
        **responsible_facts(products, rows.of(ResponsiblePerson, market.id)),
        **_lane(rows.of(ShippingRate, market.id)),
        **_heard(market, rows, voices),
        **_tested(rows.test_orders.get(market.id, []), market),
        **research_facts(
            rows.of(ResearchAnswer, market.id),
            rows.of(ResearchQuestion, market.id),
            rows.of(ResearchSignature, market.id),
        ),
        **answering_facts(market, rows.macros, today),
        **crisis_facts(market, rows.crisis[market.id], rows.recall_texts, home=rows.home, now=now),
        **document_facts(rows.of(DocumentStanding, market.id), rows.of(PrintedDocument, market.id)),
    )


def _lane(rates: Sequence[ShippingRate]) -> dict[str, Any]:
    return {"delivers": True, "carrier": rates[0].carrier, "days_max": rates[0].days_max} if rates else {}


def _heard(market: Market, rows: _Rows, voices: Sequence[Heard]) -> dict[str, Any]:
    return {
        "native_minutes": dict(sorted(rows.native.get(market.id, Counter()).items())),
        "uncovered_minutes": {each.language: ceil(each.worst_week) for each in voices},
        "uncovered_allowed": market.uncovered_minutes,
        "unheard": tuple(Unheard(each.language, hours) for each in voices for hours in usual_alike(each.holes)),
    }


def _tested(orders: Sequence[Order], market: Market) -> dict[str, Any]:
    """The test order that got furthest, and of these the last one."""
    best = max(orders, key=lambda each: (_refunded(each), each.after_sales, each.paid_at), default=None)
    if best is None or best.paid_at is None:
        return {}
    return {
        "test_orders": len(orders),
        "test_paid_on": day_in(market, best.paid_at),
        "test_refunded": _refunded(best),
        "test_returned": best.after_sales,
    }


def _refunded(order: Order) -> bool:
    return order.total > 0 and order.given_back >= order.total


def _waivers(rows: _Rows, market: str) -> dict[str, Waived]:
    return {
        each.gate: Waived(rows.people.get(each.person, each.person), each.reason, each.until)
        for each in rows.of(Waiver, market)
        if each.ended_at is None
    }


def _asked(rows: _Rows, market: str) -> Asked:
    mains = rows.of(MainsSupply, market)
    return Asked(
        mains[0] if mains else None,
        rows.of(Requirement, market),
        rows.of(Certificate, market),
        rows.of(MarketRule, market),
        rows.of(ResponsiblePerson, market),
    )
