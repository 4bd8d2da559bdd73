"""How often one visitor may do a thing, counted in the database so that all processes count together."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, text
from sqlmodel import Field, Session, SQLModel, col

from shop.base.db import Database
from shop.ground.errors import TooMany


class RateWindow(SQLModel, table=True):
    """How often `who` (hashed) did `what` in the window that began at `started` (seconds since 1970)."""

    __tablename__ = "rate_window"
    what: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    started: int = Field(primary_key=True)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each window of `seconds`."""

    what: str
    times: int
    seconds: int


SIGN_IN = Limit("sign-in", 10, 300)
SUPPORT = Limit("support", 12, 600)
CHECKOUT = Limit("checkout", 60, 600)
INVITE = Limit("invite", 20, 600)

_COUNT = text(
    "INSERT INTO rate_window (what, who, started, count) VALUES (:what, :who, :started, 1) "
    "ON CONFLICT (what, who, started) DO UPDATE SET count = rate_window.count + 1 RETURNING count"
)


def spend(database: Database, limit: Limit, who: str, *, now: datetime) -> None:
    """Count one use in a transaction of its own; raises TooMany, with the seconds to wait, when the window is full."""
    seconds = int(now.timestamp())
    started = seconds - seconds % limit.seconds
    hashed = hashlib.sha256(f"{limit.what}:{who}".encode()).hexdigest()[:32]
    with database.writing() as db:
        row = {"what": limit.what, "who": hashed, "started": started}
        count = db.connection().execute(_COUNT, row).scalar_one()
    if count > limit.times:
        raise TooMany(retry_after=started + limit.seconds - seconds)


def forget_old_windows(db: Session, *, now: datetime) -> None:
    """Drop the windows of more than a day ago."""
    db.connection().execute(delete(RateWindow).where(col(RateWindow.started) < int(now.timestamp()) - 86_400))
