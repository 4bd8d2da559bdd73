"""The outermost layer: security headers on every answer, a request id, one log line, and the counters of /metrics."""

import secrets
import time
from collections.abc import Iterable
from typing import Any

import structlog
from litestar.types import ASGIApp, Receive, Send
from prometheus_client import CollectorRegistry, Counter, Histogram

REQUEST_ID = "request_id"


class Guard:
    """Wraps the whole application. `pay_hosts` are the hosts a form may lead to besides our own."""

    def __init__(self, app: ASGIApp, *, secure: bool, pay_hosts: Iterable[str], log: bool, metrics: "Metrics") -> None:
        self._app = app
        self._log = structlog.get_logger("http") if log else None
        self._metrics = metrics
        self._headers = _security_headers(secure=secure, pay_hosts=pay_hosts)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id, began, status = secrets.token_hex(8), time.perf_counter(), 0
        scope.setdefault("state", {})[REQUEST_ID] = request_id

        async def send_guarded(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += self._headers
                if not any(name == b"referrer-policy" for name, _value in message["headers"]):
                    message["headers"].append(_REFERRER)
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        if scope["method"] == "HEAD":
            # A copy: the server looks at its own scope to know that no body may follow.
            asked: Any = {**scope, "method": "GET"}
            await self._app(asked, receive, _headers_only(send_guarded))
        else:
            await self._app(scope, receive, send_guarded)
        seconds = time.perf_counter() - began
        self._metrics.seen(scope["path"], status, seconds)
        if self._log is not None:
            self._log.info(
                "request",
                id=request_id,
                method=scope["method"],
                path=_shown(scope["path"]),
                status=status,
                ms=round(seconds * 1000, 1),
            )


def _headers_only(send: Send) -> Send:
    """HEAD is GET without the body, for every door alike."""

    async def without_body(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
        await send(message)

    return without_body


_REFERRER = (b"referrer-policy", b"same-origin")  # no-referrer would make a form on our own page send `Origin: null`
_SECRET_PATHS = ("/invite/", "/till/")


def _shown(path: str) -> str:
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


class Metrics:
    """Requests by door and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("softlaunch_requests", "Requests answered", ("door", "status"), registry=self.registry)
        self._seconds = Histogram("softlaunch_request_seconds", "Time to answer", ("door",), registry=self.registry)
        self._found: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def seen(self, path: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        count, took = self._of(_door(path), status)
        count.inc()
        took.observe(seconds)

    def _of(self, door: str, status: int) -> tuple[Counter, Histogram]:
        """The two meters of a door and status, found once: looking them up by label costs as much as counting."""
        found = self._found.get((door, status))
        if found is None:
            found = self._requests.labels(door, str(status)), self._seconds.labels(door)
            self._found[door, status] = found
        return found


_DOORS = {"desk": "desk", "console": "console", "webhooks": "webhook", "api": "api", "static": "static", "till": "till"}


def _door(path: str) -> str:
    return _DOORS.get(path.split("/", 2)[1] if "/" in path else "", "shop")
