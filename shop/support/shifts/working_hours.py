"""Weekly shifts and other hours on a date, as a person changes them. Whose they are is rebuilt at once, and nobody else."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.ground.duty import Hours, Shift
from shop.support.shifts import roster
from shop.support.shifts.models import AgentShift, ShiftOverride
from shop.support.shifts.schedules import shift_of_row


def add_shift(db: Session, agent: str, shift: Shift, *, now: datetime) -> None:
    """Add weekly hours; those that stand there already stay as they are."""
    roster.hold(db)
    if shift in {shift_of(each) for each in shifts_of(db, agent)}:
        return
    db.add(shift_row(agent, shift))
    roster.rebuild_agent(db, agent, now=now)


def drop_shift(db: Session, agent: str, number: int, *, now: datetime) -> None:
    """Take weekly hours away; raises GoneAlready."""
    gone = delete(AgentShift).where(col(AgentShift.id) == number, col(AgentShift.agent) == agent)
    if db.connection().execute(gone).rowcount != 1:
        raise roster.GoneAlready
    roster.rebuild_agent(db, agent, now=now)


def set_day(db: Session, agent: str, day: date, hours: Collection[Hours], *, note: str = "", now: datetime) -> None:
    """Let these hours, and no weekly ones, start on the date; no hours are a day off."""
    _forget_day(db, agent, day)
    db.add_all(day_rows(agent, day, hours, note=note))
    roster.rebuild_agent(db, agent, now=now)


def clear_day(db: Session, agent: str, day: date, *, now: datetime) -> None:
    """Let the weekly hours hold on the date again; raises GoneAlready where they do."""
    if not _forget_day(db, agent, day):
        raise roster.GoneAlready
    roster.rebuild_agent(db, agent, now=now)


def shifts_of(db: Session, agent: str) -> list[AgentShift]:
    """The agent's weekly hours, in the order of the week."""
    rows = db.exec(select(AgentShift).where(AgentShift.agent == agent)).all()
    return sorted(rows, key=lambda each: (each.valid_from or date.min, each.days, each.start, each.end))


def days_set(db: Session, agent: str, *, since: date = date.min) -> dict[date, list[ShiftOverride]]:
    """The dates with other hours, in their order."""
    query = select(ShiftOverride).where(ShiftOverride.agent == agent, col(ShiftOverride.day) >= since)
    found: dict[date, list[ShiftOverride]] = {}
    for each in db.exec(query.order_by(col(ShiftOverride.day), col(ShiftOverride.start))).all():
        found.setdefault(each.day, []).append(each)
    return found


def shift_of(row: AgentShift) -> Shift:
    """The weekly hours of a row."""
    return shift_of_row(row.days, row.start, row.end, row.valid_from, row.valid_until)


def shift_row(agent: str, shift: Shift) -> AgentShift:
    """Weekly hours as a row."""
    return AgentShift(
        agent=agent,
        days=" ".join(map(str, sorted(shift.days))),
        start=shift.start,
        end=shift.end,
        valid_from=None if shift.valid_from == date.min else shift.valid_from,
        valid_until=None if shift.valid_until == date.max else shift.valid_until,
    )


def day_rows(agent: str, day: date, hours: Collection[Hours], *, note: str) -> list[ShiftOverride]:
    """The rows of a date with these hours, or with none."""
    if not hours:
        return [ShiftOverride(agent=agent, day=day, note=note)]
    return [ShiftOverride(agent=agent, day=day, start=each.start, end=each.end, note=note) for each in hours]


def _forget_day(db: Session, agent: str, day: date) -> int:
    db.flush()
    gone = delete(ShiftOverride).where(col(ShiftOverride.agent) == agent, col(ShiftOverride.day) == day)
    return db.connection().execute(gone).rowcount
