"""Whether everything that must hold does: every slice's invariants asked one after the other, and what was found.

Each is asked in a short reading transaction of its own: SQLite with a rollback journal lets nobody write while somebody
reads, and on PostgreSQL every statement sees its own moment anyway.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from shop.base import audit, storage_invariants
from shop.base.db import Database
from shop.base.invariants import Broken, Invariant
from shop.base.unchanging import Unchanging
from shop.checkout import acceptance_invariants, money_invariants, order_invariants
from shop.checkout import invariants as checkout
from shop.launches import invariants as launches
from shop.policies import invariants as policies
from shop.policies.library import PolicyLibrary
from shop.support import invariants as support
from shop.upkeep import invariants as upkeep
from shop.upkeep.personal import invariants as personal
from shop.upkeep.personal.invariants import LeftMails

NAMED = 100  # so many of what breaks an invariant are named, and all are counted
UNCHANGING = (
    Unchanging("audit_entry", ("UPDATE", "DELETE"), "audit_entry is only ever added to"),
    Unchanging("launch_event", ("UPDATE", "DELETE"), "launch_event is only ever added to"),
    Unchanging("retained_record", ("UPDATE",), "retained_record is never changed, only removed when its day has come"),
)

Heads = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What breaks an invariant: how many things, and the first of them."""

    invariant: Invariant
    number: int
    first: tuple[Broken, ...]

    @property
    def word(self) -> str:
        """`ok`, `look` where a person should look at it, or `broken`."""
        return "ok" if not self.number else "look" if self.invariant.look else "broken"


@dataclass(frozen=True, slots=True)
class Proved:
    """Every invariant with what was found, and the heads of the audit's chains."""

    findings: tuple[Finding, ...]
    heads: Heads

    @property
    def holds(self) -> bool:
        """Whether nothing is broken; what a person should look at breaks nothing."""
        return all(each.word != "broken" for each in self.findings)


def invariants(library: PolicyLibrary, left_mails: LeftMails) -> tuple[Invariant, ...]:
    """All that must hold, by the letters of their groups; `left_mails` looks through the mails that are kept."""
    every = (
        *money_invariants.INVARIANTS,
        *checkout.INVARIANTS,
        *order_invariants.INVARIANTS,
        *policies.invariants(library),
        *acceptance_invariants.invariants(library),
        *storage_invariants.INVARIANTS,
        storage_invariants.guarded(*UNCHANGING),
        *support.INVARIANTS,
        *upkeep.INVARIANTS,
        *personal.invariants(left_mails),
        *launches.INVARIANTS,
    )
    return tuple(sorted(every, key=lambda each: (int(each.letter[1:]), each.look)))


def prove(
    database: Database,
    asked: Iterable[Invariant],
    *,
    now: datetime,
    told: Callable[[str, int, int], None] = lambda _key, _done, _total: None,
) -> Proved:
    """Ask every invariant; `told` hears which one, how many were asked before it, and of how many."""
    every = tuple(asked)
    findings = []
    for done, each in enumerate(every):
        told(each.key, done, len(every))
        findings.append(ask(database, each, now))
    told("", len(every), len(every))
    with database.reading() as db:
        return Proved(tuple(findings), audit.heads(db))


def ask(database: Database, invariant: Invariant, now: datetime) -> Finding:
    """What breaks one invariant."""
    with database.reading() as db:
        broken = iter(invariant.broken(db, now))
        first = tuple(islice(broken, NAMED))
        return Finding(invariant, len(first) + sum(1 for _each in broken), first)


def finding_told(each: Finding) -> dict[str, Any]:
    """A finding as a program reads it."""
    first = [{"subject": broken.subject, "values": dict(broken.values)} for broken in each.first]
    return {
        "invariant": each.invariant.key, "group": each.invariant.letter, "result": each.word, "number": each.number,
        "first": first,
    }  # fmt: skip
