"""Hard events: what stops a market at once, without statistics, however few the orders.

A recall or a serious accident with something the market sells, a mandatory paper that is no longer in force, a price or
a promise that is missing, nobody in the roster who speaks the customers' language. Read for all markets at once, in a
constant number of queries.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from shop.aftersales.models import Recall
from shop.catalogue.models import Certificate, Listing, Product, Requirement
from shop.catalogue.suitability import in_force
from shop.ground.instants import DAY_MINUTES, instant_on
from shop.markets.calendar import calendar_of, day_in, is_working_day
from shop.markets.models import AnswerHours, Market
from shop.scorecard.guardrails import HardEvent
from shop.support.crisis.models import CrisisCard, Incident
from shop.support.severity import CRISIS

WITHOUT_AGENT = timedelta(hours=48)  # of the market's working days, or every weekend would pause
AHEAD = 10  # days: a longer run of holidays than any market's


def hard_events(db: Session, markets: Sequence[Market], *, now: datetime) -> dict[str, tuple[HardEvent, ...]]:
    """The hard events that stand in each of these markets, the gravest first."""
    listed = _listed(db, markets, now=now)
    found: dict[str, list[HardEvent]] = {each.id: [] for each in markets}
    for each in markets:
        found[each.id] += [HardEvent("promise_missing")] * (each.first_answer_minutes <= 0)
        unpriced = sorted(sku for sku, _kind, price in listed[each.id] if price <= 0)
        found[each.id] += [HardEvent("price_missing", sku) for sku in unpriced]
    for gather in (_papers, _recalls, _accidents):
        for market, event in gather(db, markets, listed, now):
            found[market].append(event)
    for market in _unattended(db, markets, now=now):
        found[market].append(HardEvent("no_native_agent"))
    return {market: tuple(sorted(events, key=_gravity)) for market, events in found.items()}


Listed = dict[str, list[tuple[str, str, int]]]
Found = list[tuple[str, HardEvent]]


def _listed(db: Session, markets: Sequence[Market], *, now: datetime) -> Listed:
    """By market, SKU, kind and price of what is on sale now."""
    query = (
        select(Listing.market, Listing.sku, Product.kind, Listing.price)
        .join(Product, col(Product.sku) == col(Listing.sku))
        .where(
            col(Listing.market).in_([each.id for each in markets]),
            or_(col(Listing.visible_from).is_(None), col(Listing.visible_from) <= now),
            or_(col(Listing.until).is_(None), col(Listing.until) > now),
        )
    )
    found: Listed = defaultdict(list)
    for market, sku, kind, price in db.exec(query).all():
        found[market].append((sku, kind, price))
    return found


def _papers(db: Session, markets: Sequence[Market], listed: Listed, now: datetime) -> Found:
    """Marks that a market asks of goods on sale and of which no paper is in force on its own day."""
    ids = [each.id for each in markets]
    asked = db.exec(select(Requirement).where(col(Requirement.market).in_(ids))).all()
    held: dict[tuple[str, str, str], list[Certificate]] = defaultdict(list)
    for paper in db.exec(select(Certificate).where(col(Certificate.market).in_(ids))).all():
        held[paper.market, paper.kind, paper.mark].append(paper)
    kinds = {market: {kind for _sku, kind, _price in rows} for market, rows in listed.items()}
    today = {each.id: day_in(each, now) for each in markets}
    return [
        (each.market, HardEvent("certificate_ended", each.mark))
        for each in asked
        if each.kind in kinds.get(each.market, ())
        and not any(in_force(paper, today[each.market]) for paper in held[each.market, each.kind, each.mark])
    ]


def _recalls(db: Session, _markets: Sequence[Market], listed: Listed, _now: datetime) -> Found:
    query = select(Recall).where(col(Recall.closed_at).is_(None), col(Recall.drill).is_(False))
    return [
        (market, HardEvent("recall_open", each.number, each.opened_at))
        for each in db.exec(query.order_by(col(Recall.opened_at))).all()
        for market in _selling(listed, set(each.skus.split()))
    ]


def _accidents(db: Session, markets: Sequence[Market], listed: Listed, _now: datetime) -> Found:
    """Open incidents, no drills, by a card of the gravest kind that stops the sale; without a product they are about all."""
    query = (
        select(Incident)
        .join(CrisisCard, col(CrisisCard.key) == col(Incident.card))
        .where(
            col(Incident.closed_at).is_(None),
            col(Incident.drill).is_(False),
            col(CrisisCard.severity) == CRISIS,
            col(CrisisCard.stop_sale).is_(True),
        )
    )
    return [
        (market, HardEvent("accident", str(each.id), each.opened_at))
        for each in db.exec(query.order_by(col(Incident.id))).all()
        for market in (_selling(listed, {each.sku}) if each.sku else [one.id for one in markets])
        if each.market in ("", market)
    ]


def _selling(listed: Listed, skus: Collection[str]) -> list[str]:
    return [market for market, rows in listed.items() if any(sku in skus for sku, _kind, _price in rows)]


def _unattended(db: Session, markets: Sequence[Market], *, now: datetime) -> list[str]:
    """The markets for which no native speaker of any of their languages is in the roster for so long."""
    latest = now + timedelta(days=AHEAD)
    query = select(AnswerHours.market, AnswerHours.language, AnswerHours.starts_at).where(
        col(AnswerHours.market).in_([each.id for each in markets]),
        AnswerHours.level == "native",
        col(AnswerHours.ends_at) > now,
        col(AnswerHours.starts_at) < latest,
    )
    next_at: dict[str, datetime] = {}
    languages = {each.id: each.languages.split() for each in markets}
    for market, language, starts_at in db.exec(query).all():
        if language in languages[market]:
            next_at[market] = min(starts_at, next_at.get(market, starts_at))
    return [each.id for each in markets if next_at.get(each.id, latest) >= working_end(each, now)]


def working_end(market: Market, now: datetime) -> datetime:
    """When 48 hours of the market's working days have passed from now on; its weekends and holidays do not count."""
    left, at, calendar = WITHOUT_AGENT, now, calendar_of(market)
    for day in (day_in(market, now) + timedelta(days=number) for number in range(AHEAD)):
        end = instant_on(day, DAY_MINUTES, market.zone)
        if is_working_day(day, calendar):
            if end - at >= left:
                return at + left
            left -= end - at
        at = end
    return at


def _gravity(event: HardEvent) -> tuple[bool, str, str]:
    return not event.safety, event.code, event.about
