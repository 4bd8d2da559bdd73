"""Opening a case at one of the four doors: kept once however often its form is sent, and never about more than was bought."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, not_, or_, update
from sqlmodel import Session, col, select

from shop.aftersales.models import NOT_STANDING, Case, CaseEvent, CaseLine
from shop.base.outbox import enqueue
from shop.base.tokens import fresh_name
from shop.checkout.models import Order
from shop.checkout.settling import pieces_of
from shop.ground.errors import Refusal

PREFIXES = {"withdrawal": "WD", "return": "RT", "claim": "CL", "exchange": "EX"}
MAIL = "case mail"


class NotInOrder(Refusal):
    """The order holds no such product (`sku`)."""


class MoreThanBought(Refusal):
    """More pieces of `sku` than are `left` in the order once all other cases about them are counted."""


class CaseKeyReused(Refusal):
    """The form's key was used before with other content; `number` is the case that came of it."""


class Holds(Protocol):
    """What holds for a product at a door: a word for it, and until which day, where that is known."""

    @property
    def standing(self) -> str: ...
    @property
    def last_day(self) -> date | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a customer sends at a door, its values clean. `lines` are pieces by SKU, `serials` by SKU where given.

    `holds` is what held for each product when it was sent.
    """

    door: str
    market: str
    language: str
    name: str
    email: str
    key: str
    kind: str = ""
    contract: str = ""
    statement: str = ""
    wish: str = ""
    lines: Mapping[str, int]
    serials: Mapping[str, str]
    holds: Mapping[str, Holds] = field(default_factory=dict)
    refund_due: date | None = None

    @property
    def verdict(self) -> str:
        """What holds, as the case keeps it."""
        return noted(self.holds)

    @property
    def window_ends(self) -> date | None:
        """The last day until which it holds for any of the products."""
        return last_day(self.holds)


def file_case(db: Session, order: Order | None, filing: Filing, *, now: datetime) -> Case:
    """Keep the case, note it and have the customer told. The same form sent again is the same case.

    Raises NotInOrder, MoreThanBought, or CaseKeyReused when the key came with other content before.
    """
    content = _content(order, filing)
    if order is not None:
        alone_with(db, order.number)
    known = db.exec(select(Case).where(Case.key == filing.key)).first()
    if known is not None:
        if known.content != content:
            raise CaseKeyReused(number=known.number)
        return known
    if order is not None:
        check_pieces(db, order, filing.lines)
    case = Case(
        number=fresh_number(filing.door),
        door=filing.door,
        kind=filing.kind,
        market=filing.market,
        language=filing.language,
        order_number=order.number if order else "",
        contract=filing.contract,
        name=filing.name,
        email=filing.email,
        statement=filing.statement,
        wish=filing.wish,
        key=filing.key,
        content=content,
        verdict=filing.verdict,
        window_ends=filing.window_ends,
        refund_due=filing.refund_due,
        filed_at=now,
    )
    db.add(case)
    db.flush()
    for sku, pieces in filing.lines.items():
        db.add(CaseLine(case=case.number, sku=sku, quantity=pieces, serial=filing.serials.get(sku, "")))
    note(db, case, "filed", now=now)
    tell(db, case, "received", now=now)
    return case


def fresh_number(door: str) -> str:
    """A new case's public name: `WD-7KQ2M9X4`."""
    return f"{PREFIXES[door]}-{fresh_name(8)}"


def noted(holds: Mapping[str, Holds]) -> str:
    """What holds by SKU as a case keeps it: `in_time`, or where products differ `HB-BL-230=in_time HB-CN-YC=excluded`."""
    standings = {sku: each.standing for sku, each in holds.items()}
    if len(set(standings.values())) == 1:
        return next(iter(standings.values()))
    return " ".join(f"{sku}={standing}" for sku, standing in sorted(standings.items()))


def last_day(holds: Mapping[str, Holds]) -> date | None:
    """The last day until which anything holds for any of the products, where that is known."""
    return max((each.last_day for each in holds.values() if each.last_day), default=None)


def left_of(db: Session, order: Order) -> dict[str, int]:
    """Pieces by SKU of the order that no other case keeps."""
    joined = col(CaseLine.case) == col(Case.number)
    taken = (
        select(CaseLine.sku, func.sum(CaseLine.quantity))
        .join(Case, joined)
        .where(Case.order_number == order.number, col(Case.state).not_in(NOT_STANDING), not_(_left_with_customer()))
        .group_by(col(CaseLine.sku))
    )
    kept: dict[str, int] = dict(db.exec(taken).all())
    return {sku: pieces - kept.get(sku, 0) for sku, pieces in pieces_of(db, order).items()}


def _left_with_customer() -> ColumnElement[bool]:
    """Cases that are over and after which the customer still has the piece, or another one that no other order brought."""
    mended = or_(
        col(Case.remedy).in_(("repair", "price_reduction", "damages")),
        and_(col(Case.remedy) == "replacement", col(Case.replacement) == ""),
    )
    return and_(col(Case.door) == "claim", col(Case.state) == "done", mended)


def note(
    db: Session, case: Case, kind: str, *, now: datetime, person: str = "", note: str = "", told: str = ""
) -> None:
    """Put an entry into the case's history."""
    db.add(CaseEvent(case=case.number, kind=kind, at=now, person=person, note=note, told=told))


def tell(db: Session, case: Case, mail: str, *, now: datetime) -> None:
    """Have the customer told by mail, once per case and mail, in the case's language."""
    enqueue(db, MAIL, f"case:{case.number}:{mail}", {"case": case.number, "mail": mail}, now=now)


def change_case(db: Session, case: Case, to: str, *, only_from: tuple[str, ...], **values: object) -> bool:
    """Move the case to a state from one of these; False when it is in none of them."""
    mine = update(Case).where(col(Case.number) == case.number, col(Case.state).in_(only_from))
    return db.connection().execute(mine.values(state=to, **values)).rowcount == 1


def alone_with(db: Session, order_number: str) -> None:
    """Wait until nobody else files about this order or packs it: two forms at once cannot both take the last piece."""
    mine = update(Order).where(col(Order.number) == order_number)
    db.connection().execute(mine.values(after_sales=True))


def check_pieces(db: Session, order: Order, lines: Mapping[str, int]) -> None:
    """Raises NotInOrder or MoreThanBought unless the order has these pieces, and no other case keeps them."""
    left = left_of(db, order)
    for sku, pieces in lines.items():
        if sku not in left:
            raise NotInOrder(sku=sku)
        if not 0 < pieces <= left[sku]:
            raise MoreThanBought(sku=sku, left=left[sku])


def _content(order: Order | None, filing: Filing) -> str:
    told = [order.number if order else "", filing.door, filing.kind, filing.contract, filing.statement, filing.wish]
    written = json.dumps([*told, filing.email, sorted(filing.lines.items()), sorted(filing.serials.items())])
    return hashlib.sha256(written.encode()).hexdigest()
