"""`make bench`: one table of ratios. Both sides run one after the other, pinned to one core, several times over."""

import json
import os
import platform
import statistics
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

import brotli
from sqlmodel import col, update

from shop.base.clock import system_clock
from shop.base.db import Database
from shop.base.settings import from_environment
from shop.catalogue.models import Stock
from shop.demo import showing
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from tests.bench import alarms, board, edits, load, pages, processes, support, writes
from tests.bench.buying import PRODUCT, SKU, buy
from tests.bench.painting import largest_paints
from tests.bench.servers import ROOT, SHOP, Server, serving
from tests.machine import free_port

ROUNDS, PAGES, DRAWN, PURCHASES = 5, 4_000, 150, 10
CATALOGUE = "/de/de/"
# As a browser asks, which is counted; a program is not.
BR = "Accept-Encoding: br\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
# A visitor with a cookie of the staff's is drawn every page anew, though nobody is signed in by this one.
FRESH = f"{BR}Cookie: staff=nobody\r\n"
NOT_SENT_AGAIN = ("transfer-encoding", "connection", "date", "server", "content-length")


def main() -> None:
    """Measure and print."""
    load.on_core_1()
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-") as folder:
        house = {"SOFTLAUNCH_DATA_DIR": folder, "SOFTLAUNCH_LOG_FORMAT": "off"}
        _load(house)
        port, bare_port = free_port(), free_port()
        house |= {"SOFTLAUNCH_PORT": str(port), "SOFTLAUNCH_BASE_URL": f"http://127.0.0.1:{port}"}
        with serving(SHOP, house, port=port, ready="/healthz") as ours:
            body, headers = _fetch(port, CATALOGUE)
            bytes_of = {"BENCH_BODY": f"{folder}/body", "BENCH_HEADERS": f"{folder}/headers"}
            Path(bytes_of["BENCH_BODY"]).write_bytes(body)
            Path(bytes_of["BENCH_HEADERS"]).write_text(json.dumps(headers))
            with (
                serving("tests.bench.bare:served", bytes_of, port=bare_port, ready="/page") as bare,
                serving("tests.bench.bare:plain", bytes_of, port=free_port(), ready="/page") as plain,
            ):
                ours.settle()
                _report(ours, bare, plain, body)
            load.on_all_cores()
            _paints(f"http://127.0.0.1:{port}")
    _buying()
    _support()
    _stopping()


def _buying() -> None:
    print("\nThe writes of a purchase, and two processes over one PostgreSQL\n")
    for line in chain(writes.lines(), processes.lines()):
        _line(*line)


def _report(ours: Server, bare: Server, plain: Server, body: bytes) -> None:
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {ROUNDS} rounds of {PAGES} pages\n"
    )
    ratio, mine, theirs = _paired(lambda: _cpu(ours, CATALOGUE), lambda: _cpu(plain, "/page"))
    _line("cached page: CPU of a bare ASGI app / ours", ratio, ">= 0.8", f"{_us(mine)} against {_us(theirs)}")
    ratio, mine, theirs = _paired(lambda: _cpu(ours, CATALOGUE), lambda: _cpu(bare, "/page"))
    _line("cached page: CPU of a bare handler / ours", ratio, ">= 0.6", f"{_us(mine)} against {_us(theirs)}")
    ratio, mine, theirs = _paired(
        lambda: _cpu(ours, CATALOGUE, times=DRAWN, headers=FRESH), lambda: _cpu(bare, "/page"), turned=True
    )
    _line("page drawn anew: our CPU / a bare handler's", ratio, "<= 14", f"{_us(mine)} against {_us(theirs)}")
    ratio, mine, theirs = _paired(lambda: _purchase(ours), lambda: _cpu(bare, "/page"), turned=True)
    _line("a whole purchase: our CPU / a bare handler's", ratio, "<= 80", f"{_us(mine)} against {_us(theirs)}")
    for server, path in ((ours, CATALOGUE), (bare, "/page")):
        load.ask(server.port, path, 10_000, headers=BR)
    memory = ours.memory_bytes() / bare.memory_bytes()
    _line(
        "memory after 10,000 pages: ours / bare",
        memory,
        "<= 2",
        f"{ours.memory_bytes() / 1e6:.0f} MB against {bare.memory_bytes() / 1e6:.0f} MB",
    )
    starts = _starts()
    _line(
        "start to first answer: ours / bare",
        starts[0] / starts[1],
        "<= 2",
        f"{starts[0]:.2f} s against {starts[1]:.2f} s",
    )
    sheet = brotli.compress((ROOT / "shop" / "static" / "style.css").read_bytes(), quality=5)
    weight = (len(body) + len(sheet)) / 1000
    _line(
        "catalogue page, HTML + CSS compressed (kB)",
        weight,
        "<= 30",
        f"{len(body) / 1000:.1f} kB HTML, {len(sheet) / 1000:.1f} kB CSS",
    )


