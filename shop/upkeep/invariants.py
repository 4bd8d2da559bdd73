"""What must hold of the audit and of what it tells of: market events, people's deeds, set-up changes, refunds decided."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import literal
from sqlmodel import Session, col, select

from shop.base.audit import AuditEntry, Told, differing
from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant
from shop.checkout.models import Order, Refund
from shop.checkout.refunds import CHAIN as REFUNDS
from shop.checkout.refunds import LATE_PAYMENT
from shop.markets.history import CHAIN as LAUNCHES
from shop.markets.models import LaunchEvent
from shop.staff.deeds import CHAIN as PEOPLE
from shop.staff.models import PersonDeed
from shop.upkeep.editing.following import CHAIN as SETUP
from shop.upkeep.editing.following import rows_hash
from shop.upkeep.models import ChangedRow, SetupChange

_MARKET: Any = select(Order.market).where(col(Order.number) == col(Refund.order_number)).correlate(Refund)
TOLD = {
    "events": Told(LAUNCHES, LaunchEvent, col(LaunchEvent.id), literal(LAUNCHES) + col(LaunchEvent.market)),
    "deeds": Told(PEOPLE, PersonDeed, col(PersonDeed.id), literal(PEOPLE)),
    "changes": Told(SETUP, SetupChange, col(SetupChange.id), literal(SETUP)),
    "refunds": Told(
        REFUNDS,
        Refund,
        col(Refund.key),
        literal(REFUNDS) + _MARKET.scalar_subquery(),
        only=col(Refund.ground) != LATE_PAYMENT,
        at=col(Refund.asked_at),
    ),
}


def _agree(name: str) -> Callable[[Session, datetime], Iterator[Broken]]:
    def broken(db: Session, _now: datetime) -> Iterator[Broken]:
        for fault in differing(db, TOLD[name]):
            yield Broken(f"{fault.chain} {fault.place}", {"why": fault.why})

    return broken


def _changed_rows(db: Session, _now: datetime) -> Iterator[Broken]:
    """The rows of a change are too many for an entry, which holds their hash."""
    entries = select(AuditEntry.subject, AuditEntry.content).where(AuditEntry.chain == SETUP, AuditEntry.subject != "")
    hashes = {int(change): json.loads(content)["rows"] for change, content in db.exec(entries)}
    query = select(ChangedRow).order_by(col(ChangedRow.change), col(ChangedRow.number))
    parted = groupby(db.exec(query.execution_options(yield_per=100)), lambda each: each.change)
    found = {change: rows_hash(each.model_dump() for each in rows) for change, rows in parted}
    nothing = rows_hash(())
    for change, hashed in sorted(hashes.items()):
        if found.get(change, nothing) != hashed:
            yield Broken(f"{SETUP} {change}", {"why": "changed"})


_COMPARE = N_("Compare the entry with what is there now and with a backup, and find out who changed it.")

INVARIANTS = (
    Invariant(
        "audit.events",
        "I6",
        N_("Every step of a market is recorded unchanged in the audit."),
        _COMPARE,
        _agree("events"),
    ),
    Invariant(
        "audit.deeds",
        "I6",
        N_("Whatever was done about people is recorded unchanged in the audit."),
        _COMPARE,
        _agree("deeds"),
    ),
    Invariant(
        "audit.changes",
        "I6",
        N_("Every change of the set-up is recorded unchanged in the audit."),
        _COMPARE,
        _agree("changes"),
    ),
    Invariant(
        "audit.changed_rows",
        "I6",
        N_("The details recorded for each change of the set-up are unaltered."),
        _COMPARE,
        _changed_rows,
    ),
    Invariant(
        "audit.refunds",
        "I6",
        N_("Every refund that was decided is recorded unchanged in the audit."),
        _COMPARE,
        _agree("refunds"),
    ),
)
