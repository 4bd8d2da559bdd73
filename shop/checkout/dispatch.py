"""Dispatch and delivery: a parcel leaves, a parcel is there, and the customer is told each time.

An order may leave in several parcels: it is dispatched once nothing of it is left, and delivered once all of them are.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from shop.catalogue.models import Product
from shop.catalogue.papers import MissingPaper, asked_of, missing_papers
from shop.catalogue.suitability import SERVICE
from shop.checkout import stock
from shop.checkout.models import Order, OrderLine, Parcel, ParcelLine
from shop.checkout.orders import ARRIVED, PART, PART_ARRIVED
from shop.checkout.settling import change_order, note_event, tell
from shop.checkout.stopped import stopped_lines
from shop.ground.errors import Refusal
from shop.ground.instants import local
from shop.markets.calendar import day_in, expected
from shop.markets.models import Market

OVERRULED = "stop overruled"  # on the order's record, with the reason, and not told to the customer


class NotToBeDispatched(Refusal):
    """The order is not in a state in which it can be dispatched; `state` says which it is."""


class SaleStopped(Refusal):
    """The sale of goods in the order is stopped (`stopped` says which), and nobody said why they may leave all the same."""


class PapersMissing(Refusal):
    """A paper that must travel with the goods to their country is not there; `missing` names each of them."""


class NotOnItsWay(Refusal):
    """The order is not on its way, so it cannot have been delivered; `state` says where it stands."""


def dispatch(
    db: Session,
    order: Order,
    market: Market,
    *,
    carrier: str,
    tracking: str,
    person: str,
    now: datetime,
    despite: str = "",
    pieces: Mapping[str, int] | None = None,
    weight_g: int | None = None,
) -> Parcel:
    """A parcel leaves with these pieces by SKU, or with all that is left; `despite` is why, where its sale is stopped.

    Raises NotToBeDispatched (also when more is to leave than is left), SaleStopped or PapersMissing.
    """
    if not change_order(db, order, "paid", only_from=("paid",)):  # and nobody else packs it at the same time
        raise NotToBeDispatched(state=order.state)
    left = left_to_send(db, order)
    sent = {sku: number for sku, number in (left if pieces is None else pieces).items() if number}
    if any(not 0 < number <= left.get(sku, 0) for sku, number in sent.items()) or not sent:
        raise NotToBeDispatched(state=order.state)
    _refuse_stopped(db, order, sent, despite, person=person, now=now)
    _refuse_without_papers(db, order, market, sent, now=now)
    first, last = _promised(order, market, now)
    parcel = Parcel(
        order_number=order.number,
        carrier=carrier,
        tracking=tracking,
        dispatched_at=now,
        person=person,
        expected_from=first,
        expected_until=last,
        weight_g=weight_g,
    )
    db.add(parcel)
    db.flush()
    db.add_all(ParcelLine(parcel=parcel.id or 0, sku=sku, quantity=number) for sku, number in sorted(sent.items()))
    whole = sent == left
    if not order.test:
        stock.send_out(db, sent | (services_of(db, order) if whole else {}))
    _tell_sent(db, order, parcel, whole=whole, person=person, now=now)
    return parcel


def left_to_send(db: Session, order: Order) -> dict[str, int]:
    """Pieces by SKU that are not in a parcel yet. A parcel of which nothing is noted held the whole order."""
    noted = (
        select(Parcel.id, ParcelLine.sku, ParcelLine.quantity)
        .outerjoin(ParcelLine, col(ParcelLine.parcel) == col(Parcel.id))
        .where(Parcel.order_number == order.number)
    )
    gone: dict[str, int] = {}
    rows: list[tuple[int, str | None, int | None]] = list(db.exec(noted).all())  # type: ignore[arg-type]
    for _parcel, sku, number in rows:
        if sku is None:
            return {}
        gone[sku] = gone.get(sku, 0) + (number or 0)
    ordered = {sku: number - kept for sku, number, kept, kind in _pieces(db, order) if kind != SERVICE}
    return {sku: number - gone.get(sku, 0) for sku, number in ordered.items() if number > gone.get(sku, 0)}


def services_of(db: Session, order: Order) -> dict[str, int]:
    """What of an order lies in no parcel and was not given up: services, by SKU."""
    return {sku: number - kept for sku, number, kept, kind in _pieces(db, order) if kind == SERVICE and number > kept}


def withhold(db: Session, order: Order, pieces: Mapping[str, int], *, person: str, now: datetime) -> dict[str, int]:
    """Pieces that the customer gave up are not sent, as far as they have not left; says which. They can be sold again."""
    if not change_order(db, order, "paid", only_from=("paid",)):
        return {}
    left = left_to_send(db, order)
    here = left | services_of(db, order)
    kept = {sku: min(number, here[sku]) for sku, number in pieces.items() if here.get(sku)}
    _keep(db, order, kept)
    if kept and not order.test:
        stock.take_back(db, kept, left_the_house=False)
    if left and not left_to_send(db, order):
        _nothing_left(db, order, person=person, now=now)
    return kept


def _nothing_left(db: Session, order: Order, *, person: str, now: datetime) -> None:
    """The last that was to be sent has been given up: what has left was all of it, or there is no parcel any more."""
    if not _has_parcel(db, order):
        mine = update(Order).where(col(Order.number) == order.number)
        db.connection().execute(mine.values(parcel=False))
        return
    if not order.test:
        stock.send_out(db, services_of(db, order))
    note_event(db, order, "dispatched", now=now, person=person)
    nothing_more_leaves(db, order, only_from="paid", person=person, now=now)


def keep_all(db: Session, order: Order) -> None:
    """Nothing more of an order that was given back leaves; all of it that had not left can be sold again."""
    left = left_to_send(db, order) | services_of(db, order)
    _keep(db, order, left)
    if not order.test:
        stock.take_back(db, left, left_the_house=False)


def nothing_more_leaves(db: Session, order: Order, *, only_from: str, person: str, now: datetime) -> None:
    """All that is sent of the order has left: it is on its way, or has arrived if the last of its parcels has."""
    change_order(db, order, "dispatched", only_from=(only_from,))
    parcels = db.exec(select(Parcel).where(Parcel.order_number == order.number)).all()
    arrived = [(each.delivered_at, each.delivered_source) for each in parcels if each.delivered_at]
    if not arrived or len(arrived) < len(parcels):
        return
    at, source = max(arrived)
    if change_order(db, order, "delivered", only_from=("dispatched",), delivered_at=at, delivered_source=source):
        note_event(db, order, ARRIVED, now=now, person=person)


def _keep(db: Session, order: Order, pieces: Mapping[str, int]) -> None:
    for sku, number in pieces.items():
        line = update(OrderLine).where(col(OrderLine.order_number) == order.number, col(OrderLine.sku) == sku)
        db.connection().execute(line.values(withheld=OrderLine.withheld + number))


def _has_parcel(db: Session, order: Order) -> bool:
    return db.exec(select(Parcel.id).where(Parcel.order_number == order.number)).first() is not None


def _pieces(db: Session, order: Order) -> list[tuple[str, int, int, str | None]]:
    query = (
        select(OrderLine.sku, OrderLine.quantity, OrderLine.withheld, Product.kind)
        .outerjoin(Product, col(Product.sku) == col(OrderLine.sku))
        .where(OrderLine.order_number == order.number)
        .order_by(col(OrderLine.sku))
    )
    return [(sku, number, kept, kind) for sku, number, kept, kind in db.exec(query).all()]


def _tell_sent(db: Session, order: Order, parcel: Parcel, *, whole: bool, person: str, now: datetime) -> None:
    place = _place(db, parcel)
    began = {"dispatched_at": now} if place == 1 else {}
    change_order(db, order, "dispatched" if whole else "paid", only_from=("paid",), **began)
    note_event(db, order, "dispatched" if whole else PART.format(place), now=now, person=person)
    if whole and place == 1:
        return tell(db, order, "dispatched", now=now)
    _tell_of(db, order, parcel, "dispatched", place, now=now)


def _tell_of(db: Session, order: Order, parcel: Parcel, mail: str, place: int, *, now: datetime) -> None:
    """Have the customer told of one parcel of several, once."""
    tell(db, order, mail, now=now, which=f"-{place}", parcel=parcel.id)


def _place(db: Session, parcel: Parcel) -> int:
    """Which of the order's parcels it is, from 1."""
    before = select(func.count()).where(Parcel.order_number == parcel.order_number, col(Parcel.id) <= parcel.id)
    return db.exec(before).one()


