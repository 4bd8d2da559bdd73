"""Delivering announcements: to whom each goes, signed, tried again with growing pauses for three days, visible, replayable.

Whoever receives may be slow or away without anything else of the house waiting: this is work of its own thread. The
`webhook-id` is the announcement's, the same with every try, so that who gets it twice can tell.
"""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from shop.api.models import Delivery, Subscription
from shop.api.posting import Came, Post
from shop.api.subscribing import secret_of, sent_to, stop_left_behind
from shop.base.announcing import Announcement
from shop.base.clock import Clock
from shop.base.db import Database
from shop.base.tokens import Signer
from shop.ground.instants import iso

TRIED_FOR = timedelta(days=3)
KEPT_FOR = timedelta(days=30)
LEASE = timedelta(minutes=1)
PAUSES = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800))
LONGEST_AWAY = timedelta(minutes=1)  # for which nothing else is sent to one that has just failed
GONE = 410
SHOWN = 500  # characters of an answer that are kept
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery with all that is needed to send it."""

    delivery: Delivery
    subscription: Subscription
    announcement: Announcement


def deliver_due(database: Database, signer: Signer, post: Post, *, clock: Clock, at_most: int = 20) -> int:
    """Hand out what was announced and try what is due, one after another; says how many were tried."""
    with database.reading() as db:  # most looks find nothing, and shall cost next to nothing
        if not db.connection().execute(_ANYTHING).scalar():
            return 0
    stop_left_behind(database)
    send_out(database, now=clock())
    for number in range(at_most):
        parcel = _lease(database, now=clock())
        if parcel is None:
            return number
        came = post(parcel.subscription.url, headers(signer, parcel, now=clock()), body(parcel.announcement))
        with database.writing() as db:
            _note(db, parcel, came, now=clock())
    return at_most


_ANYTHING = select(
    or_(
        select(Subscription.id).where(col(Subscription.active).is_(True)).exists(),
        select(Announcement.id).where(col(Announcement.sent_out_at).is_(None)).exists(),
    )
)


def send_out(database: Database, *, now: datetime) -> None:
    """A delivery for each new announcement and each address that is told of it."""
    unsent = select(Announcement).where(col(Announcement.sent_out_at).is_(None)).order_by(col(Announcement.at))
    with database.reading() as db:  # most looks find nothing, and must not take the one place to write
        if db.exec(unsent.limit(1)).first() is None:
            return
    with database.writing() as db:
        active = sent_to(db)
        announced = db.exec(unsent.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        rows = [row for each in announced for row in _rows(each, active, now=now)]
        if rows:
            fresh = insert(Delivery).values(rows)
            db.connection().execute(fresh.on_conflict_do_nothing(index_elements=["webhook", "announcement"]))
        sent = update(Announcement).where(col(Announcement.id).in_([each.id for each in announced]))
        db.connection().execute(sent.values(sent_out_at=now))


def body(announcement: Announcement) -> bytes:
    """What is sent: the same bytes with every try."""
    told: dict[str, Any] = {
        "type": announcement.kind,
        "timestamp": iso(announcement.at),
        "data": {"market": announcement.market, "subject": announcement.subject, **json.loads(announcement.data)},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers(signer: Signer, parcel: Parcel, *, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: id, instant and signature over both and the body."""
    number, stamp = parcel.announcement.id, str(int(now.timestamp()))
    key = base64.b64decode(secret_of(signer, parcel.subscription).removeprefix("whsec_"))
    signed = hmac.new(key, f"{number}.{stamp}.".encode() + body(parcel.announcement), hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "user-agent": "softlaunch",
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def replay(db: Session, delivery: Delivery, *, now: datetime) -> None:
    """Send it again at once, and for three days more if need be, however it went before."""
    again = {"state": "waiting", "due_at": now, "give_up_at": now + TRIED_FOR, "leased_until": None, "done_at": None}
    db.connection().execute(update(Delivery).where(col(Delivery.id) == delivery.id).values(again | {"tries": 0}))
    db.refresh(delivery)


def forget_old_deliveries(db: Session, *, now: datetime) -> None:
    """Drop announcements of a month ago with what became of them."""
    old = select(Announcement.id).where(col(Announcement.at) <= now - KEPT_FOR)
    db.connection().execute(delete(Delivery).where(col(Delivery.announcement).in_(old)))
    db.connection().execute(delete(Announcement).where(col(Announcement.at) <= now - KEPT_FOR))


def _rows(announcement: Announcement, active: Iterable[Subscription], *, now: datetime) -> list[dict[str, Any]]:
    return [
        {"webhook": each.id, "announcement": announcement.id, "state": "waiting", "tries": 0, "due_at": now}
        | {"give_up_at": announcement.at + TRIED_FOR, "answer": ""}
        for each in active
        if announcement.kind in each.kinds.split()
        and (not each.markets or not announcement.market or announcement.market in each.markets.split())
    ]


def _lease(database: Database, *, now: datetime) -> Parcel | None:
    with database.reading() as db:
        if db.exec(_first(_due(db, now=now))).first() is None:
            return None
    with database.writing() as db:
        due = _due(db, now=now)
        chosen = db.exec(_first(due).with_for_update(skip_locked=True)).first()
        if chosen is None:
            return None
        mine = update(Delivery).where(col(Delivery.id) == chosen, *due)
        if db.connection().execute(mine.values(leased_until=now + LEASE, tries=Delivery.tries + 1)).rowcount != 1:
            return None
        delivery = db.get_one(Delivery, chosen)
        return Parcel(
            delivery, db.get_one(Subscription, delivery.webhook), db.get_one(Announcement, delivery.announcement)
        )


def _due(db: Session, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What a delivery must be to be tried now."""
    free = or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) < now)
    on = col(Delivery.webhook).in_([each.id for each in sent_to(db)])
    return col(Delivery.state) == "waiting", col(Delivery.due_at) <= now, free, on


def _first(due: Iterable[ColumnElement[bool]]) -> SelectOfScalar[Any]:
    return select(Delivery.id).where(*due).order_by(col(Delivery.due_at), col(Delivery.id)).limit(1)


def _note(db: Session, parcel: Parcel, came: Came, *, now: datetime) -> None:
    """Write down what came of a try; a lease that ran out belongs to who took it next."""
    delivery = parcel.delivery
    mine = and_(
        col(Delivery.id) == delivery.id, col(Delivery.tries) == delivery.tries, col(Delivery.state) == "waiting"
    )
    values = {"leased_until": None, "tried_at": now, "status": came.status, "answer": came.text[:SHOWN]}
    pause = pause_after(delivery.tries)
    if came.fine:
        values |= {"state": "delivered", "done_at": now}
    elif came.status == GONE or now + pause > delivery.give_up_at:
        values |= {"state": "given_up", "done_at": now}
    else:
        values |= {"due_at": now + pause}
    if db.connection().execute(update(Delivery).where(mine).values(values)).rowcount != 1 or came.fine:
        return
    if came.status == GONE:
        off = update(Subscription).where(col(Subscription.id) == delivery.webhook)
        db.connection().execute(off.values(active=False, off_because="410 Gone"))
    back = now + min(pause, LONGEST_AWAY)  # one that is away is asked once for all that waits, not once for each
    others = and_(
        col(Delivery.webhook) == delivery.webhook, col(Delivery.state) == "waiting", col(Delivery.due_at) < back
    )
    db.connection().execute(update(Delivery).where(others).values(due_at=back))


def pause_after(tries: int) -> timedelta:
    """How long is waited after so many failed tries: longer each time, and not for everybody alike."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
