"""How much may be kept through orders that are not paid: from one network address, and by one mailbox in a market.

Both are kept as keyed hashes with the hold, and only until the order is paid or has ended. An address has so many
slots (`Hold.place`) and each is one row's at most, so that orders at the same instant cannot share one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.limits import neighbourhood
from shop.base.tokens import Signer
from shop.checkout.allowance import customer_key, mailbox
from shop.checkout.models import Hold, Order, OrderLine
from shop.ground.errors import Refusal
from shop.markets.calendar import day_in
from shop.markets.visit import Visit

MOST_ORDERS = 5  # so that an office behind one address can still buy
MOST_SHARES = 2  # of one product: as many pieces as so many orders may have


class TooManyUnpaid(Refusal):
    """Too much is kept already for unpaid orders from this address; `until` is when the next of them ends, if known."""


class StillUnpaid(Refusal):
    """This mailbox has another unpaid order in the market, which could not be ended for this one."""


@dataclass(frozen=True, slots=True)
class UnpaidBy:
    """The keyed hashes under which unpaid orders are bounded: of the network address, and of mailbox and market.

    `customer` is that of the mailbox alone, under which its orders are counted.
    """

    address: str
    mailbox: str
    customer: str = ""


def unpaid_by(signer: Signer, market: str, *, address: str, email: str) -> UnpaidBy:
    """The hashes of who orders from this address with this e-mail; an IPv6 address counts for its whole /64."""
    return UnpaidBy(
        signer.derived(f"unpaid from:{neighbourhood(address)}"),
        signer.derived(f"unpaid of:{market}:{mailbox(email)}"),
        customer_key(signer, email),
    )


def slots_left(
    db: Session, visit: Visit, who: UnpaidBy, pieces: Mapping[str, int], *, per_order: Mapping[str, int]
) -> list[str]:
    """The slots of this address that are free; raises TooManyUnpaid when none is, or enough pieces are kept already.

    `per_order` is what one order may have of each SKU. Orders at the same instant do not see each other's pieces.
    """
    kept = db.connection().execute(_KEPT, {"from": who.address}).all()
    held = {sku: sum(quantity for _slot, each, quantity, _until in kept if each == sku) for sku in pieces}
    fits = all(held[sku] == 0 or held[sku] + pieces[sku] <= MOST_SHARES * per_order[sku] for sku in pieces)
    taken = {slot for slot, *_line in kept}
    free = [slot for number in range(MOST_ORDERS) if (slot := f"{who.address}:{number}") not in taken]
    if not fits or not free:
        raise _too_many(visit, min((until for *_line, until in kept if until > visit.now), default=None))
    return free


_KEPT = (
    select(Hold.place, OrderLine.sku, OrderLine.quantity, Hold.expires_at)
    .join(Hold, col(Hold.order_number) == col(OrderLine.order_number))
    .where(Hold.address == bindparam("from"), Hold.state == "held")
)


def keep(
    db: Session, visit: Visit, order: Order, *, who: UnpaidBy | None, slots: Sequence[str], until: datetime
) -> None:
    """Write the order's hold, in a slot that is still free. Raises StillUnpaid, or TooManyUnpaid when none is any more."""
    row: dict[str, Any] = {"order_number": order.number, "state": "held", "expires_at": until, "address": ""}
    row |= {"day": day_in(visit.market, order.placed_at), "customer": ""}
    if who is None:
        db.connection().execute(_HELD, row)
        return
    row |= {"address": who.address, "mailbox": who.mailbox, "customer": who.customer}
    for slot in slots:
        if db.connection().execute(_HELD_ONCE, row | {"place": slot}).scalar() is not None:
            return
        if db.exec(select(Hold.order_number).where(Hold.mailbox == who.mailbox)).first():
            raise StillUnpaid
    raise _too_many(visit, None)


_HELD = insert(Hold)
_HELD_ONCE = _HELD.on_conflict_do_nothing().returning(col(Hold.order_number))


def _too_many(visit: Visit, until: datetime | None) -> TooManyUnpaid:
    seconds = {"retry_after": int((until - visit.now).total_seconds())} if until else {}
    urls = {"cart_url": visit.url("/cart"), "support_url": visit.url("/support")}
    return TooManyUnpaid(until=until, zone=visit.market.zone, **urls, **seconds)


def let_go(db: Session, order: Order) -> None:
    """Money is under way: the mailbox may order again meanwhile, while the address still keeps what it keeps."""
    db.connection().execute(update(Hold).where(col(Hold.order_number) == order.number).values(mailbox=None))
