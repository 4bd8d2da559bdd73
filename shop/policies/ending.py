"""Ending a kind of policy in a market from a day on, where no law asks for it: whoever orders then is promised none of it.

What was accepted stays accepted. An end can be taken back until its day; after it, a new version begins the kind anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from shop.base.i18n import N_
from shop.base.revisions import hold_revision, market_scope, raise_revision
from shop.ground.errors import NotFound, Refusal, found
from shop.markets.history import note_deed
from shop.policies.library import PolicyLibrary
from shop.policies.minimums import asked_for
from shop.policies.models import PolicyEnd, WrittenPolicy
from shop.policies.written import SCOPE, AlreadyHolds, DayTaken

MAY_END = ("returns", "warranty")  # the other kinds say what every law wants told before an order
# What a kind's rules say where nobody is promised anything of it.
NOTHING: Mapping[str, Mapping[str, Any]] = {
    "returns": {"window_days": 0, "extension_if_not_informed_months": 0, "withdrawal_function": False},
    "warranty": {"commercial_guarantee_months": 0, "durability_label_months": 0},
}


class CannotEnd(Refusal):
    """The kind does not end here: a law asks for it, or the law is not known, or it is not in force on that day."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a kind cannot end in a market: a sentence with its values, and the rules of law that are meant."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


def against(library: PolicyLibrary, market: str, kind: str, rules: Mapping[str, Any]) -> Obstacle | None:
    """What stands against ending a kind with these rules on whatever day; None where it may end.

    It may where the market's law is written down and asks for none of its rules, and its own say that it is voluntary.
    """
    if kind not in MAY_END:
        return Obstacle(N_("The law wants this told before every order, so this kind cannot end."))
    law = library.minimums.get(market, {}).get(kind, {})
    if not law:
        return Obstacle(N_("What the law asks of it is not written down yet, so nobody can say that it may end."))
    if asked := asked_for(law):
        return Obstacle(N_("The law asks for it, so this kind cannot end."), rules=asked)
    if not _voluntary(kind, rules):
        return Obstacle(N_("Its own rules say that customers have it by law, so this kind cannot end."))
    return None


def obstacle(library: PolicyLibrary, market: str, kind: str, day: date) -> Obstacle | None:
    """What stands against ending the kind on a day; None where it may end."""
    try:
        version = library.in_force(market, kind, day)
    except NotFound:
        return Obstacle(N_("It is not in force on that day."))
    if version.effective == day:
        return Obstacle(N_("A version takes effect on that day. Please choose another day."))
    return against(library, market, kind, version.rules)


def end(
    db: Session, library: PolicyLibrary, market: str, kind: str, *, day: date, reason: str, person: str, now: datetime
) -> None:
    """End the kind from the day on. Raises CannotEnd, DayTaken where it ends on that day already."""
    if obstacle(library, market, kind, day) is not None:
        raise CannotEnd
    write_end(db, PolicyEnd(market=market, kind=kind, day=day, reason=reason, person=person, at=now))
    changed = {"policy": ("", f"{kind} {day}")}
    note_deed(db, market, "end_policy", person=person, now=now, reason=reason, changed=changed)


def write_end(db: Session, told: PolicyEnd) -> None:
    """Write down an end that is found right. Raises DayTaken, also where a version takes effect on that day by now."""
    hold_revision(db, SCOPE)
    once = insert(PolicyEnd).values(told.model_dump()).on_conflict_do_nothing()
    if db.connection().execute(once.returning(col(PolicyEnd.day))).first() is None:
        raise DayTaken
    raise_revision(db, market_scope(told.market))
    if db.get(WrittenPolicy, (told.market, told.kind, told.day.isoformat())) is not None:
        raise DayTaken


def go_on(db: Session, market: str, kind: str, day: date, *, today: date, person: str, now: datetime) -> None:
    """Take an end back before its day. Raises NotFound, AlreadyHolds."""
    hold_revision(db, SCOPE)
    told = found(db.get(PolicyEnd, (market, kind, day)))
    if told.day <= today:
        raise AlreadyHolds
    gone = delete(PolicyEnd).where(
        col(PolicyEnd.market) == market, col(PolicyEnd.kind) == kind, col(PolicyEnd.day) == day
    )
    if db.connection().execute(gone).rowcount != 1:
        raise NotFound
    raise_revision(db, market_scope(market))
    note_deed(db, market, "keep_policy", person=person, now=now, changed={"policy": (f"{kind} {day}", "")})


def rules_then(library: PolicyLibrary, market: str, kind: str, day: date) -> Mapping[str, Any]:
    """The rules for an order of that day that accepted none: those in force, of an ended kind promising nothing.

    Where no version had begun, those of the first one. Raises NotFound where the market never had the kind.
    """
    rules = library.nearest(market, kind, day).rules
    return {**rules, **NOTHING.get(kind, {})} if library.ended_on(market, kind, day) else rules


def _voluntary(kind: str, rules: Mapping[str, Any]) -> bool:
    """Whether the rules promise only what nobody has to give."""
    if kind == "returns":
        return bool(rules["nature"] == "voluntary")
    return bool(rules["legal_guarantee_basis"] == "fixed" and rules["legal_guarantee_months"] == 0)
