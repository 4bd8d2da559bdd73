"""Goods of a case coming back: counted line by line as they come in, and sold again only where they can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.aftersales.cases.deciding import SENT_BACK, CaseMoved, after_goods
from shop.aftersales.cases.filing import note, tell
from shop.aftersales.cases.handling import check
from shop.aftersales.cases.paying_back import hold_case, standing_of
from shop.aftersales.cases.views import CaseView, gone_of
from shop.aftersales.models import Case, CaseLine
from shop.aftersales.periods import refund_due
from shop.checkout import stock
from shop.checkout.models import OwnedItem
from shop.ground.errors import found
from shop.markets.calendar import day_in


@dataclass(frozen=True, slots=True)
class Came:
    """What came back of a SKU just now: pieces, how many of them can be sold again, and in which condition they are."""

    sku: str
    pieces: int
    restock: int
    condition: str = ""


def receive(db: Session, view: CaseView, came: Sequence[Came], *, last: bool, person: str, now: datetime) -> None:
    """Goods came back. `last` says that nothing more is waited for. Raises CaseMoved when it was counted meanwhile."""
    check(view, "receive")
    case, order = view.case, found(view.order)
    hold_case(db, case)
    had = {each.sku: each.received for each in view.lines}
    for each in came:
        _count(db, case, each, had=had.get(each.sku, 0))
        _mark_pieces(db, view, each, now=now)
    again = {each.sku: each.restock for each in came if each.restock}
    if again and not order.test:
        stock.take_back(db, again, left_the_house=True)
    said = " ".join(f"{each.sku} {each.pieces}/{each.restock} {each.condition}".strip() for each in came)
    note(db, case, "came_in", now=now, person=person, note=said)
    pieces = sum(each.quantity - each.withheld for each in view.lines)
    back = sum(had.values()) + sum(each.pieces for each in came)
    if last or back >= pieces:
        _all_is_back(db, view, person=person, now=now)


def _count(db: Session, case: Case, came: Came, *, had: int) -> None:
    mine = update(CaseLine).where(
        col(CaseLine.case) == case.number,
        col(CaseLine.sku) == came.sku,
        col(CaseLine.received) == had,
        col(CaseLine.received) + col(CaseLine.withheld) + came.pieces <= col(CaseLine.quantity),
    )
    values: dict[str, Any] = {
        "received": CaseLine.received + came.pieces,
        "restocked": CaseLine.restocked + came.restock,
    }
    if came.condition:
        values["condition"] = came.condition
    if db.connection().execute(mine.values(**values)).rowcount != 1:
        raise CaseMoved(now_is=case.state)


def _mark_pieces(db: Session, view: CaseView, came: Came, *, now: datetime) -> None:
    """The customer owns these pieces no longer: the one with the case's serial first, else those packed first."""
    serial = next((each.serial for each in view.lines if each.sku == came.sku), "")
    query = select(OwnedItem).where(
        OwnedItem.order_number == view.case.order_number,
        OwnedItem.sku == came.sku,
        col(OwnedItem.returned_at).is_(None),
    )
    pieces = db.exec(query.order_by(col(OwnedItem.id))).all()
    named = sorted(pieces, key=lambda each: not serial or each.serial != serial)
    ids = [each.id for each in named[: came.pieces]]
    db.connection().execute(update(OwnedItem).where(col(OwnedItem.id).in_(ids)).values(returned_at=now))


def _all_is_back(db: Session, view: CaseView, *, person: str, now: datetime) -> None:
    case = view.case
    values: dict[str, Any] = {"goods_back_at": now, "state": after_goods(standing_of(view), complete=True)}
    if view.terms is not None and case.door in SENT_BACK:
        sent = day_in(view.market, case.sent_back_at) if case.sent_back_at else None
        notice, today = day_in(view.market, case.filed_at), day_in(view.market, now)
        values["refund_due"] = refund_due(view.terms.rules, notice=notice, goods_back=today, sent_back=sent)
    mine = update(Case).where(col(Case.number) == case.number)
    db.connection().execute(mine.values(**values))
    note(db, case, "goods_back", now=now, person=person)
    tell(db, case, "goods_back", now=now)


def pieces_to_come(db: Session, view: CaseView) -> Mapping[str, int]:
    """Pieces by SKU that left the house and have not come back yet."""
    gone = gone_of(db, found(view.order), view.lines)
    to_come = {each.sku: gone.get(each.sku, 0) - each.received for each in view.lines}
    return {sku: number for sku, number in to_come.items() if number > 0}
