"""The demo till: takes the place of Stripe behind the same port, so that a shop can be tried without any account.

It keeps its sessions in the shop's own database but shares no row with it: the shop learns of a payment only through
the port, as with Stripe. It refuses to be paid twice, to be paid late, and to give back more than was paid.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, bindparam, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, select

from shop.base.db import Database
from shop.base.payments import (
    Charge,
    DisputeState,
    GivenBack,
    PaymentNotice,
    PaymentRefused,
    PaymentSession,
    PaymentState,
    RefundState,
    SessionAsk,
    Status,
)
from shop.base.signatures import COMPLETED, DECLINED, DISPUTED, read_notice, signature_header
from shop.base.tokens import fresh_token
from shop.ground.money import Money


class TillSession(SQLModel, table=True):
    """One attempt to pay at the till; amounts are minor units of `currency`, lines are (name, quantity, price each)."""

    __table_args__ = (
        CheckConstraint("status IN ('open', 'paid', 'expired')", name="status"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded"),
        CheckConstraint("(status = 'paid') = (payment IS NOT NULL)", name="payment"),
        CheckConstraint("refunded = 0 OR status = 'paid'", name="refunded_when_paid"),
        CheckConstraint("length(currency) = 3", name="currency"),
    )

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    fingerprint: str
    reference: str
    amount: int = Field(sa_type=BigInteger)
    currency: str
    lines: list[list[Any]] = Field(sa_type=JSON)
    language: str
    return_url: str
    cancel_url: str
    expires_at: datetime
    status: str = "open"
    payment: str | None = Field(default=None, unique=True)
    refunded: int = Field(default=0, sa_type=BigInteger)
    disputed_at: datetime | None = None
    created_at: datetime

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return Money(self.amount, self.currency)

    @property
    def priced_lines(self) -> list[tuple[str, int, Money]]:
        """Name, quantity and the price of one, for the till's page."""
        return [(name, quantity, Money(minor, self.currency)) for name, quantity, minor in self.lines]

    def status_at(self, now: datetime) -> Status:
        """What the session is at `now`: an open one is expired from its last moment on."""
        if self.status == "paid":
            return "paid"
        return "open" if self.status == "open" and now < self.expires_at else "expired"


class TillRefund(SQLModel, table=True):
    """Money given back, once per key, in minor units of the session's currency."""

    __table_args__ = (CheckConstraint("minor > 0", name="minor"),)

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    session: str = Field(foreign_key="tillsession.id", index=True)
    minor: int = Field(sa_type=BigInteger)
    created_at: datetime


