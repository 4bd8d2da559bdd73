"""Periodic work that several processes share: one row a job says when it is due again, and who comes first takes it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, select

from shop.base.db import Database

CLOCKS_DIFFER = timedelta(minutes=1)  # between hosts, at most


class JobLease(SQLModel, table=True):
    """When a periodic job is to be begun next."""

    __tablename__ = "job_lease"
    name: str = Field(primary_key=True)
    due_at: datetime


def perhaps_due(db: Session, jobs: Iterable[tuple[str, timedelta]], *, now: datetime) -> set[str]:
    """The names of those that are worth asking a lease for: one look at the table for all of them."""
    known: dict[str, datetime] = dict(db.connection().execute(_ALL).all())
    return {name for name, every in jobs if name not in known or not _taken(known[name], every, now)}


_ALL = select(JobLease.name, JobLease.due_at)


def _taken(due_at: datetime, every: timedelta, now: datetime) -> bool:
    return now < due_at <= now + every + CLOCKS_DIFFER


def lease(database: Database, name: str, every: timedelta, *, now: datetime) -> bool:
    """Whether the job is due and this process is the one to do it; it is then due again after `every`.

    One that would be due much later than that was taken by a clock that was ahead and has been set right since: it is
    due now.
    """
    latest = now + every + CLOCKS_DIFFER
    with database.reading() as db:  # most looks find nothing due, and must not take the one place to write
        known = db.get(JobLease, name)
        if known is not None and _taken(known.due_at, every, now):
            return False
    with database.writing() as db:
        row = insert(JobLease).values(name=name, due_at=now + every)
        due = (col(JobLease.due_at) <= now) | (col(JobLease.due_at) > latest)
        taken = row.on_conflict_do_update(index_elements=["name"], set_={"due_at": now + every}, where=due)
        return db.connection().execute(taken.returning(col(JobLease.name))).scalar() is not None
