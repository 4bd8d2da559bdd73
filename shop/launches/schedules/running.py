"""Taking the planned steps whose time has come: what they mean is worked out again, and every guard asked again.

A step that cannot be taken is not taken: the market stays what it is, and whoever planned it is told. None is taken
late by itself: after an outage of more than LATEST the market may be another than the one it was planned for.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Update, update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.payments import Payments
from shop.ground.errors import Busy, Refusal, StaleForm
from shop.ground.instants import MINUTE
from shop.launches.changing.exposure import change_exposure
from shop.launches.changing.proposals import APPROVE
from shop.launches.changing.safety import follow_up
from shop.launches.changing.table import EXPOSURE
from shop.launches.changing.transitions import change_state
from shop.launches.models import Schedule
from shop.launches.readying.gathering import Sources
from shop.launches.schedules.mails import DONE, FAILED, MOVED, tell
from shop.launches.schedules.planning import exposed_in, said_in, waits_for_second
from shop.launches.schedules.resolving import resolve
from shop.markets.history import note_deed
from shop.markets.models import LaunchEvent, Market
from shop.staff.may import works_for
from shop.staff.models import Person

LATEST = timedelta(minutes=30)
RULE = "schedule"


class CannotRun(Exception):
    """Why a step is not taken, as the plan's outcome keeps it: a code, and after a colon what it is about."""


def run_due(database: Database, payments: Payments, sources: Callable[[], Sources], *, now: datetime) -> int:
    """Take every step that is due, the earliest first; says how many were taken."""
    with database.reading() as db:
        waiting = db.exec(select(Schedule).where(Schedule.state == "waiting")).all()
    due = [each for each in waiting if _due_at(database, each, now=now) <= now]
    taken = 0
    for each in sorted(due, key=lambda plan: (plan.due_at, plan.id)):
        event = _run(database, each, sources, now=now)
        if event is not None:
            follow_up(database, payments, event, now=now)
            taken += 1
    return taken


def _due_at(database: Database, plan: Schedule, *, now: datetime) -> datetime:
    """When the plan means to run by the zone data of today; a plan that has moved is noted, and people are told."""
    meant = resolve(datetime.fromisoformat(plan.wall), plan.zone)
    if meant.due_at is None:  # its date has been taken out of the calendar there
        _give_up(database, plan, "no_such_date", now=now)
        return datetime.max.replace(tzinfo=now.tzinfo)
    if meant.due_at == plan.due_at:
        return plan.due_at
    with database.writing() as db:
        moved = _waiting(plan).where(col(Schedule.due_at) == plan.due_at).values(due_at=meant.due_at, kind=meant.kind)
        if db.connection().execute(moved).rowcount == 1:
            changed = {"step": (plan.action, plan.action), "due": (plan.due_at.isoformat(), meant.due_at.isoformat())}
            note_deed(db, plan.market, "schedule_moved", person="", rule="zone data", now=now, changed=changed)
            tell(db, plan, MOVED, was=plan.due_at, due=meant.due_at, now=now)
    plan.due_at = meant.due_at
    return meant.due_at


def _run(database: Database, plan: Schedule, sources: Callable[[], Sources], *, now: datetime) -> LaunchEvent | None:
    try:
        with database.writing() as db:
            return _take(db, plan, sources(), now=now)
    except (Busy, StaleForm):
        return None  # somebody was at it in this very moment; the next look takes it up
    except Refusal as refusal:
        _give_up(database, plan, _why(refusal), now=now)
    except CannotRun as why:
        _give_up(database, plan, str(why), now=now)
    return None


def _take(db: Session, plan: Schedule, sources: Sources, *, now: datetime) -> LaunchEvent | None:
    """Take the plan and its step in one transaction; None when somebody else has ended it meanwhile."""
    # Taken first: the step itself may freeze or end every plan that still waits.
    if db.connection().execute(_waiting(plan).values(state="done", ended_at=now)).rowcount != 1:
        return None
    market, standing = db.get_one(Market, plan.market), db.get_one(Schedule, plan.id)
    _check(db, standing, market, now=now)
    event = _step(db, standing, market, sources, now=now)
    db.flush()
    db.connection().execute(update(Schedule).where(col(Schedule.id) == plan.id).values(event=event.id))
    tell(db, standing, DONE, now=now)
    return event


def _step(db: Session, plan: Schedule, market: Market, sources: Sources, *, now: datetime) -> LaunchEvent:
    exposed = exposed_in(plan, market)
    if plan.action == EXPOSURE:
        if exposed is None:
            raise CannotRun("nothing_asked")
        return change_exposure(
            db, market.id, exposed, person=plan.person, reason=plan.reason, version=market.version, sources=sources,
            now=now, approved_by=plan.approved_by, rule=RULE,
        )  # fmt: skip
    return change_state(
        db, market.id, plan.action, person=plan.person, reason=plan.reason, version=market.version, sources=sources,
        now=now, mode=said_in(plan, "mode"), exposed=exposed, override=said_in(plan, "override"),
        approved_by=plan.approved_by, rule=RULE,
    )  # fmt: skip


def _check(db: Session, plan: Schedule, market: Market, *, now: datetime) -> None:
    """What must hold besides the step's own guards. Raises CannotRun."""
    late = now - plan.due_at
    if late > LATEST:
        raise CannotRun(f"late:{late // MINUTE}")
    for signer, act in ((plan.person, "market.change"), (plan.approved_by, APPROVE)):
        person = db.get(Person, signer)
        if signer and (person is None or not works_for(person, market.id, act)):
            raise CannotRun(f"signer_gone:{person.name if person else signer}")
    second = waits_for_second(db, plan, market)
    if second and not plan.approved_by:
        raise CannotRun("not_agreed")


def _give_up(database: Database, plan: Schedule, outcome: str, *, now: datetime) -> None:
    """Leave the market what it is, and tell why; unless somebody has called the plan off meanwhile."""
    with database.writing() as db:
        if db.connection().execute(_waiting(plan).values(state="failed", outcome=outcome, ended_at=now)).rowcount == 1:
            changed = {"step": (plan.action, None), "planned": (plan.wall, None)}
            note_deed(
                db, plan.market, "schedule_failed", person="", rule=RULE, reason=outcome, now=now, changed=changed
            )
            tell(db, plan, FAILED, now=now)


def _waiting(plan: Schedule) -> Update:
    """The one statement about a plan that still waits; whoever comes second changes no row."""
    return update(Schedule).where(col(Schedule.id) == plan.id, col(Schedule.state) == "waiting")


def _why(refusal: Refusal) -> str:
    """A refusal as the outcome of a plan: its name, and the gates that were in the way."""
    gates = refusal.values.get("gates", ())
    named = " ".join(each.gate for each in gates)
    return f"{refusal.name}:{named}" if named else refusal.name