class DemoTill:
    """The port `Payments`, with no money behind it. Never call it inside a transaction: it opens its own."""

    name = "till"
    live = False

    def __init__(self, database: Database, secret: str, base_url: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._secret = secret
        self._base_url = base_url
        self._clock = clock

    def open_session(self, ask: SessionAsk) -> PaymentSession:
        """Open a session at the till; the same key with other content is refused, as Stripe refuses it."""
        row = _row(ask, now=self._clock())
        with self._database.writing() as db:
            opened = db.connection().execute(_OPENED_ONCE, row).scalar()
            kept = None if opened else db.exec(select(TillSession).where(TillSession.key == ask.key)).one()
        if kept is not None and kept.fingerprint != row["fingerprint"]:
            raise PaymentRefused(f"{kept.id} was opened by the same key for something else")
        session = kept.id if kept is not None else row["id"]
        return PaymentSession(session, f"{self._base_url}/till/{session}")

    def shown(self, session: str) -> TillSession | None:
        """The session for the till's own page, or None when there is no such session."""
        with self._database.reading() as db:
            return db.get(TillSession, session)

    def state(self, session: str) -> PaymentState:
        """What has become of the session."""
        row = self.shown(session)
        if row is None:
            raise PaymentRefused(f"the till knows no session {session}")
        status = row.status_at(self._clock())
        return PaymentState(row.id, status, row.payment or "", row.total if status == "paid" else None)

    def pay(self, session: str, *, now: datetime) -> tuple[bytes, str]:
        """Take the payment and give the event that tells the shop, with its signature.

        Raises PaymentRefused, and takes nothing, when the session is not open any more.
        """
        paid = {"which": session, "now": now, "status": "paid", "payment": f"tillpay_{fresh_token()}"}
        with self._database.writing() as db:
            if db.connection().execute(_PAID_IN_TIME, paid).rowcount != 1:
                raise PaymentRefused(f"{session} can no longer be paid")
        body = json.dumps(_completed(session, now=now)).encode()
        return body, signature_header(body, self._secret, now=now)

    def decline(self, session: str, *, now: datetime) -> tuple[bytes, str]:
        """Have the card declined; the session goes on. Gives the event that tells the shop, with its signature."""
        shown = self.shown(session)
        return self._told(DECLINED, {"id": session, "metadata": {"order": shown.reference if shown else ""}}, now=now)

    def dispute_payment(self, session: str, *, now: datetime) -> tuple[bytes, str]:
        """The customer objects at their bank to what was paid. Raises PaymentRefused when nothing was, or when they did."""
        paid = col(TillSession.status) == "paid", col(TillSession.disputed_at).is_(None)
        mine = update(TillSession).where(col(TillSession.id) == session, *paid)
        with self._database.writing() as db:
            if db.connection().execute(mine.values(disputed_at=now)).rowcount != 1:
                raise PaymentRefused(f"{session} is not paid, or disputed already")
        return self._told(DISPUTED, {"id": _DISPUTE + session}, now=now)

    def dispute(self, dispute: str) -> DisputeState:
        """What has become of a dispute: at the till each stays open, there is no bank to decide it."""
        row = self.shown(dispute.removeprefix(_DISPUTE))
        if row is None or row.disputed_at is None:
            raise PaymentRefused(f"the till knows no dispute {dispute}")
        return DisputeState(dispute, row.payment or "", row.total, "open", "fraudulent", row.disputed_at)

    def restricted(self) -> bool:
        """The till is nobody's account."""
        return False

    def _told(self, kind: str, about: dict[str, Any], *, now: datetime) -> tuple[bytes, str]:
        event = {"id": f"evt_{fresh_token()}", "type": kind, "created": int(now.timestamp()), "data": {"object": about}}
        body = json.dumps(event).encode()
        return body, signature_header(body, self._secret, now=now)

    def expire(self, session: str) -> PaymentState:
        """Close an open session so that it can no longer be paid."""
        with self._database.writing() as db:
            db.connection().execute(_STILL_OPEN, {"which": session, "status": "expired"})
        return self.state(session)

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        """Give back part or all of a payment, once per key; refuses another currency, and more than is left."""
        with self._database.writing() as db:
            paid = db.exec(select(TillSession).where(TillSession.payment == payment)).one_or_none()
            if paid is None or paid.currency != amount.currency or amount.minor <= 0:
                raise PaymentRefused(f"{amount} cannot be given back on {payment}")
            asked = {"session": paid.id, "minor": amount.minor}
            row = {"id": f"tillref_{fresh_token()}", "key": key, "created_at": self._clock(), **asked}
            once = insert(TillRefund).values(row).on_conflict_do_nothing(index_elements=["key"])
            # RETURNING, because the row count of an INSERT is not kept on PostgreSQL.
            if db.connection().execute(once.returning(col(TillRefund.id))).scalar() is not None:
                _give_back(db, paid.id, amount.minor)
            kept = db.exec(select(TillRefund).where(TillRefund.key == key)).one()
            if (kept.session, kept.minor) != (paid.id, amount.minor):
                raise PaymentRefused(f"{kept.id} was made by the same key for something else")
            return kept.id

    def refunds(self, payment: str) -> tuple[RefundState, ...]:
        """Every refund of the payment; at the till each is done at once."""
        joined = col(TillRefund.session) == col(TillSession.id)
        query = select(TillRefund, TillSession.currency).join(TillSession, joined)
        with self._database.reading() as db:
            rows = db.exec(query.where(TillSession.payment == payment).order_by(col(TillRefund.id))).all()
        return tuple(RefundState(each.key, each.id, Money(each.minor, code), "done") for each, code in rows)

    def charges(self, since: datetime, until: datetime) -> Iterator[Charge]:
        """What was paid of the sessions opened in that time."""
        begun = col(TillSession.created_at) >= since, col(TillSession.created_at) < until
        query = select(TillSession).where(TillSession.status == "paid", *begun)
        for each in self._pages(query, TillSession):
            yield Charge(each.payment or "", each.reference, each.total)

    def given_back(self, since: datetime, until: datetime) -> Iterator[GivenBack]:
        """What was given back in that time; at the till each refund is done at once."""
        made = col(TillRefund.created_at) >= since, col(TillRefund.created_at) < until
        for each in self._pages(select(TillRefund).where(*made), TillRefund):
            session = self.shown(each.session)
            assert session is not None and session.payment is not None
            state = RefundState(each.key, each.id, Money(each.minor, session.currency), "done")
            yield GivenBack(session.payment, state)

    def _pages(self, query: Any, table: Any) -> Iterator[Any]:
        """The rows of the query, a page at a time, so that no transaction stays open meanwhile."""
        last = ""
        while True:
            with self._database.reading() as db:
                page = db.exec(query.where(col(table.id) > last).order_by(col(table.id)).limit(PAGE)).all()
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].id

    def notice(self, body: bytes, signature: str, *, now: datetime) -> PaymentNotice | None:
        """Read an event that `pay` signed."""
        return read_notice(body, signature, self._secret, now=now)


