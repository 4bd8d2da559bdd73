"""What a claim about an order rests on, and keeping one: with serials, photos, and what was done for the same piece before.

A claim is never refused for coming late: what holds for it is noted, and a person decides.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.aftersales.cases.filing import Filing, file_case, note
from shop.aftersales.claims.photos import media_type
from shop.aftersales.entitlement import Bought, receipts
from shop.aftersales.guarantee import ClaimVerdict, Guarantee, Mended, claim_right, guarantee
from shop.aftersales.models import Case, CaseEvent, CaseLine, CasePhoto
from shop.aftersales.owned import accepted_or_then
from shop.aftersales.remedies import Ladder, ladder
from shop.base.i18n import N_, NP_
from shop.catalogue.models import Product
from shop.catalogue.suitability import SERVICE
from shop.checkout.models import Order, OwnedItem, Parcel
from shop.checkout.settling import lines_of
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.acceptance import accepted_rules
from shop.policies.library import PolicyLibrary

DOOR = "claim"
KIND_WORDS = {
    "damaged": N_("It came damaged"),
    "missing": N_("Something is missing"),
    "wrong_item": N_("It is not what I ordered"),
    "defect": N_("It has a fault"),
}
KIND_TITLES = {
    "damaged": NP_("claim", "Damaged on the way"),
    "missing": NP_("claim", "Something missing"),
    "wrong_item": NP_("claim", "Not what was ordered"),
    "defect": NP_("claim", "A fault"),
}
MENDED = {"repaired": "repair", "replaced": "replacement"}  # what an event of a case says was done
NOTICED, SAFETY = "noticed", "safety"  # further events: since when it was noticed, and that somebody was hurt
EACH = {"nature": "voluntary", "several_parcels": "each"}  # a guarantee runs for each product from its own parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One product of an order as a claim sees it. `serials` are those of its pieces that have not come back."""

    sku: str
    bears_serial: bool
    serials: tuple[str, ...]
    received: date | None
    parcels: Mapping[str, date | None]  # of a serial: when its parcel was received
    history: tuple[tuple[str, Mended], ...]  # serial, or empty where the earlier claim named none

    def before(self, serial: str) -> list[Mended]:
        """What was done for the piece before; where one of both named no serial, it may have been the same."""
        return [each for known, each in self.history if not (known and serial and known != serial)]


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds for one piece on one day, and what may be asked for."""

    guarantee: Guarantee
    ladder: Ladder

    def verdict(self, kind: str) -> ClaimVerdict:
        """What a claim of this kind rests on."""
        return claim_right(self.guarantee, kind)


@dataclass(frozen=True, slots=True)
class Claimable:
    """An order at the door of claims: the warranty rules accepted with it, and each of its goods."""

    bought: Bought
    rules: Mapping[str, Any]
    pieces: Mapping[str, Piece]

    def holding(self, sku: str, *, today: date, serial: str = "", noticed: date | None = None) -> Holding:
        """What holds on a day for a piece of this product."""
        piece = self.pieces[sku]
        received, before = piece.parcels.get(serial, piece.received), piece.before(serial)
        found = guarantee(self.rules, received, today=today, noticed=noticed, before=before)
        return Holding(found, ladder(self.rules, tried=bool(before)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a customer claims, its values clean. `photos` have been rid of what was noted beside them."""

    kind: str
    lines: Mapping[str, int]
    serials: Mapping[str, str]
    noticed: date | None
    words: str
    wish: str
    hurt: bool
    photos: tuple[bytes, ...]
    key: str


def claimable(db: Session, bought: Bought, policies: PolicyLibrary, *, but: str = "") -> Claimable:
    """The order at the door of claims. `but` is a case that is left out of what was done before: itself."""
    order, market = bought.order, bought.market
    lines, accepted = lines_of(db, order), accepted_rules(db, order.number).get("warranty")
    rules = accepted_or_then(accepted, order, market, policies)
    received = receipts(db, order, market, lines, rules=EACH)
    products = {each.sku: each for each in db.exec(select(Product).where(col(Product.sku).in_(bought.items))).all()}
    serials, parcels = _owned(db, order, market)
    history = _history(db, order, market, but)
    pieces = {
        line.sku: Piece(
            sku=line.sku,
            bears_serial=bool(serials.get(line.sku)) or (line.sku in products and products[line.sku].serial),
            serials=tuple(serials.get(line.sku, ())),
            received=received[line.sku].day,
            parcels=parcels,
            history=tuple(history.get(line.sku, ())),
        )
        for line in lines
        if not (line.sku in products and products[line.sku].kind == SERVICE)
    }
    return Claimable(bought, rules, pieces)