def _paints(base: str) -> None:
    painted = largest_paints(base, (CATALOGUE, PRODUCT))
    for name, path in (("home", CATALOGUE), ("product", PRODUCT)):
        what = f"largest paint of the {name} page, slow phone (ms)"
        if painted:
            _line(what, painted[path], "< 1000", "median of 3, first visit, processor 4 times slower")
        else:
            print(f"{what:<52} skipped: there is no browser on this machine")


def _support() -> None:
    print("\nThe support desk; seconds are of processor, milliseconds on PostgreSQL by the clock\n")
    for line in support.lines():
        _line(*line)
    print("\nThe board; by the clock\n")
    for line in board.lines():
        _line(*line)
    print("\nPages of desk, console and programs, and the check; by the clock\n")
    for line in pages.lines():
        _line(*line)
    print("\nEditing the set-up; seconds are of processor\n")
    for line in edits.lines():
        _line(*line)


def _stopping() -> None:
    print("\nStopping a market: healthy ones by mistake, sick ones after how many orders\n")
    for line in alarms.lines():
        _line(*line)


def _line(what: str, value: float, aim: str, detail: str) -> None:
    print(f"{what:<52} {value:7.2f}   aim {aim or 'none':<8} {detail}", flush=True)


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} us"


def _paired(
    ours: Callable[[], float], bare: Callable[[], float], *, turned: bool = False
) -> tuple[float, float, float]:
    """The median of the ratios of pairs measured one after the other, bare by ours or `turned`, and both medians."""
    pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs if turned else theirs / mine for mine, theirs in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs), statistics.median(theirs for _, theirs in pairs)


def _cpu(server: Server, path: str, *, times: int = PAGES, headers: str = BR) -> float:
    """CPU seconds of the server for one answer."""
    before = server.cpu_seconds()
    load.ask(server.port, path, times, headers=headers)
    return (server.cpu_seconds() - before) / times


def _purchase(server: Server) -> float:
    """CPU seconds of the server for one purchase, its mails not yet sent."""
    before = server.cpu_seconds()
    for _ in range(PURCHASES):
        buy(server.port)
    return (server.cpu_seconds() - before) / PURCHASES


def _starts() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-") as folder:
        environment = {**os.environ, "SOFTLAUNCH_DATA_DIR": folder, "SOFTLAUNCH_LOG_FORMAT": "off"}
        _load(environment)
        (Path(folder) / "body").write_bytes(b"x" * 20_000)
        ours, bare = [], []
        for _ in range(3):
            with serving(SHOP, environment, port=free_port(), ready="/healthz") as server:
                ours.append(server.start_seconds)
            with serving(
                "tests.bench.bare:served", {"BENCH_BODY": f"{folder}/body"}, port=free_port(), ready="/page"
            ) as server:
                bare.append(server.start_seconds)
        return statistics.median(ours), statistics.median(bare)


def _load(environment: Mapping[str, str]) -> None:
    """Put the demo exporter into the data folder that the environment names."""
    settings = from_environment({**os.environ, **environment})
    database = Database(settings.database_url)
    migrate(database)
    showing.load(database, PolicyLibrary(settings.policies_dir), now=system_clock())
    with database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == SKU).values(on_hand=10_000))
    database.close()


def _fetch(port: int, path: str) -> tuple[bytes, list[tuple[str, str]]]:
    """The packed page and the headers it comes with."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server on loopback
        headers = [(name.lower(), value) for name, value in answer.headers.items()]
        kept = [pair for pair in headers if pair[0] not in NOT_SENT_AGAIN]
        body: bytes = answer.read()
        return body, [*kept, ("content-length", str(len(body)))]


main()