def _refuse_without_papers(
    db: Session, order: Order, market: Market, sent: Mapping[str, int], *, now: datetime
) -> None:
    missing = papers_missing(db, order, market, sent, now=now)
    if missing:
        raise PapersMissing(missing=missing)


def papers_missing(
    db: Session, order: Order, market: Market, sent: Mapping[str, int], *, now: datetime
) -> list[MissingPaper]:
    """The papers that must travel with these goods to the market and are not there. A test order goes nowhere."""
    if order.test:
        return []
    products = db.exec(select(Product).where(col(Product.sku).in_(sent)).order_by(col(Product.sku))).all()
    return missing_papers(products, asked_of(db, market.id), day_in(market, now))


def _refuse_stopped(
    db: Session, order: Order, sent: Mapping[str, int], despite: str, *, person: str, now: datetime
) -> None:
    stopped = [each for each in stopped_lines(db, order) if each.sku in sent]
    if stopped and not despite:
        raise SaleStopped(stopped=stopped)
    if stopped:  # of each parcel, the reason given for it
        before = db.exec(select(func.count()).where(Parcel.order_number == order.number)).one()
        note_event(db, order, f"{OVERRULED} {before + 1}", now=now, person=person, note=despite)


def deliver(
    db: Session,
    order: Order,
    *,
    source: str,
    person: str,
    now: datetime,
    parcel: int | None = None,
    at: datetime | None = None,
) -> None:
    """What was under way has arrived, or this parcel of it; `source` says who says so (staff or carrier), `at` when.

    Raises NotOnItsWay when nothing of the kind is under way.
    """
    waiting = _under_way(db, order)
    arrived = [each for each in waiting if parcel in (None, each.id)]
    at = at or now
    mine = update(Parcel).where(col(Parcel.id).in_([each.id for each in arrived]), col(Parcel.delivered_at).is_(None))
    if db.connection().execute(mine.values(delivered_at=at, delivered_source=source)).rowcount < 1:
        raise NotOnItsWay(state=order.state)
    if arrived == waiting and change_order(
        db,
        order,
        "delivered",
        only_from=("dispatched",),
        delivered_at=_last_arrival(db, order),
        delivered_source=source,
    ):
        note_event(db, order, ARRIVED, now=now, person=person)
        return tell(db, order, ARRIVED, now=now)
    for each in arrived:
        note_event(db, order, PART_ARRIVED.format(_place(db, each)), now=now, person=person)
        _tell_of(db, order, each, ARRIVED, _place(db, each), now=now)


def _under_way(db: Session, order: Order) -> list[Parcel]:
    query = select(Parcel).where(Parcel.order_number == order.number, col(Parcel.delivered_at).is_(None))
    return list(db.exec(query.order_by(col(Parcel.id))).all())


def _last_arrival(db: Session, order: Order) -> datetime | None:
    return db.exec(select(func.max(col(Parcel.delivered_at))).where(Parcel.order_number == order.number)).one()


def _promised(order: Order, market: Market, now: datetime) -> tuple[date, date]:
    """The days told when the order was paid still hold, unless it leaves so late that they are past."""
    paid, today = local(order.paid_at or order.placed_at, market.zone).date(), day_in(market, now)
    first, last = expected(market, paid, order.days_min, order.days_max)
    return (first, last) if first > today else expected(market, today, order.days_min, order.days_max)
