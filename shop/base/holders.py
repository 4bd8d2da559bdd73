"""Links that open one thing to whoever holds them: an order, a request.

The secret in a link is random, is kept only as its hash, and opens the thing any number of times until it expires.
Opening a link exchanges the secret for a cookie that script cannot read, and redirects to the clean address. A lost
or expired link is replaced by a new one, sent to the address that the thing belongs to.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col

from shop.base.db import Database
from shop.base.tokens import Signer, fresh_token, token_hash
from shop.base.web import Cookies
from shop.ground.errors import Refusal

# An order's mails are looked for again when something breaks in its first year; a month is for the parcel and the doubt.
ORDER_LASTS = timedelta(days=400)
# A request is about something of today: half a year leaves room for a repair or a part that must come from far away.
REQUEST_LASTS = timedelta(days=180)
PAGE_LASTS = timedelta(days=7)  # somebody was woken for something of this night
LASTS = {"request": REQUEST_LASTS, "page": PAGE_LASTS}
COOKIE_LASTS = timedelta(days=90)
MOST_COOKIES = 20  # of one kind: browsers keep some hundred bytes of each and send all of them every time


class LinkOver(Refusal):
    """This browser does not hold the thing, or there is none of that name: `ask_url` has a new link sent by mail."""


class SecretLink(SQLModel, table=True):
    """One link that was handed out: the hash of its secret, and what it opens (`order:DE-26-7K2M9Q`, `request:R-7KQ2M9`)."""

    __tablename__ = "secret_link"
    hash: str = Field(primary_key=True)
    subject: str = Field(index=True)
    expires_at: datetime = Field(index=True)


class Holders:
    """Makes links with secrets, and knows which browser holds what. Making one is a transaction of its own."""

    def __init__(self, cookies: Cookies, signer: Signer, database: Database) -> None:
        self._cookies = cookies
        self._signer = signer
        self._database = database

    def secret(self, kind: str, name: str, *, now: datetime) -> str:
        """A new secret for a link to the thing, another one each time."""
        secret = fresh_token()
        lasts = LASTS.get(kind, ORDER_LASTS)
        row = {"hash": token_hash(secret), "subject": f"{kind}:{name}", "expires_at": now + lasts}
        with self._database.writing() as db:
            db.connection().execute(insert(SecretLink), [row])
        return secret

    def link(self, address: str, kind: str, name: str, *, now: datetime) -> str:
        """The address with a new secret, to put into a mail; to be asked for when the mail is sent, not before."""
        return f"{address}?secret={self.secret(kind, name, now=now)}"

    def opened(
        self, request: Request[Any, Any, Any], kind: str, name: str, secret: str, *, now: datetime
    ) -> list[Cookie]:
        """The cookies for a right secret; none for a wrong one, or for one that has expired."""
        with self._database.reading() as db:
            link = db.get(SecretLink, token_hash(secret))
        if link is None or link.subject != f"{kind}:{name}" or link.expires_at <= now:
            return []
        return self.kept(request, kind, name, until=link.expires_at, now=now)

    def kept(
        self, request: Request[Any, Any, Any], kind: str, name: str, *, now: datetime, until: datetime | None = None
    ) -> list[Cookie]:
        """The cookie that lets this browser see the thing, and the end of the oldest ones where it keeps very many."""
        others = {each: ends for each, ends in self._held(request, kind).items() if each != name}
        oldest = sorted(others, key=lambda each: others[each])[: max(0, len(others) + 1 - MOST_COOKIES)]
        return [
            self.cookie(kind, name, until=until, now=now),
            *(self._cookies.drop(f"{kind}-{each}") for each in oldest),
        ]

    def cookie(self, kind: str, name: str, *, now: datetime, until: datetime | None = None) -> Cookie:
        """The cookie that lets a browser see the thing for a while, but not after `until`. It carries its own end."""
        ends = min(now + COOKIE_LASTS, until or datetime.max.replace(tzinfo=UTC))
        value = self._signer.signed(f"{kind}:{name}", int(ends.timestamp()))
        return self._cookies.make(f"{kind}-{name}", value, seconds=int((ends - now).total_seconds()))

    def holds(self, request: Request[Any, Any, Any], kind: str, name: str, *, now: datetime) -> bool:
        """Whether this browser holds the thing: it has opened a link to it, or brought it about."""
        return self._ends(kind, name, self._cookies.read(request, f"{kind}-{name}")) > now.timestamp()

    def held(self, request: Request[Any, Any, Any], kind: str, *, now: datetime) -> tuple[str, ...]:
        """The names of the things of this kind that this browser holds."""
        return tuple(name for name, ends in self._held(request, kind).items() if ends > now.timestamp())

    def _held(self, request: Request[Any, Any, Any], kind: str) -> dict[str, int]:
        """What the browser's cookies of this kind name, with the end of each; only what was signed here."""
        start = self._cookies.name(f"{kind}-")
        named = {key.removeprefix(start): value for key, value in request.cookies.items() if key.startswith(start)}
        ends = {name: self._ends(kind, name, value) for name, value in named.items()}
        return {name: end for name, end in ends.items() if end}

    def _ends(self, kind: str, name: str, value: str) -> int:
        return int(self._signer.opened(f"{kind}:{name}", value) or 0)


def forget_old_links(db: Session, *, now: datetime) -> None:
    """Drop the links that open nothing any more."""
    db.connection().execute(delete(SecretLink).where(col(SecretLink.expires_at) <= now))