def keep_claim(
    db: Session, order: Order, claim: Claim, verdicts: Mapping[str, ClaimVerdict], *, language: str, now: datetime
) -> Case:
    """Keep the claim with its photos and have the customer told. The same form sent again is the same case.

    Raises NotInOrder, MoreThanBought, or CaseKeyReused when the key came with other content before.
    """
    filing = Filing(
        door=DOOR,
        market=order.market,
        language=language,
        name=order.name,
        email=order.email,
        key=claim.key,
        kind=claim.kind,
        statement=claim.words,
        wish=claim.wish,
        lines=claim.lines,
        serials=claim.serials,
        holds=verdicts,
    )
    case = file_case(db, order, filing, now=now)
    if _is_kept(db, case, NOTICED):  # sent again
        return case
    note(db, case, NOTICED, now=now, note=claim.noticed.isoformat() if claim.noticed else "")
    if claim.hurt:
        note(db, case, SAFETY, now=now)
    rows = [
        {
            "case": case.number,
            "hash": hashlib.sha256(each).hexdigest(),
            "media_type": media_type(each),
            "data": each,
            "at": now,
        }
        for each in claim.photos
    ]
    if rows:
        db.connection().execute(insert(CasePhoto).on_conflict_do_nothing(), rows)
    return case


def photos_of(db: Session, case: Case) -> list[tuple[str, str]]:
    """Hash and media type of each photo, without its bytes."""
    query = select(CasePhoto.hash, CasePhoto.media_type).where(CasePhoto.case == case.number)
    return [(name, kind) for name, kind in db.exec(query.order_by(col(CasePhoto.hash))).all()]


def _is_kept(db: Session, case: Case, kind: str) -> bool:
    query = select(CaseEvent.id).where(CaseEvent.case == case.number, CaseEvent.kind == kind)
    return db.exec(query).first() is not None


def _owned(db: Session, order: Order, market: Market) -> tuple[dict[str, list[str]], dict[str, date | None]]:
    """The serials of each product's pieces that have not come back, and when the parcel of each was received."""
    query = (
        select(OwnedItem, Parcel)
        .join(Parcel, col(Parcel.id) == col(OwnedItem.parcel))
        .where(OwnedItem.order_number == order.number, OwnedItem.serial != "", col(OwnedItem.returned_at).is_(None))
        .order_by(col(OwnedItem.id))
    )
    serials: dict[str, list[str]] = {}
    received: dict[str, date | None] = {}
    for item, parcel in db.exec(query).all():
        serials.setdefault(item.sku, []).append(item.serial)
        at = parcel.delivered_at or order.delivered_at
        received[item.serial] = day_in(market, at) if at else None
    return serials, received


def _history(db: Session, order: Order, market: Market, but: str) -> dict[str, list[tuple[str, Mended]]]:
    """What earlier claims about the order's products brought, by SKU."""
    query = (
        select(CaseLine, CaseEvent)
        .join(Case, col(Case.number) == col(CaseLine.case))
        .join(CaseEvent, col(CaseEvent.case) == col(Case.number))
        .where(Case.order_number == order.number, Case.door == DOOR, col(CaseEvent.kind).in_(list(MENDED)))
        .where(Case.number != but)
        .order_by(col(CaseEvent.id))
    )
    found: dict[str, list[tuple[str, Mended]]] = {}
    for line, event in db.exec(query).all():
        mended = Mended(MENDED[event.kind], day_in(market, event.at))
        found.setdefault(line.sku, []).append((line.serial, mended))
    return found


def earlier_claims(db: Session, case: Case, skus: Iterable[str]) -> list[Case]:
    """Other claims of the same order about the same products, the oldest first."""
    query = (
        select(Case)
        .join(CaseLine, col(CaseLine.case) == col(Case.number))
        .where(Case.order_number == case.order_number, Case.door == DOOR, Case.number != case.number)
        .where(col(CaseLine.sku).in_(list(skus)))
        .distinct()
    )
    return sorted(db.exec(query).all(), key=lambda each: (each.filed_at, each.number))
