"""Pages kept as bytes in front of the router, and the revision counters that tell when they are no longer true.

A page that holds nothing personal is drawn once per path and revision and then served without a session or a query.
A revision is raised in the same transaction as a change of something shown; this process sees it at once, others
within a second. An entry also ends at the next known change (a shift's end, a price's start).
"""

import asyncio
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import brotli
from litestar.types import ASGIApp, Receive
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, select

from shop.base.clock import Clock
from shop.base.db import Database

STORE = b"x-store"  # internal: `scope scope;until`, set by a door, taken off before the answer leaves
ADMISSION = b"x-admission"  # internal: the market whose admission cookie the visitor must hold
EVERYWHERE = "everywhere"
KEPT_NAMES = 10_000
KEPT_BYTES = 64 * 1024 * 1024
POLL_SECONDS = 0.5


class Revision(SQLModel, table=True):
    """How often what `scope` shows has changed; `market:<id>` or `everywhere`."""

    scope: str = Field(primary_key=True)
    number: int = 0


def market_scope(market_id: str) -> str:
    """The revision scope of one market."""
    return f"market:{market_id}"


def raise_revision(db: Session, *scopes: str) -> None:
    """Say, in the transaction that changes it, that what these scopes show is about to differ."""
    for scope in sorted(set(scopes)):
        db.connection().execute(_RAISE, {"scope": scope})
    db.info.setdefault("raised", set()).update(scopes)


_RAISE = text(
    "INSERT INTO revision (scope, number) VALUES (:scope, 1) "
    "ON CONFLICT (scope) DO UPDATE SET number = revision.number + 1"
)


