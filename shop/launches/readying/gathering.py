"""The facts that the readiness gates look at, gathered for all markets at once with one query for each kind of row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from shop.catalogue.fitness import Asked
from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.checkout.models import Order
from shop.ground.errors import NotFound
from shop.launches.models import Waiver
from shop.launches.readying.goods import papers, unfit
from shop.launches.readying.readiness import Facts, GateResult, Unwritten, Waived, readiness
from shop.markets.calendar import day_in
from shop.markets.models import AnswerHours, Market, MarketLocale, ShippingRate, TaxRate
from shop.markets.taxes import NoTaxRate, RateTable, Taxable, TaxTable
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.staff.models import Person
from shop.support.crisis.contacts import Readiness as CrisisReadiness
from shop.support.crisis.contacts import ready_for_crisis
from shop.support.staffed.facts import Heard, heard
from shop.support.staffed.spans import Unheard, usual_alike

WEEK = timedelta(days=7)
IMPRINT = ("seller", "seller_address", "email", "phone")

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

    listed: dict[str, list[tuple[Listing, Product]]]
    texts: frozenset[tuple[str, str]]
    in_stock: frozenset[str]
    signed: frozenset[tuple[str, str, str, str]]
    native: dict[str, Counter[str]]
    people: dict[str, str]
    test_orders: dict[str, int]
    crisis: dict[str, CrisisReadiness]
    by_market: dict[type[SQLModel], dict[str, list[Any]]]

    def of(self, model: type[Row], market: str) -> list[Row]:
        return self.by_market[model].get(market, [])


def gather(db: Session, sources: Sources, *, now: datetime, only: str = "") -> dict[str, Facts]:
    """Every market's facts by its id, or those of `only`."""
    query = select(Market).order_by(col(Market.position), col(Market.id))
    markets = db.exec(query.where(Market.id == only) if only else query).all()
    rows = _rows(db, only, now)
    heard_of = defaultdict(list)
    for each in heard(db, markets, now=now):
        heard_of[each.market.id].append(each)
    return {
        market.id: _facts(market, rows, sources, heard_of[market.id], today=day_in(market, now)) for market in markets
    }


def gates_of(market: Market, facts: Facts, *, now: datetime) -> tuple[GateResult, ...]:
    """Every gate's answer on the market's own day."""
    return readiness(facts, today=day_in(market, now))


def _rows(db: Session, only: str, now: datetime) -> _Rows:
    kept = (
        Certificate,
        Requirement,
        MarketRule,
        MainsSupply,
        ResponsiblePerson,
        MarketLocale,
        ShippingRate,
        TaxRate,
        Waiver,
    )
    offered = (
        select(Listing, Product)
        .join(Product, col(Product.sku) == col(Listing.sku))
        .order_by(col(Listing.position), col(Listing.sku))
    )
    offered = offered.where(col(Listing.until).is_(None) | (col(Listing.until) > now))
    listed: dict[str, list[tuple[Listing, Product]]] = defaultdict(list)
    for listing, product in db.exec(offered.where(Listing.market == only) if only else offered).all():
        listed[listing.market].append((listing, product))
    free = select(Stock.sku).where(col(Stock.on_hand) - col(Stock.held) - col(Stock.sold) > 0)
    tested = (
        select(Order.market, func.count())
        .where(col(Order.test), col(Order.paid_at).is_not(None))
        .group_by(col(Order.market))
    )
    return _Rows(
        listed=listed,
        texts=frozenset(db.exec(select(ProductText.sku, ProductText.language)).all()),
        in_stock=frozenset(db.exec(free).all()),
        signed=frozenset((each.market, each.kind, each.language, each.hash) for each in _of(db, SignOff, only)),
        native=_native(db, only, now),
        people=dict(db.exec(select(Person.id, Person.name)).all()),
        test_orders=dict(db.exec(tested).all()),
        crisis=ready_for_crisis(db, only=only),
        by_market={model: _parted(_of(db, model, only)) for model in kept},
    )


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


