"""The outermost layer: headers on every answer, HEAD without a body, a line in the log that names no secret, counters."""

from typing import Any

import anyio
import pytest
import structlog
from prometheus_client import generate_latest

from shop.base.guard import Guard
from shop.base.kept import Ready
from shop.base.metrics import Metrics


class Inner:
    """An application that answers what it is told, and remembers how it was asked."""

    def __init__(self, *, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = (), parts: int = 1) -> None:
        self.status, self.headers, self.parts = status, headers, parts
        self.methods: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.methods.append(scope["method"])
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        for number in range(self.parts):
            await send({"type": "http.response.body", "body": b"part", "more_body": number + 1 < self.parts})


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [("1.1", 1, 200), ("1.1", 0, 400), ("1.1", 2, 400), ("1.0", 0, 200), ("1.0", 1, 200), ("1.0", 2, 400)],
)
def test_a_request_names_its_host_once(version: str, hosts: int, status: int) -> None:
    got: list[Any] = []
    inner, metrics = Inner(), Metrics()

    async def send(message: Any) -> None:
        got.append(message)

    async def ask() -> None:
        headers = [(b"accept", b"a"), (b"accept", b"b"), *[(b"host", b"shop.example")] * hosts]
        scope = {"type": "http", "http_version": version, "method": "GET", "path": "/", "headers": headers}
        await guarded(inner, metrics=metrics)(scope, None, send)  # type: ignore[arg-type]

    anyio.run(ask)
    assert got[0]["status"] == status and bool(inner.methods) is (status == 200)
    assert b"content-security-policy" in dict(got[0]["headers"])
    assert f'status="{status}"'.encode() in generate_latest(metrics.registry)


def asked(guard: Guard, path: str = "/", method: str = "GET") -> tuple[dict[bytes, bytes], bytes]:
    got: list[Any] = []

    async def send(message: Any) -> None:
        got.append(message)

    async def ask() -> None:
        await guard({"type": "http", "method": method, "path": path, "headers": []}, None, send)  # type: ignore[arg-type]

    anyio.run(ask)
    assert len({name for name, _value in got[0]["headers"]}) == len(got[0]["headers"]), "a header stands twice"
    return dict(got[0]["headers"]), b"".join(message["body"] for message in got[1:])


def guarded(inner: Inner, *, secure: bool = False, log: bool = False, metrics: Metrics | None = None) -> Guard:
    return Guard(inner, secure=secure, pay_hosts=("https://pay.example",), log=log, metrics=metrics or Metrics())  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [200, 303, 404, 500])
def test_every_answer_is_guarded(status: int) -> None:
    headers, _body = asked(guarded(Inner(status=status)))
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'; script-src 'self'")
    assert b"form-action 'self' https://pay.example" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff" and headers[b"referrer-policy"] == b"same-origin"
    assert b"strict-transport-security" not in headers


def test_https_is_asked_for_only_where_it_is_spoken() -> None:
    assert b"max-age=" in asked(guarded(Inner(), secure=True))[0][b"strict-transport-security"]


def test_a_stricter_referrer_policy_of_a_page_stays() -> None:
    inner = Inner(headers=((b"referrer-policy", b"no-referrer"),))
    assert asked(guarded(inner))[0][b"referrer-policy"] == b"no-referrer"


def test_the_headers_of_a_kept_answer_stay_as_they_are() -> None:
    kept = {"type": "http.response.start", "status": 200, "headers": [(b"etag", b"1")]}

    async def same(_scope: Any, _receive: Any, send: Any) -> None:
        await send(kept)
        await send({"type": "http.response.body", "body": b""})

    guard = guarded(same)  # type: ignore[arg-type]
    assert all(b"x-request-id" in asked(guard)[0] for _ in range(2)) and kept["headers"] == [(b"etag", b"1")]


def test_each_request_has_a_number_of_its_own() -> None:
    guard = guarded(Inner())
    assert len({asked(guard)[0][b"x-request-id"] for _ in range(5)}) == 5


@pytest.mark.parametrize("parts", [1, 3])
def test_a_head_is_asked_as_a_get_and_answered_without_a_body(parts: int) -> None:
    inner = Inner(headers=((b"content-length", b"4"),), parts=parts)
    headers, body = asked(guarded(inner), method="HEAD")
    assert body == b"" and headers[b"content-length"] == b"4" and inner.methods == ["GET"]


@pytest.mark.parametrize("path", ["/invite/SECRET", "/till/SECRET"])
def test_the_log_names_no_secret(path: str) -> None:
    structlog.reset_defaults()  # an application built before may have been told to be quiet
    with structlog.testing.capture_logs() as lines:
        asked(guarded(Inner(), log=True), path)
        asked(guarded(Inner(), log=True), "/de/de/orders/DE-26-AAAAAA")
    assert "SECRET" not in str(lines)
    assert [line["path"] for line in lines] == [path.replace("SECRET", "…"), "/de/de/orders/DE-26-AAAAAA"]
    assert all(line["status"] == 200 and line["id"] for line in lines)


def test_the_counters_know_doors_and_not_addresses() -> None:
    metrics = Metrics()
    guard = guarded(Inner(), metrics=metrics)
    for path in (
        "/",
        "/de/de/",
        "/de/de/orders/DE-26-AAAAAA",
        "/desk/orders",
        "/console",
        "/till/SECRET",
        "/webhooks/stripe",
        "/static/x/y",
        "/" + "x" * 500,
    ):
        asked(guard, path)
    told = generate_latest(metrics.registry).decode()
    assert 'softlaunch_requests_total{door="shop",status="200"} 4.0' in told
    assert "SECRET" not in told and "AAAAAA" not in told and "xxx" not in told


def test_what_is_not_http_passes_untouched() -> None:
    passed: list[tuple[Any, ...]] = []
    asked_for, receive, send = {"type": "lifespan"}, object(), object()

    async def inner(*given: Any) -> None:
        passed.append(given)

    async def ask() -> None:
        await guarded(inner)(asked_for, receive, send)  # type: ignore[arg-type]

    anyio.run(ask)
    assert passed == [(asked_for, receive, send)] and asked_for == {"type": "lifespan"}


def test_what_is_there_at_once_is_guarded_counted_and_numbered_like_everything_else() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
    body = {"type": "http.response.body", "body": b"kept", "more_body": False}
    seen: list[tuple[int, bytes]] = []
    inner, metrics = Inner(), Metrics()
    guard = Guard(
        inner,  # type: ignore[arg-type]
        secure=False,
        pay_hosts=(),
        log=False,
        metrics=metrics,
        saw=lambda _scope, _headers, status, kind: seen.append((status, kind)),
        at_once=lambda scope, _headers: (
            Ready(start, body, b"text/html", refers=False) if scope["path"] == "/kept" else None
        ),
    )
    (kept, text), (drawn, _body) = asked(guard, "/kept"), asked(guard, "/drawn")
    assert text == b"kept" and inner.methods == ["GET"] and len(start["headers"]) == 1  # type: ignore[arg-type]
    ours = {name for name in drawn if name != b"x-request-id"}
    assert {name: kept[name] for name in ours} == {name: drawn[name] for name in ours}
    assert kept[b"x-request-id"] != drawn[b"x-request-id"] and seen[0] == (200, b"text/html")
    assert b'softlaunch_requests_total{door="shop",status="200"} 2.0' in generate_latest(metrics.registry)
