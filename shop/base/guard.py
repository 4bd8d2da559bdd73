"""The outermost layer: security headers on every answer, a request id, one log line, and the counters of /metrics."""

import secrets
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import structlog
from litestar.types import ASGIApp, Receive, Send

from shop.base.kept import Ready
from shop.base.metrics import Metrics

REQUEST_ID = "request_id"

Headers = dict[bytes, bytes]  # of a request; of one that is sent twice the last
Sent = list[tuple[bytes, bytes]]  # headers of an answer


class Guard:
    """Wraps the whole application. `pay_hosts` are the hosts a form may lead to besides our own.

    `saw` is told of every answer: the request's scope, its headers, the status, the Content-Type. What `at_once` has for
    a request and its headers is sent as it is, past everything inside.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        secure: bool,
        pay_hosts: Iterable[str],
        log: bool,
        metrics: Metrics,
        saw: Callable[[Any, Headers, int, bytes], None] = lambda _scope, _headers, _status, _kind: None,
        at_once: Callable[[Any, Headers], Ready | None] = lambda _scope, _headers: None,
    ) -> None:
        self._app = app
        self._saw, self._at_once = saw, at_once
        self._log = structlog.get_logger("http") if log else None
        self._metrics = metrics
        self._headers = _security_headers(secure=secure, pay_hosts=pay_hosts)
        self._with_referrer = [*self._headers, _REFERRER]
        self._process, self._numbers = secrets.token_hex(4), count(1)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id, began = f"{self._process}{next(self._numbers):08x}", time.perf_counter()
        headers: Headers = dict(scope["headers"])
        plain = b"host" in headers and len(headers) == len(scope["headers"])
        ready = self._at_once(scope, headers) if plain or _names_its_host(scope) else _BAD_REQUEST
        if ready is None:
            status, kind = await self._through(scope, receive, send, request_id)
        else:
            status, kind = ready.start["status"], ready.kind
            headed = self._guarded(ready.start["headers"], request_id, refers=ready.refers)
            await send({"type": "http.response.start", "status": status, "headers": headed})
            await send(ready.body)  # type: ignore[arg-type]
        seconds = time.perf_counter() - began
        self._metrics.seen(scope["path"], status, seconds)
        self._saw(scope, headers, status, kind)
        if self._log is not None:
            path, ms = shown_path(scope["path"]), round(seconds * 1000, 1)
            self._log.info("request", id=request_id, method=scope["method"], path=path, status=status, ms=ms)

    async def _through(self, scope: Any, receive: Receive, send: Send, request_id: str) -> tuple[int, bytes]:
        """Have it answered inside; the status and the Content-Type that were sent."""
        status, kind = 0, b""
        scope.setdefault("state", {})[REQUEST_ID] = request_id

        async def send_guarded(message: Any) -> None:
            nonlocal status, kind
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = next((value for name, value in message["headers"] if name == b"content-type"), b"")
                refers = b"referrer-policy" in dict(message["headers"])
                message = {**message, "headers": self._guarded(message["headers"], request_id, refers=refers)}
            await send(message)

        if scope["method"] == "HEAD":
            # A copy: the server looks at its own scope to know that no body may follow.
            asked: Any = {**scope, "method": "GET"}
            await self._app(asked, receive, _headers_only(send_guarded))
        else:
            await self._app(scope, receive, send_guarded)
        return status, kind

    def _guarded(self, headers: Sent, request_id: str, *, refers: bool) -> Sent:
        """The headers and ours, in a list of its own: those of a kept page are sent again. `refers`: they say it already."""
        ours = self._headers if refers else self._with_referrer
        return [*headers, *ours, (b"x-request-id", request_id.encode())]


def _names_its_host(scope: Any) -> bool:
    """Whether there is one Host, without which only HTTP/1.0 asks (RFC 9112, 3.2)."""
    hosts = len([name for name, _value in scope["headers"] if name == b"host"])
    return hosts == 1 or (hosts == 0 and scope.get("http_version") != "1.1")


_TEXT = b"text/plain; charset=utf-8"
_BAD_REQUEST = Ready(
    {"status": 400, "headers": [(b"content-type", _TEXT), (b"content-length", b"11")]},
    {"type": "http.response.body", "body": b"Bad Request", "more_body": False},
    kind=_TEXT,
    refers=False,
)


def _headers_only(send: Send) -> Send:
    """HEAD is GET without the body, for every door alike."""

    async def without_body(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
        await send(message)

    return without_body


_REFERRER = (b"referrer-policy", b"same-origin")  # no-referrer would make a form on our own page send `Origin: null`
_SECRET_PATHS = ("/invite/", "/till/", "/dry-run/", "/new-password/")


def shown_path(path: str) -> str:
    """The path as it may be logged: what stands behind these prefixes is a secret."""
    for prefix in _SECRET_PATHS:
        if path.startswith(prefix):
            return f"{prefix}…"
    return path


def _security_headers(*, secure: bool, pay_hosts: Iterable[str]) -> list[tuple[bytes, bytes]]:
    form_action = " ".join(("'self'", *pay_hosts))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        f"form-action {form_action}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if secure:
        headers.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
    return headers
