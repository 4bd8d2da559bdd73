"""Waiving a gate that cannot be met: only some gates, only by a named person, only until a day."""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.ground.errors import Refusal, found
from shop.launches.changing.table import same_state
from shop.launches.models import Waiver
from shop.launches.readying.readiness import WAIVABLE
from shop.markets.history import note
from shop.markets.models import Market
from shop.markets.turns import take_turn


class NotWaivable(Refusal):
    """The gate guards law, price, language or papers, which nobody here may waive."""


def waive(db: Session, market_id: str, gate: str, *, person: str, reason: str, until: date, now: datetime) -> None:
    """Give the market a waiver of the gate, in place of an earlier one, and note it. Raises NotFound or NotWaivable."""
    market = found(db.get(Market, market_id))
    if gate not in WAIVABLE:
        raise NotWaivable(gate=gate)
    said = f"{gate}, {until.isoformat()}: {reason}"
    event = note(db, same_state(market, "waive", person=person, reason=said, now=now))
    db.flush()
    keep_waiver(
        db,
        Waiver(market=market_id, gate=gate, person=person, reason=reason, until=until, made_at=now, event=event.id),
    )


def keep_waiver(db: Session, given: Waiver) -> None:
    """Store the waiver and end the one that held before. What says the same as that one is not stored again."""
    take_turn(db, given.market)  # two at once would both find no waiver that holds
    standing = (
        col(Waiver.market) == given.market,
        col(Waiver.gate) == given.gate,
        col(Waiver.ended_at).is_(None),
    )
    before = db.exec(select(Waiver).where(*standing)).first()
    if before is not None and given.event is None and _word(before) == _word(given):
        return
    db.connection().execute(update(Waiver).where(*standing).values(ended_at=given.made_at))
    db.add(given)
    db.flush()


def waivers_told(db: Session, market: str) -> dict[int | None, Waiver]:
    """The waivers of the market, those that have ended among them, by the event that tells of each."""
    query = select(Waiver).where(Waiver.market == market, col(Waiver.event).is_not(None))
    return {each.event: each for each in db.exec(query).all()}


def _word(waiver: Waiver) -> tuple[str, str, date]:
    return waiver.person, waiver.reason, waiver.until
