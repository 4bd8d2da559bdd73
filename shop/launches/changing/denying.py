"""Keeping a mailbox from ordering, in one market or everywhere, and letting it order again.

Only the keyed hash of the mailbox is kept. What was ordered before is delivered, and every right after the sale stays.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.revisions import raise_revision, scope_of
from shop.ground.errors import NotFound, found
from shop.markets.exposure_models import Denial
from shop.markets.history import note_deed
from shop.markets.turns import take_turn
from shop.staff.may import ALL_MARKETS


def deny(
    db: Session, market_id: str, customer: str, *, everywhere: bool, reason: str, person: str, now: datetime
) -> Denial:
    """Take no order of this customer (the keyed hash of a mailbox) from now on; asked again, nothing changes.

    Raises NotFound. It is noted in the history of the market where it was decided.
    """
    take_turn(db, market_id)
    where = ALL_MARKETS if everywhere else market_id
    same = select(Denial).where(Denial.market == where, Denial.customer == customer, col(Denial.ended_at).is_(None))
    known = db.exec(same).first()
    if known is not None:
        return known
    denial = Denial(market=where, customer=customer, reason=reason.strip(), person=person, at=now)
    db.add(denial)
    db.flush()
    note_deed(db, market_id, "deny", person=person, now=now, reason=reason, changed={"denial": (None, denial.id)})
    raise_revision(db, scope_of(where))
    return denial


def end_denial(db: Session, market_id: str, number: int, *, person: str, now: datetime) -> None:
    """Let the customer order again. Raises NotFound when there is no such denial in force here."""
    denial = found(db.get(Denial, number))
    if denial.market not in (market_id, ALL_MARKETS) or denial.ended_at is not None:
        raise NotFound
    same = update(Denial).where(col(Denial.market) == denial.market, col(Denial.customer) == denial.customer)
    if not db.connection().execute(same.where(col(Denial.ended_at).is_(None)).values(ended_at=now)).rowcount:
        raise NotFound
    note_deed(db, market_id, "undeny", person=person, now=now, changed={"denial": (number, None)})
    raise_revision(db, scope_of(denial.market))


def denials(db: Session, market_id: str) -> list[Denial]:
    """Those in force in the market, newest first; those for everywhere among them."""
    query = select(Denial).where(col(Denial.market).in_((market_id, ALL_MARKETS)), col(Denial.ended_at).is_(None))
    return list(db.exec(query.order_by(col(Denial.id).desc())).all())