def _facts(market: Market, rows: _Rows, sources: Sources, voices: Sequence[Heard], *, today: date) -> Facts:
    languages = tuple(market.languages.split())
    listed = rows.listed.get(market.id, [])
    products = [product for _listing, product in listed]
    asked = _asked(rows, market.id)
    imprint = sources.policies.rules(market.id, "imprint", today)
    worded = {each.language for each in rows.of(MarketLocale, market.id) if each.order_button.strip()}
    return Facts(
        market=market.id,
        languages=languages,
        policies_lacking=tuple(
            Unwritten(*each) for each in sources.policies.complete(market.id, list(languages), today)
        ),
        unsigned=_unsigned(market, rows, sources, today),
        interface_lacking=tuple(each for each in languages if each not in sources.tags),
        interface_unfinished={each: sources.incomplete[each] for each in languages if sources.incomplete.get(each)},
        texts_lacking=tuple(
            Unwritten(each.sku, language)
            for each in products
            for language in languages
            if (each.sku, language) not in rows.texts
        ),
        listed=len(listed),
        unfit=unfit(products, market.id, languages, asked, today=today),
        papers=papers(products, asked, today=today),
        unpriced=tuple(listing.sku for listing, _product in listed if listing.price <= 0),
        untaxed=_untaxed(market, products, RateTable(rows.of(TaxRate, market.id)), today),
        tax_number=str(imprint.get("tax_number", "")),
        delivers=bool(rows.of(ShippingRate, market.id)),
        in_stock=sum(product.sku in rows.in_stock for product in products),
        native_minutes=dict(sorted(rows.native.get(market.id, Counter()).items())),
        uncovered_minutes={each.language: ceil(each.worst_week) for each in voices},
        uncovered_allowed=market.uncovered_minutes,
        unheard=tuple(Unheard(each.language, hours) for each in voices for hours in usual_alike(each.holes)),
        specialist=rows.people.get(market.specialist, ""),
        first_answer_minutes=market.first_answer_minutes,
        audience=market.audience,
        percent_bp=market.percent_bp,
        order_cap=market.order_cap,
        everybody=not market.audience and market.state in ("open", "paused", "winding_down", "closed"),
        live_payments=sources.live_payments,
        test_orders=rows.test_orders.get(market.id, 0),
        crisis_contacts=rows.crisis[market.id].contacts,
        crisis_roles_lacking=rows.crisis[market.id].lacking,
        nobody_on_call=not rows.crisis[market.id].on_call,
        imprint_lacking=tuple(each for each in IMPRINT if not imprint.get(each)),
        order_buttons_lacking=tuple(each for each in languages if each not in worded),
        waivers={
            each.gate: Waived(rows.people.get(each.person, each.person), each.reason, each.until)
            for each in rows.of(Waiver, market.id)
            if each.ended_at is None
        },
    )


def _asked(rows: _Rows, market: str) -> Asked:
    mains = rows.of(MainsSupply, market)
    return Asked(
        mains[0] if mains else None,
        rows.of(Requirement, market),
        rows.of(Certificate, market),
        rows.of(MarketRule, market),
        rows.of(ResponsiblePerson, market),
    )


def _unsigned(market: Market, rows: _Rows, sources: Sources, today: date) -> tuple[Unwritten, ...]:
    """The texts in force that no native reader has signed as they stand now."""
    unsigned = []
    for kind in sources.policies.kinds(market.id, today):
        try:
            version = sources.policies.in_force(market.id, kind, today)
        except NotFound:
            continue
        signed = {each for id, name, each, hash in rows.signed if (id, name, hash) == (market.id, kind, version.hash)}
        unsigned += [Unwritten(kind, each) for each in market.languages.split() if each not in signed]
    return tuple(unsigned)


def _untaxed(market: Market, products: list[Product], taxes: TaxTable, today: date) -> tuple[str, ...]:
    untaxed = []
    for tax_class in sorted({each.tax_class for each in products}):
        try:
            taxes.levy(market, [Taxable(0, tax_class)], today)
        except NoTaxRate:
            untaxed.append(tax_class)
    return tuple(untaxed)
