"""The layer in front of the page cache that turns one visitor's requests into those of the customer of a dry run.

It puts the customer's cookies in the place of the visitor's, says at what instant the shop answers, keeps the answer
from every cache and counter, and sets a strip before the page. Nothing can be changed while it lasts but itself.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, Receive

from shop.base.clock import Clock
from shop.base.pagecache import MARKS
from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.checkout.cart import Cart, Carts
from shop.ground.errors import Refusal
from shop.launches.rehearsing.run import COOKIE, DryRun, opened
from shop.markets.admission import REHEARSED, AdmissionCookies
from shop.scorecard.front import UNCOUNTED

STATE = "dry_run"
PRIVATE = [(b"cache-control", b"private, no-store"), (b"x-robots-tag", b"noindex")]
_LEFT_OUT = {b"content-length", b"cache-control", b"x-robots-tag", b"etag", b"set-cookie", b"vary", *MARKS}
_SHOP_WIDE = ("/choice", "/invite/", "/till/")  # doors of customers that name no market
_BODY = re.compile(rb"<body[^>]*>")

Strip = Callable[[DryRun], bytes]


class OnlyLooking(Refusal):
    """In a dry run nothing can be sent; the shop is only looked at."""


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """What the layer asks besides the application. `strip(run)` draws the strip, and reads the database for it."""

    clock: Clock
    signer: Signer
    cookies: Cookies
    admissions: AdmissionCookies
    strip: Strip


class DryRuns:
    """The layer. `cached` is what answers everybody else, `router` answers a dry run past the cache."""

    def __init__(self, cached: ASGIApp, router: ASGIApp, parts: Rehearsing) -> None:
        self._cached, self._app, self._parts = cached, router, parts
        self._name = parts.cookies.name(COOKIE).encode() + b"="

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        run = self._run(scope) if scope["type"] == "http" else None
        if run is None or not (run.covers(scope["path"]) or scope["path"].startswith(_SHOP_WIDE)):
            return await self._cached(scope, receive, send)
        scope.setdefault("state", {}).update({STATE: run, UNCOUNTED: True})
        asked: Any = {**scope, "headers": self._as_customer(scope["headers"], run)}
        strip = await asyncio.to_thread(self._parts.strip, run)
        return await self._app(asked, receive, _Before(strip, send))

    def _run(self, scope: Any) -> DryRun | None:
        """The dry run this visitor is in; for everybody else the price is one look at a header."""
        sent = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
        if self._name not in sent:
            return None
        parts = (part.strip().partition(b"=") for part in sent.split(b";"))
        text = next((value for name, _, value in parts if name + b"=" == self._name), b"")
        return opened(text.decode("latin-1"), self._parts.signer, now=self._parts.clock())

    def _as_customer(self, headers: Any, run: DryRun) -> list[tuple[bytes, bytes]]:
        """The headers with the cookies that such a customer has, and nothing of who looks."""
        made = []
        if run.let_in:
            made.append(self._parts.admissions.admission(run.market, REHEARSED, COOKIE))
        if run.sku:
            cart = Cart({run.sku: 1}, mark=COOKIE)
            made += Carts(self._parts.cookies, self._parts.signer).cookies(cart, run.market)
        cookie = "; ".join(f"{each.key}={each.value}" for each in made).encode()
        kept = [pair for pair in headers if pair[0] not in (b"cookie", b"if-none-match", b"authorization")]
        return [*kept, (b"cookie", cookie)]


class _Before:
    """Holds one answer until it is whole, and sends it with the strip before what its page shows."""

    def __init__(self, strip: bytes, send: Any) -> None:
        self._strip, self._send = strip, send
        self._start: Any = None
        self._body = b""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._whole()

    async def _whole(self) -> None:
        headers = [pair for pair in self._start["headers"] if pair[0].lower() not in _LEFT_OUT]
        body = self._body
        if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
            body = _BODY.sub(lambda found: found[0] + self._strip, body, count=1)
        headers += [*PRIVATE, (b"content-length", str(len(body)).encode())]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def run_of(scope: Any) -> DryRun | None:
    """The dry run that a request is part of."""
    run: DryRun | None = scope.get("state", {}).get(STATE)
    return run


def refuse_in_dry_run(request: Request[Any, Any, Any]) -> None:
    """Nothing is sent in a dry run. Raises OnlyLooking."""
    run = run_of(request.scope)
    if run is not None and request.method not in ("GET", "HEAD", "OPTIONS"):
        raise OnlyLooking(home_url=run.home)
