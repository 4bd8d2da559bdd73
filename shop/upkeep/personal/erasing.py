"""Erasing a customer, in one transaction: refused while something still needs to know who they are, else done and written down.

What an order, request or case was about, when, and for how much, goes on standing under its number. What the law keeps
of an invoice is put aside for its time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from shop.base.audit import append
from shop.base.i18n import N_
from shop.base.limits import forget_uses
from shop.base.revisions import raise_revision
from shop.checkout.forgetting import forget_counts
from shop.checkout.models import Order
from shop.ground.errors import Refusal
from shop.policies.library import PolicyLibrary
from shop.support.answering.assignment import DESK
from shop.upkeep.models import ErasedName, Erasure
from shop.upkeep.personal.emptying import (
    NUMBERED,
    empty,
    empty_numbered,
    naming_rows,
    number_naming,
    number_of,
    redact,
)
from shop.upkeep.personal.finding import Subject
from shop.upkeep.personal.holding import EFFECTS, shut_out
from shop.upkeep.personal.inventory import BY_NUMBER, FIXED, NAMED, found_by_number, inventory
from shop.upkeep.personal.obstacles import obstacles
from shop.upkeep.personal.retaining import Retention, retain, retention
from shop.upkeep.personal.waiting_effects import let_go, lock_waiting

CHAIN = "erasures"  # of the audit
GROUNDS = {
    "asked": N_("The customer asked for the erasure"),
    "withdrawn": N_("The customer withdrew their consent"),
    "unneeded": N_("The data is no longer needed"),
    "unlawful": N_("The data should not have been stored"),
}


class NotFinished(Refusal):
    """Something still needs to know who the customer is: `what` it is and its `number`."""


class NothingKept(Refusal):
    """No data is stored for this address."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would do: rows by table, what is put aside, and where words that are never changed name them."""

    rows: Mapping[str, int]
    retained: tuple[Retention, ...]
    fixed: Mapping[str, tuple[str, ...]]


def planned(db: Session, policies: PolicyLibrary, subject: Subject, *, now: datetime) -> Plan:
    """Look only."""
    rows = Counter({each.table.name: number_of(db, each, subject) for each in found_by_number()})
    rows.update({each.table.name: number_naming(db, each, subject) for each in inventory() if each.by_words == NAMED})
    fixed = {each.table.name: naming_rows(db, each, subject) for each in inventory() if each.by_words == FIXED}
    orders = [db.get_one(Order, number) for number in subject.orders]
    kept = [found for each in orders if (found := retention(db, policies, each, now=now))]
    return Plan(
        {name: number for name, number in rows.items() if number},
        tuple(kept),
        {name: keys for name, keys in fixed.items() if keys},
    )


def erase(db: Session, policies: PolicyLibrary, subject: Subject, erasure: Erasure, *, now: datetime) -> None:
    """Erase them, and keep that it was done; what is theirs was held before. Raises NothingKept or NotFinished."""
    if subject.nothing:
        raise NothingKept
    lock_waiting(db, subject)
    _refuse_unfinished(db, subject, now=now)
    plan = planned(db, policies, subject, now=now)
    db.add(erasure)
    db.flush()
    assert erasure.id is not None
    for each in plan.retained:
        retain(db, db.get_one(Order, each.order), each, erasure.id)
    db.flush()
    forget_counts(db, subject.orders)
    named = {each.table.name: each for each in inventory() if each.by_words == NAMED}
    redact(db, named.pop(EFFECTS), subject)  # which takes the longest, and before anybody has to wait
    shut_out(db)
    let_go(db, subject, until=erasure.at, now=now)
    for address in subject.addresses:
        forget_uses(db, address)
    for place in found_by_number():
        empty(db, place, subject)
    for place in named.values():
        redact(db, place, subject)
    for place in inventory():
        if place.by_words == BY_NUMBER:
            empty_numbered(db, place, subject)
    _note(db, subject, erasure, plan, now=now)
    raise_revision(db, DESK)
    _refuse_unfinished(db, subject, now=now)  # what came since the first look was not held


def _refuse_unfinished(db: Session, subject: Subject, *, now: datetime) -> None:
    if found := obstacles(db, subject, now=now):
        raise NotFinished(what=found[0].what, number=found[0].number)


def _note(db: Session, subject: Subject, erasure: Erasure, plan: Plan, *, now: datetime) -> None:
    """What was emptied, by number, and that it was done: without a word of whose it was."""
    named = {kind: subject.numbers[kind] for kind in NUMBERED}
    rows = [{"kind": kind, "name": name, "erasure": erasure.id} for kind, names in named.items() for name in names]
    if rows:
        again = insert(ErasedName).on_conflict_do_nothing(index_elements=["kind", "name"])
        db.connection().execute(again, rows)
    content: dict[str, Any] = {
        "ground": erasure.ground,
        "person": erasure.person,
        "rows": sum(plan.rows.values()),
        "retained_until": max((each.until.isoformat() for each in plan.retained), default=""),
        **{f"{kind}s": len(names) for kind, names in named.items()},
    }
    append(db, CHAIN, "erased", str(erasure.id), content=content, now=now)
