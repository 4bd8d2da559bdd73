"""Pages kept as bytes in front of the router until a revision of what they show is raised.

A page that holds nothing personal is drawn once per path and revision and then served without a session or a query. An
entry also ends at the next known change (a shift's end, a price's start).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
from inspect import signature
from typing import Any
from urllib.parse import parse_qsl

from litestar.types import ASGIApp, Receive

from shop.base.clock import Clock
from shop.base.kept import Entry, Kept, Key, Ready, chosen, made
from shop.base.revisions import Revisions

STORE = b"x-store"  # internal: `scope scope;until`, set by a door, taken off before the answer leaves
AUDIENCE = b"x-audience"  # internal: for whom alone the page is kept, a word that `may_see` understands; "" is all
MARKS = (STORE, AUDIENCE)
KEPT_NAMES = 10_000
LONGEST_NAME = 500  # of a page that is worth keeping: no address of ours comes near
LONGEST_QUERY = 2_000  # that is worth reading: what campaigns add to an address is shorter

SentCookies = dict[str, str]


class PageCache:
    """The ASGI layer in front of the router."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        revisions: Revisions,
        clock: Clock,
        passes: frozenset[str],
        may_see: Callable[[str, SentCookies], bool],
        variant: Callable[[Any, SentCookies], str],
        apart: frozenset[str] = frozenset(),
    ) -> None:
        """A visitor with a cookie in `passes` is served fresh.

        `may_see(audience, cookies)` answers for pages kept for some only, `variant(scope, cookies)` names what a page may
        look different for besides its path; for one address it is "" for everybody or for nobody. With the cookies that
        are named in `apart` the layers before this one have something to do.
        """
        self._app = app
        self.revisions = revisions
        self._clock = clock
        self._passes = passes
        self._not_at_once = re.compile("|".join(re.escape(name) for name in sorted(passes | apart)).encode() or b"(?!)")
        self._may_see = may_see
        self._variant = variant
        self.kept = Kept()
        self._being_drawn: dict[Key, asyncio.Event] = {}
        self._personal: set[Key] = set()

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["method"] == "GET" and b"//" in scope.get("raw_path", b"") and _SLASHED.fullmatch(scope["raw_path"]):
            return await _lead_to_clean_address(scope, send)
        headers = dict(scope["headers"])
        cookies = _cookies(headers.get(b"cookie", b""))
        asked = _names(scope["query_string"])
        key = self._key(scope, cookies)
        if key is None or asked is None:
            return await self._app(scope, receive, _without_marks(send))
        if key in self._being_drawn and key not in self._personal:
            await self._being_drawn[key].wait()  # a rush on a page that just changed draws it once, not once a visitor
        entry = self.kept.get(key)
        if entry is None:
            return await self._draw(_Catch(self, key, scope, send, headers=headers, asked=asked), receive)
        if not entry.reads.isdisjoint(asked):
            return await self._app(scope, receive, _without_marks(send))
        if not self._holds(entry):
            return await self._draw(_Catch(self, key, scope, send, headers=headers, asked=asked), receive)
        if entry.audience and not self._may_see(entry.audience, cookies):
            return await self._app(scope, receive, _without_marks(send))
        for message in chosen(entry, headers).messages:
            await send(message)

    def at_once(self, scope: Any, headers: dict[bytes, bytes]) -> Ready | None:
        """The kept answer to a plain request for a page that is the same for all; None when more is to be looked at."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        if b"cookie" in headers and self._not_at_once.search(headers[b"cookie"]):
            return None
        entry = self.kept.get((scope["path"], ""))
        if entry is None or entry.audience or not self._holds(entry):
            return None
        return chosen(entry, headers)

    def _key(self, scope: Any, cookies: SentCookies) -> Key | None:
        """The name under which the answer may be kept."""
        # The router takes /de//de/ for /de/de/: such a page is not kept, for there is no end of ways to write it.
        if scope["method"] != "GET" or "//" in scope["path"] or not self._passes.isdisjoint(cookies):
            return None
        key = scope["path"], self._variant(scope, cookies)
        return key if len(key[0]) + len(key[1]) <= LONGEST_NAME else None

    async def _draw(self, catch: "_Catch", receive: Receive) -> None:
        """Have the page drawn, others waiting for it; one that turns out not to be for keeping is never waited for again."""
        key, drawn = catch.key, asyncio.Event()
        self._being_drawn.setdefault(key, drawn)
        try:
            await self._app(catch.scope, receive, catch)
        finally:
            if self._being_drawn.get(key) is drawn:
                del self._being_drawn[key]
            drawn.set()
            if catch.kept:
                self._personal.discard(key)
            elif not catch.asked and len(self._personal) < KEPT_NAMES:
                self._personal.add(key)

    def _holds(self, entry: Entry) -> bool:
        numbers = self.revisions.numbers
        if entry.seen is not numbers:
            if entry.numbers != self.revisions.of(entry.scopes):
                return False
            entry.seen = numbers
        return entry.until is None or self._clock() < entry.until


def stored(
    headers: dict[str, str], *, scopes: tuple[str, ...], until: datetime | None, audience: str = ""
) -> dict[str, str]:
    """`headers` with the marks that have the answer kept until a revision of `scopes` or the instant `until`."""
    end = until.isoformat() if until else ""
    return {**headers, STORE.decode(): f"{' '.join(scopes)};{end}", AUDIENCE.decode(): audience}


class _Catch:
    """Watches one answer pass; when a door marked it as storable, keeps it and sends it as the cache would.

    What was `asked` in the query besides does not matter, as long as the door reads none of it.
    """

    def __init__(
        self, cache: PageCache, key: Key, scope: Any, send: Any, *, headers: dict[bytes, bytes], asked: frozenset[str]
    ) -> None:
        self.cache, self.key, self.send = cache, key, send
        self.headers, self.scope, self.asked = headers, scope, asked
        self.start: dict[str, Any] | None = None
        self.kept = False
        self.marks: dict[bytes, bytes] = {}
        # What the page rests on is noted before it is drawn: a change while it is drawn must outdate it.
        self.before = dict(cache.revisions.numbers)

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.marks = {name: value for name, value in message["headers"] if name in MARKS}
            if message["status"] == 200 and STORE in self.marks:
                self.start = message
                return
            message["headers"] = _passing(message)
        elif self.start is not None:
            start, self.start = self.start, None
            reads = names_read(self.scope["route_handler"])
            if not message.get("more_body") and reads.isdisjoint(self.asked):
                start["headers"] = [pair for pair in start["headers"] if pair[0] not in MARKS]
                entry = self._entry(start, message["body"], reads)
                self.cache.kept.put(self.key, entry)
                self.kept = True
                for each in chosen(entry, self.headers).messages:
                    await self.send(each)
                return
            await self.send({**start, "headers": _passing(start)})
        await self.send(message)

    def _entry(self, start: dict[str, Any], body: bytes, reads: frozenset[str]) -> Entry:
        scopes_text, _, until = self.marks[STORE].decode().partition(";")
        scopes = tuple(scopes_text.split())
        return made(
            start,
            body,
            scopes=scopes,
            numbers=tuple(self.before.get(scope, 0) for scope in scopes),
            until=datetime.fromisoformat(until).astimezone(UTC) if until else None,
            audience=self.marks.get(AUDIENCE, b"").decode(),
            reads=reads,
        )


@lru_cache(maxsize=1024)
def names_read(handler: Any) -> frozenset[str]:
    """What a door may read from a query: all that it and its dependencies are given by name (never `query_params`)."""
    given = [handler.fn, *(each.dependency for each in handler.resolve_dependencies().values())]
    return frozenset(name for each in given for name in signature(each).parameters)


def _without_marks(send: Any) -> Callable[[Any], Awaitable[None]]:
    async def strip(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _passing(message)
        await send(message)

    return strip


def _passing(start: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers without the marks. What could have been kept and was not has no ETag, and is in no packing: it is the
    visitor's own, lest a cache on the way takes it for the page at this address.
    """
    might_be_kept = start["status"] == 200 and any(name == STORE for name, _value in start["headers"])
    return [
        (name, value.replace(b"public", b"private") if might_be_kept and name == b"cache-control" else value)
        for name, value in start["headers"]
        if name not in MARKS
    ]


# No backslash: browsers take one for a slash, and the address would lead to another host.
_SLASHED = re.compile(rb"/[!-\[\]-~]*")


async def _lead_to_clean_address(scope: Any, send: Any) -> None:
    """The router takes /de//de/ for /de/de/; everybody else would take them for two pages."""
    clean = re.sub(rb"/{2,}", b"/", scope["raw_path"])
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    headers = [(b"location", clean + query), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 301, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _names(query: bytes) -> frozenset[str] | None:
    """The names that a query gives; None when it had better be looked at by the door."""
    if not query:
        return _NO_NAMES
    if len(query) > LONGEST_QUERY or b"%00" in query:
        return None
    return frozenset(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))


_NO_NAMES: frozenset[str] = frozenset()


def _cookies(header: bytes) -> SentCookies:
    if not header:
        return {}
    parts = (part.strip().partition("=") for part in header.decode("latin-1").split(";"))
    return {name: value.strip('"') for name, _, value in parts if name}