_STILL_OPEN = update(TillSession).where(col(TillSession.id) == bindparam("which"), col(TillSession.status) == "open")
_PAID_IN_TIME = _STILL_OPEN.where(col(TillSession.expires_at) > bindparam("now"))
_OPENED_ONCE = insert(TillSession).on_conflict_do_nothing(index_elements=["key"]).returning(col(TillSession.id))
_DISPUTE = "tilldp_"
PAGE = 500  # rows of the ledger at once


def _row(ask: SessionAsk, *, now: datetime) -> dict[str, Any]:
    return {
        "id": f"till_{fresh_token()}",
        "key": ask.key,
        "fingerprint": _fingerprint(ask),
        "reference": ask.reference,
        "amount": ask.total.minor,
        "currency": ask.total.currency,
        "lines": [[name, quantity, price.minor] for name, quantity, price in ask.lines],
        "language": ask.language,
        "return_url": ask.return_url,
        "cancel_url": ask.cancel_url,
        "expires_at": ask.expires_at,
        "status": "open",
        "refunded": 0,
        "created_at": now,
    }


def _fingerprint(ask: SessionAsk) -> str:
    values = {field.name: getattr(ask, field.name) for field in fields(ask)}
    values |= {"metadata": dict(ask.metadata), "expires_at": ask.expires_at.timestamp()}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=repr).encode()).hexdigest()


def _give_back(db: Session, session: str, minor: int) -> None:
    left = col(TillSession.refunded) + minor <= col(TillSession.amount)
    more = update(TillSession).where(col(TillSession.id) == session, left)
    if db.connection().execute(more.values(refunded=col(TillSession.refunded) + minor)).rowcount != 1:
        raise PaymentRefused(f"{minor} is more than is left of {session}")


def _completed(session: str, *, now: datetime) -> dict[str, Any]:
    event = f"evt_{session}"  # a session is paid once: a repeated delivery is seen to be the same event
    return {"id": event, "type": COMPLETED, "created": int(now.timestamp()), "data": {"object": {"id": session}}}
