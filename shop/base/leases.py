"""Periodic work that several processes share: one row a job says when it is due again, and who comes first takes it."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col

from shop.base.db import Database


class JobLease(SQLModel, table=True):
    """When a periodic job is to be begun next."""

    __tablename__ = "job_lease"
    name: str = Field(primary_key=True)
    due_at: datetime


def lease(database: Database, name: str, every: timedelta, *, now: datetime) -> bool:
    """Whether the job is due and this process is the one to do it; it is then due again after `every`."""
    with database.reading() as db:  # most looks find nothing due, and must not take the one place to write
        known = db.get(JobLease, name)
        if known is not None and known.due_at > now:
            return False
    with database.writing() as db:
        row = insert(JobLease).values(name=name, due_at=now + every)
        taken = row.on_conflict_do_update(
            index_elements=["name"], set_={"due_at": now + every}, where=col(JobLease.due_at) <= now
        )
        return db.connection().execute(taken.returning(col(JobLease.name))).scalar() is not None
