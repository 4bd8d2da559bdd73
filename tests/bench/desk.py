"""Figures of the desk: the queue at a million requests against ten thousand, and other pages while forty queues are live."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.staff.arrival import Staff
from shop.staff.models import Person
from shop.support.workplace.queue import counts, queue, scope_of
from shop.support.workplace.sight import rows
from tests.bench import load
from tests.bench.alternating import alternating
from tests.bench.many import NOW, Many
from tests.bench.servers import SHOP, serving
from tests.machine import free_port
from tests.world import PASSWORD

TIMES, ROUNDS, PAGES, STREAMS = 40, 5, 100, 40
TABS = ("mine", "waiting", "overdue", "all")

Line = tuple[str, float, str, str]


def queue_lines(databases: list[Database], sizes: Sequence[int], known: Many) -> Iterator[Line]:
    """The pages of the queue in a small and a large database."""
    engine = "SQLite" if databases[0].sqlite else "PostgreSQL"
    for person, who in ((known.agent, "agent"), (known.exporter, "exporter")):
        for tab in TABS:
            if who == "exporter" and tab == "mine":
                continue
            small, large = alternating([_looking(each, person, tab) for each in databases], TIMES)
            ratio = median(mine / theirs for mine, theirs in zip(large, small, strict=True))
            detail = f"{median(large) * 1000:.1f} ms against {median(small) * 1000:.1f} ms; {engine}"
            yield f"queue of an {who}, {tab}: {sizes[1]:,} / {sizes[0]:,}", ratio, "<= 1.3", detail


def _looking(database: Database, person: str, tab: str) -> Callable[[], None]:
    """Everything the page asks of the database: who, the counts of all tabs, a page, and the page after it."""
    tongue = Languages(ROOT / "locales").tongue("en")

    def look() -> None:
        with database.reading() as db:
            scope = scope_of(db, Staff(db.get_one(Person, person), tongue))
            counts(db, scope, now=NOW)
            _further(db, scope, tab)

    def _further(db: Session, scope: Any, tab: str) -> None:
        page, after = queue(db, scope, tab, now=NOW)
        rows(db, page, tongue, now=NOW)
        if after:
            queue(db, scope, tab, now=NOW, after=after)

    return look


def stream_lines(url: str, folder: Path, known: Many) -> Iterator[Line]:
    """Another page of the desk while many queues are live."""
    port = free_port()
    house = {"SOFTLAUNCH_DATA_DIR": str(folder), "SOFTLAUNCH_DATABASE_URL": url, "SOFTLAUNCH_LOG_FORMAT": "off"}
    house |= {"SOFTLAUNCH_PORT": str(port), "SOFTLAUNCH_BASE_URL": f"http://127.0.0.1:{port}"}
    with serving(SHOP, house, port=port, ready="/healthz") as server:
        cookie = _signed_in(port, f"{known.agent}@example.com")

        def ask() -> float:
            """CPU seconds of the server for one page, with whatever else it does meanwhile."""
            before = server.cpu_seconds()
            load.ask(port, "/desk?tab=answered", PAGES, headers=cookie, connections=4)
            return (server.cpu_seconds() - before) / PAGES

        ask()
        pairs = []
        for _ in range(ROUNDS):
            alone = ask()
            with _streams(port, cookie):
                pairs.append((ask(), alone))
    ratio = median(live for live, _ in pairs) / median(alone for _, alone in pairs)
    shown = [median(each) * 1000 for each in zip(*pairs, strict=True)]
    detail = f"{shown[0]:.1f} ms of CPU against {shown[1]:.1f} ms"
    yield f"a page while {STREAMS} streams are open / none", ratio, "<= 1.2", detail


@contextmanager
def _streams(port: int, cookie: str) -> Iterator[None]:
    """So many live queues, each of which the server has begun to answer."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(STREAMS)
        ]
        for each in opened:
            each.sendall(f"GET /desk/queue/stream HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n".encode())
        for each in opened:
            if not each.recv(64).startswith(b"HTTP/1.1 200"):
                raise RuntimeError("a stream was refused")
        yield


def _signed_in(port: int, email: str) -> str:
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, headers={"origin": base}) as client:
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        if answer.status_code != 303:
            raise RuntimeError(f"signing in answered {answer.status_code}")
        return "Cookie: " + "; ".join(f"{name}={value}" for name, value in client.cookies.items()) + "\r\n"
