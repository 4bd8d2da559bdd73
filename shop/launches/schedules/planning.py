"""Planning a step for a date and time of the market's own clock, agreeing to it, and calling it off.

A plan never changes: another time or another step is a new one in its place. Every end of a plan is one conditional
statement, so that of two people (or a person and the job that takes the steps) only one ends it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.errors import Refusal, found
from shop.launches.changing import exposure
from shop.launches.changing.guards import needs_second
from shop.launches.changing.table import EXPOSURE, STEPS, Exposed, exposure_of
from shop.launches.models import Schedule
from shop.launches.schedules.resolving import resolve
from shop.markets.history import note_deed
from shop.markets.models import Market

PLANNABLE = ("ready", "launch", "open", "pause", "resume", EXPOSURE)
STATES = {
    "waiting": N_("Planned"),
    "done": N_("Done"),
    "failed": N_("Not done"),
    "cancelled": N_("Called off"),
    "frozen": N_("Held back"),
}


class NoSuchMoment(Refusal):
    """The date does not exist there, or the time is over."""


class MinuteTaken(Refusal):
    """Another step of the market is planned for that very time."""


class ScheduleOver(Refusal):
    """The plan no longer waits, or somebody else was faster; `now_is` is the word for what it is now."""


class OwnPlan(Refusal):
    """Whoever planned a step cannot be the second person who agrees to it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step, or a change of exposure, at a time of the market's clock; as the forms of these steps ask it."""

    action: str
    wall: datetime
    reason: str = ""
    mode: str = ""
    exposed: Exposed | None = None
    override: str = ""

    @property
    def asked(self) -> str:
        """What the step needs to know, as it is kept."""
        return asked_as_kept(self.mode, self.override, asdict(self.exposed) if self.exposed else None)


def asked_as_kept(mode: str, override: str, exposed: Mapping[str, Any] | None) -> str:
    """What a step needs to know, as a plan keeps it: only what was said."""
    said = {"mode": mode, "override": override, "exposed": exposed}
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


def plan(
    db: Session, market_id: str, wanted: Wanted, *, person: str, now: datetime, replaces: int | None = None
) -> Schedule:
    """Plan a step, in the place of the plan `replaces` if one is named.

    Raises NotFound, NoSuchMoment, MinuteTaken or ScheduleOver; then nothing is planned and nothing called off.
    """
    market = found(db.get(Market, market_id))
    if wanted.action not in PLANNABLE:
        raise NoSuchMoment
    meant = resolve(wanted.wall, market.zone)
    if meant.due_at is None or meant.due_at <= now:
        raise NoSuchMoment
    before = end(db, market_id, replaces, person=person, outcome="replaced", now=now) if replaces else None
    made = insert(Schedule).values(
        market=market.id, action=wanted.action, asked=wanted.asked, reason=wanted.reason.strip(),
        wall=wall_text(wanted.wall), zone=market.zone, kind=meant.kind, due_at=meant.due_at, person=person,
        approved_by="", made_at=now, state="waiting", outcome="", ended_by="",
    )  # fmt: skip
    number = db.connection().execute(made.on_conflict_do_nothing().returning(col(Schedule.id))).scalar()
    if number is None:
        raise MinuteTaken(market=market_id)
    changed = {
        "step": (before.action if before else None, wanted.action),
        "planned": (before.wall if before else None, wall_text(wanted.wall)),
    }
    note_deed(db, market_id, "schedule", person=person, now=now, reason=wanted.reason, changed=changed)
    return db.get_one(Schedule, number)


def call_off(db: Session, market_id: str, number: int, *, person: str, now: datetime) -> None:
    """Call a plan off, whether it waits or was held back. Raises NotFound or ScheduleOver."""
    plan = end(db, market_id, number, person=person, outcome="called_off", now=now)
    changed = {"step": (plan.action, None), "planned": (plan.wall, None)}
    note_deed(db, market_id, "schedule_cancelled", person=person, now=now, changed=changed)


def agree(db: Session, market_id: str, number: int, *, person: str, now: datetime) -> None:
    """Agree to a plan as the second person. Raises NotFound, OwnPlan, or ScheduleOver when it no longer waits for one."""
    plan = _plan(db, market_id, number)
    if plan.person == person:
        raise OwnPlan
    mine = update(Schedule).where(col(Schedule.id) == number, col(Schedule.state) == "waiting")
    _only(db, mine.where(col(Schedule.approved_by) == "").values(approved_by=person), plan)
    changed = {"step": (plan.action, plan.action), "planned": (plan.wall, plan.wall)}
    note_deed(db, market_id, "schedule_agreed", person=plan.person, approved_by=person, now=now, changed=changed)


def end(db: Session, market_id: str, number: int, *, person: str, outcome: str, now: datetime) -> Schedule:
    """Take a plan out of those that may still run. Raises NotFound or ScheduleOver."""
    plan = _plan(db, market_id, number)
    mine = update(Schedule).where(col(Schedule.id) == number, col(Schedule.state).in_(("waiting", "frozen")))
    _only(db, mine.values(state="cancelled", outcome=outcome, ended_by=person, ended_at=now), plan)
    return plan


def exposed_in(plan: Schedule, market: Market) -> Exposed | None:
    """The exposure that a plan asks for, if it names one; what it says nothing about stays as the market has it."""
    asked = json.loads(plan.asked).get("exposed")
    if asked is None:
        return None
    known = {each.name for each in fields(Exposed)}
    given: Mapping[str, Any] = {name: value for name, value in asked.items() if name in known}
    return Exposed(**{**asdict(exposure_of(market)), **given})


def waits_for_second(db: Session, plan: Schedule, market: Market) -> bool:
    """Whether what is planned asks for a second person."""
    return asks_second(db, market, plan.action, exposed_in(plan, market), person=plan.person)


def said_in(plan: Schedule, name: str) -> str:
    """What a plan says besides: the `mode` of a pause, the `override` with which a market is opened."""
    said: str = json.loads(plan.asked).get(name, "")
    return said


def asks_second(db: Session, market: Market, action: str, exposed: Exposed | None, *, person: str) -> bool:
    """Whether somebody else than `person` must agree to the step before it is taken."""
    if action == EXPOSURE:
        return exposed is not None and exposure.asks_second(market, exposed)
    return needs_second(db, market, seconded=STEPS[action].seconded, person=person)


def plans_of(db: Session, market_id: str, *, at_most: int = 50) -> list[Schedule]:
    """The market's plans: those that wait and are held back, the next one first, then the others, the latest first."""
    rows = db.exec(select(Schedule).where(Schedule.market == market_id).order_by(col(Schedule.id).desc())).all()
    coming = sorted((each for each in rows if each.state in ("waiting", "frozen")), key=lambda each: each.due_at)
    return coming + [each for each in rows if each.state not in ("waiting", "frozen")][:at_most]


def wall_text(wall: datetime) -> str:
    """A wall time as it is kept."""
    return wall.isoformat(timespec="minutes")


def _plan(db: Session, market_id: str, number: int) -> Schedule:
    query = select(Schedule).where(Schedule.id == number, Schedule.market == market_id)
    return found(db.exec(query).first())


def _only(db: Session, change: Any, plan: Schedule) -> None:
    """The one statement that ends or signs a plan; whoever comes second is told what it is now."""
    if db.connection().execute(change).rowcount != 1:
        db.refresh(plan)
        raise ScheduleOver(market=plan.market, now_is=STATES[plan.state])
