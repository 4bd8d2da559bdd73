"""Taking a change of a market back within ten minutes, honestly: only while nothing has come of it that stays.

An order that was accepted, a payment that was ended or a mail that has gone out cannot be taken back; then the step
that leads the other way is offered instead. What an undo would widen is asked what every widening is asked.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import Order, OrderEvent
from shop.ground.errors import Refusal
from shop.launches.changing.exposure import widens
from shop.launches.changing.guards import SecondPersonNeeded, needs_second
from shop.launches.changing.snapshots import frozen, keep_snapshot
from shop.launches.changing.table import Exposed, exposure_of
from shop.launches.changing.transitions import check_gates, decided_on, facts_as, write_change
from shop.launches.changing.winding import forget_winding
from shop.launches.readying.gathering import Sources
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market

LASTS = timedelta(minutes=10)
KEPT = ("ever_sold",)  # once true it stays so: customers may have written since
INVERSE = {"launch": "pause", "open": "pause", "resume": "pause", "pause": "resume"}


class CannotUndo(Refusal):
    """The change cannot be taken back; `because` is late, orders, payments or mails, `inverse` the step that leads back."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The market's last change and until when it may be taken back; `because` says why not, and is empty if it may.

    `inverse` is the step that leads the other way, empty where there is none.
    """

    event: LaunchEvent
    until: datetime
    because: str
    inverse: str


def undo_of(db: Session, market: Market, *, now: datetime) -> Undo | None:
    """What may be said of taking the market's last change back; None where it was the system's, or an undo itself."""
    query = select(LaunchEvent).where(LaunchEvent.market == market.id, LaunchEvent.version == market.version)
    event = db.exec(query.order_by(col(LaunchEvent.id).desc())).first()
    if event is None or event.undoes is not None or not event.person:
        return None
    because = "late" if now >= event.at + LASTS else _stays(db, event)
    return Undo(event, event.at + LASTS, because, INVERSE.get(event.action, ""))


def take_back(
    db: Session,
    market_id: str,
    number: int,
    *,
    person: str,
    reason: str,
    version: int,
    sources: Sources,
    now: datetime,
    approved_by: str = "",
) -> LaunchEvent:
    """Make the market what it was before the event `number`, its last change. Raises StaleForm, CannotUndo, and what
    widening raises."""
    market = decided_on(db, market_id, version)
    event, shown, values = undone(db, market, number, sources, now=now)
    if second_for_undo(db, market, shown, values, person=person) and approved_by in ("", person):
        raise SecondPersonNeeded(action="undo")
    back = LaunchEvent(
        market=market.id,
        at=now,
        action="undo",
        from_state=market.state,
        to_state=values.get("state", market.state),
        person=person,
        reason=reason.strip(),
        mode=values.get("pause_mode", market.pause_mode),
        snapshot=keep_snapshot(db, market.id, frozen(db, market, sources, now=now), now=now),
        approved_by=approved_by,
        undoes=event.id,
    )
    if event.action == "wind_down":
        forget_winding(db, market.id)
    return write_change(db, market, values, shown=shown, event=back)


def undone(
    db: Session, market: Market, number: int, sources: Sources, *, now: datetime
) -> tuple[LaunchEvent, Exposed, dict[str, Any]]:
    """The event with what the market would be without it. Raises CannotUndo, or NotReady where that would be wider."""
    offer = undo_of(db, market, now=now)
    if offer is None or offer.event.id != number:
        raise CannotUndo(because="late", inverse="")
    if offer.because:
        raise CannotUndo(because=offer.because, inverse=offer.inverse)
    before = {name: old for name, (old, _new) in json.loads(offer.event.details).items() if name not in KEPT}
    shown = exposure_of(market)
    shown = replace(shown, **{name: before.pop(name) for name in list(before) if hasattr(shown, name)})
    values = {name: _read(name, old) for name, old in before.items() if name in Market.model_fields}
    if _wider(market, shown, values):
        state = values.get("state", market.state)
        check_gates(market, facts_as(db, market, shown, sources, now=now), state, now=now)
    return offer.event, shown, values


def second_for_undo(db: Session, market: Market, shown: Exposed, values: dict[str, Any], *, person: str) -> bool:
    """Whether taking it back waits for a second person: it widens, or ends a safety pause of one's own."""
    wider = _wider(market, shown, values) and values.get("state", market.state) in SELLING
    wider = wider or values.get("four_eyes") is False
    return needs_second(db, market, seconded=wider, person=person)


def _wider(market: Market, shown: Exposed, values: dict[str, Any]) -> bool:
    state = values.get("state", market.state)
    if state not in ("ready", *SELLING):
        return False
    return widens(exposure_of(market), shown) or (market.state not in SELLING and state != market.state)


def _stays(db: Session, event: LaunchEvent) -> str:
    """What has come of the event that cannot be taken back; empty when nothing has."""
    real = (Order.market == event.market, col(Order.test).is_(False))
    if db.exec(select(Order.number).where(*real, col(Order.paid_at) >= event.at).limit(1)).first() is not None:
        return "orders"
    if db.exec(select(Order.number).where(*real, Order.state == "placed", Order.placed_at >= event.at)).first():
        return "orders"
    ended = select(OrderEvent.id).join(Order, col(Order.number) == col(OrderEvent.order_number))
    ended = ended.where(*real, OrderEvent.kind == "cancelled", OrderEvent.at >= event.at)
    if event.to_state not in SELLING and db.exec(ended.limit(1)).first() is not None:
        return "payments"
    told = select(WaitingListEntry.hash).where(WaitingListEntry.market == event.market)
    return "mails" if db.exec(told.where(col(WaitingListEntry.told_at) >= event.at).limit(1)).first() else ""


def _read(name: str, old: Any) -> Any:
    return datetime.fromisoformat(old) if name == "last_order_at" and old else old
