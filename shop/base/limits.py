"""How often one visitor may do a thing, counted in the database so that all processes count together."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import delete, text
from sqlmodel import Field, Session, SQLModel, col, select

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
SIGN_IN_AS = Limit("sign-in as", 5, 60)  # from everywhere together; short, so that a stranger shuts nobody out for long
CODE_AS = Limit("code as", 6, 300)  # codes and passwords of one person who has shown half of who they are
NEW_PASSWORD = Limit("new password", 10, 600)
NEW_PASSWORD_TO = Limit("new password to", 5, 3600)  # links to one address, whoever asks for them
SUPPORT = Limit("support", 12, 600)
SUPPORT_FORM = Limit("support form", 60, 600)  # drawing it again without sending anything
MAIL_IN = Limit("mail in", 20, 3600)  # from one address
RECEIPT_TO = Limit("receipt to", 20, 86_400)  # of each kind of mail about requests, whoever gives the address
INVITE = Limit("invite", 20, 600)
LINK = Limit("link", 10, 600)
WAITLIST = Limit("waitlist", 20, 600)
WAITLIST_TO = Limit("waitlist to", 10, 86_400)  # mails to one address, whoever asks for them

WITHDRAWAL = Limit("withdrawal", 30, 600)  # wide: whoever declares must be heard
WITHDRAWAL_TO = Limit("withdrawal to", 20, 86_400)  # receipts to one address, whoever asks for them
AFTER_SALES = Limit("after sales", 40, 600)

IN_MINUTES = 120  # seconds

_COUNT = text(
    "INSERT INTO rate_window (what, who, started, count) VALUES (:what, :who, :started, 1) "
    "ON CONFLICT (what, who, started) DO UPDATE SET count = rate_window.count + 1 RETURNING count"
)

_TAKE_BACK = text(
    "UPDATE rate_window SET count = count - 1 WHERE what = :what AND who = :who AND started = :started AND count > 0"
)


def spend(database: Database, limit: Limit, who: str, *, now: datetime) -> None:
    """Count one use in a transaction of its own; raises TooMany, with the seconds to wait, when the window is full.

    `who` may be a network address: one of IPv6 counts for its whole /64, which is what one visitor is given.
    """
    window = _window(limit, who, now)
    with database.writing() as db:
        count = db.connection().execute(_COUNT, window).scalar_one()
    if count > limit.times:
        seconds = limit.seconds - int(now.timestamp()) % limit.seconds
        raise TooMany(retry_after=seconds, minutes=_minutes(seconds))


def _minutes(seconds: int) -> int:
    """The wait in whole minutes, for one that nobody counts in seconds; else none."""
    return -(-seconds // 60) if seconds >= IN_MINUTES else 0


def has_room(database: Database, limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one use as `spend` does, where being too many is no refusal: says whether it was within the limit."""
    try:
        spend(database, limit, who, now=now)
    except TooMany:
        return False
    return True


def give_back(database: Database, limit: Limit, who: str, *, now: datetime) -> None:
    """Take back one use that was rightly made."""
    window = _window(limit, who, now)
    with database.writing() as db:
        db.connection().execute(_TAKE_BACK, window)


def forget_uses(db: Session, who: str) -> None:
    """Drop whatever was counted of this one, an address or a person, before its time."""
    for what in db.exec(select(RateWindow.what).distinct()).all():
        mine = delete(RateWindow).where(col(RateWindow.what) == what, col(RateWindow.who) == _hashed(what, who))
        db.connection().execute(mine)


def _window(limit: Limit, who: str, now: datetime) -> dict[str, str | int]:
    seconds = int(now.timestamp())
    return {"what": limit.what, "who": _hashed(limit.what, who), "started": seconds - seconds % limit.seconds}


def _hashed(what: str, who: str) -> str:
    return hashlib.sha256(f"{what}:{neighbourhood(who)}".encode()).hexdigest()[:32]


def neighbourhood(who: str) -> str:
    """What counts as one visitor: an address of IPv6 with its whole /64, anything else by itself."""
    try:
        address = ip_address(who)
    except ValueError:
        return who
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Network((int(address), 64), strict=False))
    return who


def forget_old_windows(db: Session, *, now: datetime) -> None:
    """Drop the windows of more than a day ago."""
    db.connection().execute(delete(RateWindow).where(col(RateWindow.started) < int(now.timestamp()) - 86_400))