class Revisions:
    """This process's view of the counters: refreshed after its own commits, and by a watch for those of others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._reading = threading.Lock()
        self.numbers: dict[str, int] = {}
        database.when_raised(lambda _scopes: self.refresh())

    def refresh(self) -> None:
        """Read all counters anew."""
        with self._reading, self._database.reading() as db:  # one look at a time: an older one must not come out last
            self.numbers = {each.scope: each.number for each in db.exec(select(Revision)).all()}

    def of(self, scopes: tuple[str, ...]) -> tuple[int, ...]:
        """The present numbers of these scopes."""
        return tuple(self.numbers.get(scope, 0) for scope in scopes)

    def watch(self) -> None:
        """Begin to look for other processes' changes twice a second, until `stop`."""
        self._thread = threading.Thread(target=self._watch, name="revisions", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch, a look under way included."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception:  # noqa: BLE001, S112 - the database may be away for a while; the next look tells
                continue


@dataclass(frozen=True, slots=True)
class _Entry:
    scopes: tuple[str, ...]
    numbers: tuple[int, ...]
    until: float
    market: str  # whose admission cookie is needed, or ""
    etag: bytes
    starts: dict[str, dict[str, Any]]
    bodies: dict[str, dict[str, Any]]
    not_modified: dict[str, Any] | None
    size: int


class PageCache:
    """The ASGI layer in front of the router."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        revisions: Revisions,
        clock: Clock,
        admitted: Callable[[str, dict[str, str]], bool],
        passes: frozenset[str],
        place: str,
    ) -> None:
        """`admitted(market, cookies)` answers for invitation markets; a visitor with a cookie in `passes` is served fresh.

        `place` is the name of the cookie that remembers a choice of market, by which the chooser differs.
        """
        self._app = app
        self.revisions = revisions
        self._clock = clock
        self._admitted = admitted
        self._passes = passes
        self._place = place
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._size = 0
        self._being_drawn: dict[tuple[str, str], asyncio.Event] = {}
        self._personal: set[tuple[str, str]] = set()

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        # The router takes /de//de/ for /de/de/: such a page is not kept, for there is no end of ways to write it.
        if scope["method"] != "GET" or scope["query_string"] or "//" in scope["path"]:
            return await self._app(scope, receive, _without_marks(send))
        headers = dict(scope["headers"])
        cookies = _cookies(headers.get(b"cookie", b""))
        if not self._passes.isdisjoint(cookies):
            return await self._app(scope, receive, _without_marks(send))
        key = (scope["path"], _variant(scope, headers, cookies.get(self._place, "")))
        if key in self._being_drawn and key not in self._personal:
            await self._being_drawn[key].wait()  # a rush on a page that just changed draws it once, not once a visitor
        entry = self._entries.get(key)
        if entry is not None and self._holds(entry):
            if not entry.market or self._admitted(entry.market, cookies):
                return await _answer(entry, headers, send)
            return await self._app(scope, receive, _without_marks(send))
        await self._draw(key, headers, scope, receive, send)

    async def _draw(self, key: tuple[str, str], headers: dict[bytes, bytes], scope: Any, receive: Receive, send: Any) -> None:
        """Have the page drawn, others waiting for it; one that turns out not to be for keeping is never waited for again."""
        catch, drawn = _Catch(self, key, headers, send), asyncio.Event()
        self._being_drawn.setdefault(key, drawn)
        try:
            await self._app(scope, receive, catch)
        finally:
            if self._being_drawn.get(key) is drawn:
                del self._being_drawn[key]
            drawn.set()
            if catch.kept:
                self._personal.discard(key)
            elif len(self._personal) < KEPT_NAMES:
                self._personal.add(key)

    def _holds(self, entry: _Entry) -> bool:
        return entry.numbers == self.revisions.of(entry.scopes) and (
            entry.until == _FOR_EVER or self._clock().timestamp() < entry.until
        )

    def keep(self, key: tuple[str, str], entry: _Entry) -> None:
        """Put an entry in, the least recently filled going out when the cache is full."""
        if (old := self._entries.pop(key, None)) is not None:
            self._size -= old.size
        self._entries[key] = entry
        self._size += entry.size
        while self._size > KEPT_BYTES:
            _key, oldest = self._entries.popitem(last=False)
            self._size -= oldest.size


_FOR_EVER = float("inf")


def stored(
    headers: dict[str, str], *, scopes: tuple[str, ...], until: datetime | None, admission: str = ""
) -> dict[str, str]:
    """`headers` with the marks that have the answer kept until a revision of `scopes` or the instant `until`."""
    end = until.timestamp() if until else _FOR_EVER
    return {**headers, STORE.decode(): f"{' '.join(scopes)};{end}", ADMISSION.decode(): admission}


class _Catch:
    """Watches one answer pass; when a door marked it as storable, keeps it and sends it as the cache would."""

    def __init__(self, cache: PageCache, key: tuple[str, str], headers: dict[bytes, bytes], send: Any) -> None:
        self.cache, self.key, self.send = cache, key, send
        self.headers = headers
        self.start: dict[str, Any] | None = None
        self.kept = False
        self.marks: dict[bytes, bytes] = {}
        # What the page rests on is noted before it is drawn: a change while it is drawn must outdate it.
        self.before = dict(cache.revisions.numbers)

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.marks = {name: value for name, value in message["headers"] if name in (STORE, ADMISSION)}
            message["headers"] = [pair for pair in message["headers"] if pair[0] not in (STORE, ADMISSION)]
            if message["status"] == 200 and STORE in self.marks:
                self.start = message
                return None
        elif self.start is not None:
            start, self.start = self.start, None
            if not message.get("more_body"):
                entry = self._entry(start, message["body"])
                self.cache.keep(self.key, entry)
                self.kept = True
                return await _answer(entry, self.headers, self.send)
            await self.send(start)
        await self.send(message)

    def _entry(self, start: dict[str, Any], body: bytes) -> _Entry:
        scopes_text, _, until = self.marks[STORE].decode().partition(";")
        scopes = tuple(scopes_text.split())
        return _made(
            start,
            body,
            scopes=scopes,
            numbers=tuple(self.before.get(scope, 0) for scope in scopes),
            until=float(until),
            market=self.marks.get(ADMISSION, b"").decode(),
        )


def _made(
    start: dict[str, Any], body: bytes, *, scopes: tuple[str, ...], numbers: tuple[int, ...], until: float, market: str
) -> _Entry:
    kept = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"etag")]
    may_store = not any(name == b"cache-control" and b"no-store" in value for name, value in kept)
    etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    if may_store:
        kept.append((b"etag", etag))
    packed = {"": body, "br": brotli.compress(body, quality=5, lgwin=17), "gzip": gzip.compress(body, 6, mtime=0)}
    starts, bodies = {}, {}
    for coding, each in packed.items():
        extra = [(b"content-length", str(len(each)).encode()), (b"vary", b"accept-encoding")]
        extra += [(b"content-encoding", coding.encode())] if coding else []
        starts[coding] = {"type": "http.response.start", "status": 200, "headers": kept + extra}
        bodies[coding] = {"type": "http.response.body", "body": each}
    unchanged = [*kept, (b"vary", b"accept-encoding")]
    not_modified = {"type": "http.response.start", "status": 304, "headers": unchanged} if may_store else None
    size = sum(len(each) for each in packed.values()) + 2_000
    return _Entry(scopes, numbers, until, market, etag, starts, bodies, not_modified, size)


async def _answer(entry: _Entry, headers: dict[bytes, bytes], send: Any) -> None:
    if entry.not_modified is not None and entry.etag in headers.get(b"if-none-match", b""):
        await send({**entry.not_modified, "headers": list(entry.not_modified["headers"])})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    accepted = headers.get(b"accept-encoding", b"")
    coding = "br" if b"br" in accepted else "gzip" if b"gzip" in accepted else ""
    start = entry.starts[coding]
    await send({**start, "headers": list(start["headers"])})  # a copy: outer layers add headers
    await send(entry.bodies[coding])


def _without_marks(send: Any) -> Callable[[Any], Awaitable[None]]:
    async def strip(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [pair for pair in message["headers"] if pair[0] not in (STORE, ADMISSION)]
        await send(message)

    return strip


def _variant(scope: Any, headers: dict[bytes, bytes], place: str) -> str:
    """What one address may look different for: only the chooser, by remembered place, language and network."""
    if scope["path"] != "/":
        return ""
    client = scope["client"][0] if scope["client"] else ""
    return f"{place}|{headers.get(b'accept-language', b'').decode('latin-1')[:200]}|{client}"


def _cookies(header: bytes) -> dict[str, str]:
    if not header:
        return {}
    parts = (part.strip().partition("=") for part in header.decode("latin-1").split(";"))
    return {name: value.strip('"') for name, _, value in parts if name}
