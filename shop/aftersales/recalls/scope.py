"""Which orders a recall concerns: by product, and where bounds are given by serial, lot and day of dispatch.

What was sent without its serial or lot being noted is concerned too, for nobody can say that it is not. What has come
back is not. Bounds on serials run by model, year and week, and number; the check letter is no part of the order.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.models import Case, CaseLine
from shop.catalogue.serials import bare, parse_serial
from shop.checkout.models import Order, OrderLine, OwnedItem, Parcel, ParcelLine
from shop.ground.instants import local
from shop.markets.models import Market

Standing = Literal["in", "unknown", "out"]
_BOUND = re.compile(r"([A-Z]{4})([0-9]{4})([0-9]{5})([A-Z]?)")


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range of serials: `model` is maker and model (`HBBL`), `place` year, week and number."""

    model: str
    place: str

    def __str__(self) -> str:
        return f"{self.model}{self.place[:4]}-{self.place[4:]}"


def read_bound(written: str) -> Bound | None:
    """A serial as an end of a range, with its check letter or without; None when it is none, or mistyped."""
    found = _BOUND.fullmatch(bare(written))
    if found is None or not 1 <= int(found[2][2:]) <= 53 or (found[4] and parse_serial(written) is None):
        return None
    return Bound(found[1], found[2] + found[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is recalled: these products and, of the bounds that are given, only what lies within all of them."""

    skus: frozenset[str]
    first: Bound | None = None
    last: Bound | None = None
    lots: frozenset[str] = frozenset()
    sent_from: date | None = None
    sent_until: date | None = None

    def standing(self, serial: str, lot: str, sent_on: date) -> Standing:
        """Whether a piece of one of the products is concerned; a serial or lot that is not known is empty."""
        if (self.sent_from and sent_on < self.sent_from) or (self.sent_until and sent_on > self.sent_until):
            return "out"
        found = {self._by_serial(serial), self._by_lot(lot)}
        return "out" if "out" in found else "unknown" if "unknown" in found else "in"

    def _by_serial(self, serial: str) -> Standing:
        if self.first is None and self.last is None:
            return "in"
        known = read_bound(serial)
        if known is None:
            return "unknown"
        bounds = [each for each in (self.first, self.last) if each is not None]
        if any(each.model != known.model for each in bounds):
            return "out"
        early = self.first is not None and known.place < self.first.place
        late = self.last is not None and known.place > self.last.place
        return "out" if early or late else "in"

    def _by_lot(self, lot: str) -> Standing:
        if not self.lots:
            return "in"
        return "unknown" if not lot else "in" if lot in self.lots else "out"


@dataclass(frozen=True, slots=True)
class Sent:
    """Pieces of a SKU that left in one parcel; `day` is one of the market's calendar."""

    order: str
    market: str
    language: str
    parcel: int
    sku: str
    pieces: int
    day: date


@dataclass(frozen=True, slots=True)
class Marked:
    """One piece of a parcel of which serial or lot were noted, and whether it has come back."""

    parcel: int
    sku: str
    serial: str
    lot: str
    returned: bool


@dataclass(slots=True)
class Affected:
    """An order with pieces that are concerned: their serials, lots or SKUs, how many, and of how many it is not known."""

    order: str
    market: str
    language: str
    items: list[str]
    pieces: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The orders that a recall concerns, and per market how many such pieces were ever sent there."""

    orders: tuple[Affected, ...]
    sold: Mapping[str, int]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which customers have to be told."""
        return tuple(sorted({each.language for each in self.orders}))


def affected(
    scope: Scope, sent: Iterable[Sent], marked: Iterable[Marked], back: Mapping[tuple[str, str], int]
) -> Found:
    """The orders concerned. `back` counts by order and SKU the returned pieces that bear no mark."""
    noted, left = defaultdict(list), dict(back)
    for piece in marked:
        noted[piece.parcel, piece.sku].append(piece)
    orders: dict[str, Affected] = {}
    sold: dict[str, int] = defaultdict(int)
    for each in sent:
        pieces = noted[each.parcel, each.sku]
        plain = [Marked(each.parcel, each.sku, "", "", False)] * (each.pieces - len(pieces))
        for piece in (*pieces, *plain):
            standing = scope.standing(piece.serial, piece.lot, each.day)
            if standing == "out":
                continue
            sold[each.market] += 1
            if piece.returned or (not piece.serial + piece.lot and _came_back(left, each)):
                continue
            order = orders.setdefault(each.order, Affected(each.order, each.market, each.language, []))
            item = piece.serial or piece.lot or piece.sku
            order.items += [item] if item not in order.items else []
            order.pieces += 1
            order.unknown += standing == "unknown"
    return Found(tuple(orders.values()), dict(sold))


def _came_back(left: dict[tuple[str, str], int], sent: Sent) -> bool:
    key = (sent.order, sent.sku)
    came = left.get(key, 0) > 0
    if came:
        left[key] -= 1
    return came


def found_in(db: Session, scope: Scope) -> Found:
    """The orders of all markets that the recall concerns now. Test orders count nowhere."""
    sent, marked = _sent(db, scope), _marked(db, scope)
    order_of = {each.parcel: each.order for each in sent}
    back = _received(db, scope)
    for piece in marked:
        key = (order_of.get(piece.parcel, ""), piece.sku)
        if piece.returned and back.get(key, 0) > 0:
            back[key] -= 1  # this one of those that came back is known by its mark
    return affected(scope, sent, marked, back)


def _sent(db: Session, scope: Scope) -> list[Sent]:
    """What left, parcel by parcel. One of which nothing is noted held the whole order."""
    noted = select(ParcelLine.parcel).where(ParcelLine.parcel == Parcel.id).correlate(Parcel).exists()
    inside = (col(ParcelLine.parcel) == col(Parcel.id)) & (col(ParcelLine.sku) == col(OrderLine.sku))
    query = (
        select(Order, Market.zone, Parcel, OrderLine, ParcelLine, noted)  # type: ignore[call-overload]
        .join(Parcel, col(Parcel.order_number) == col(Order.number))
        .join(Market, col(Market.id) == col(Order.market))
        .join(OrderLine, col(OrderLine.order_number) == col(Order.number))
        .outerjoin(ParcelLine, inside)
        .where(col(OrderLine.sku).in_(scope.skus), col(Order.test).is_(False))
        .order_by(col(Order.market), col(Parcel.id), col(OrderLine.sku))
    )
    rows = []
    for order, zone, parcel, line, part, is_noted in db.exec(query).all():
        pieces = part.quantity if part else 0 if is_noted else line.quantity
        day = local(parcel.dispatched_at, zone).date()
        rows.append(Sent(order.number, order.market, order.language, parcel.id, line.sku, pieces, day))
    return [each for each in rows if each.pieces]


def _marked(db: Session, scope: Scope) -> list[Marked]:
    query = select(OwnedItem).where(col(OwnedItem.sku).in_(scope.skus)).order_by(col(OwnedItem.id))
    return [
        Marked(each.parcel, each.sku, each.serial, each.lot, each.returned_at is not None)
        for each in db.exec(query).all()
    ]


def _received(db: Session, scope: Scope) -> dict[tuple[str, str], int]:
    """Pieces that came back after cases, by order and SKU."""
    query = (
        select(Case.order_number, CaseLine.sku, func.sum(CaseLine.received))
        .join(Case, col(Case.number) == col(CaseLine.case))
        .where(col(CaseLine.sku).in_(scope.skus), col(Case.order_number) != "")
        .group_by(col(Case.order_number), col(CaseLine.sku))
    )
    return {(order, sku): int(received) for order, sku, received in db.exec(query).all()}
