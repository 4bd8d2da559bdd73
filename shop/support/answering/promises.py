"""Promises: giving a customer a span of time in writing, and judging afterwards whether it was kept."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.outbox import enqueue
from shop.support.answering.team import Outlook
from shop.support.answering.together import carry_out
from shop.support.requests.models import Request, RequestPromise
from shop.support.severity import CRISIS

MAIL = "request mail"
LATER, EARLIER = timedelta(minutes=15), timedelta(minutes=60)  # smaller differences are not worth a second mail


def promise(db: Session, ref: str, seen: Outlook, *, now: datetime) -> int | None:
    """Note the promise and put it on the request; nothing where nothing can be promised. Gives the promise's id."""
    span = {"on_duty_at": seen.on_duty_at, "promised_at": seen.promised_at}
    values: dict[str, Any] = {**span, "due_at": seen.promised_at or now, "overdue_told_at": None}
    if seen.promised_at is not None:
        values |= {"exporter_told": False, "look_at": _not_after(seen.promised_at)}
    changed = update(Request).where(col(Request.ref) == ref).values(values).returning(col(Request.market))
    market = db.connection().execute(changed).scalar()
    if seen.promised_at is None:
        return None
    row = {"request": ref, "market": market, "given_at": now, **span}
    return db.connection().execute(insert(RequestPromise).values(row).returning(col(RequestPromise.id))).scalar_one()


def promise_anew(db: Session, request: Request, seen: Outlook, *, now: datetime) -> None:
    """Give a new promise, by mail, where the old one no longer describes what will happen.

    A promise moves to later only because nobody is there, never because those who are there were slow; in a crisis
    it never moves.
    """
    if request.severity == CRISIS and request.promised_at is not None:
        return
    if seen.promised_at is None or not _differs(request.promised_at, seen):
        # When nothing new is promised, only the instant of the next attempt moves.
        if seen.routed.on_duty_at is not None:
            carry_out(db, _ON_DUTY, {"this": request.ref, "when": seen.routed.on_duty_at}, one=False)
        return
    number = promise(db, request.ref, seen, now=now)
    mail = {"mail": "promise", "ref": request.ref, "promise": number}
    enqueue(db, MAIL, f"request:{request.ref}:promise:{number}", mail, now=now)


def judge(db: Session, ref: str, *, now: datetime) -> None:
    """An answer is here: every promise that still stood open was kept or broken, each by its own time."""
    open_ones = (col(RequestPromise.request) == ref) & col(RequestPromise.kept).is_(None)
    kept = col(RequestPromise.promised_at) >= now
    db.connection().execute(update(RequestPromise).where(open_ones).values(kept=kept, judged_at=now))


def tell_exporter(db: Session, ref: str, *, now: datetime) -> None:
    """Tell the exporter, once, that nobody can be promised for this request."""
    untold = (col(Request.ref) == ref) & col(Request.exporter_told).is_(False)
    told = db.connection().execute(update(Request).where(untold).values(exporter_told=True).returning(col(Request.ref)))
    if told.scalar() is not None:
        before = select(func.count()).select_from(RequestPromise).where(RequestPromise.request == ref)
        later = db.exec(before).one()  # it was promised meanwhile: then this is news again
        key = f"request:{ref}:unroutable" + (f":{later}" if later else "")
        enqueue(db, MAIL, key, {"mail": "unroutable", "ref": ref}, now=now)


def _not_after(promised_at: datetime) -> Any:
    return case((col(Request.look_at) < promised_at, col(Request.look_at)), else_=promised_at)


def _differs(old: datetime | None, seen: Outlook) -> bool:
    assert seen.promised_at is not None
    if old is None or seen.promised_at < old - EARLIER:
        return True
    return seen.routed.state == "queued" and seen.promised_at > old + LATER


_ON_DUTY = update(Request).where(col(Request.ref) == bindparam("this")).values(on_duty_at=bindparam("when"))
