"""`make bench`: one table of ratios. Both sides run one after the other, pinned to one core, several times over."""

import os
import platform
import statistics
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

import brotli

from shop.base.clock import system_clock
from shop.base.db import Database
from shop.base.settings import from_environment
from shop.demo import showing
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from tests.bench import load
from tests.bench.servers import ROOT, Server, free_port, serving

ROUNDS, PAGES = 5, 4_000
CATALOGUE = "/de/de/"
BR = "Accept-Encoding: br\r\n"


def main() -> None:
    """Measure and print."""
    load.on_core_1()
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-") as folder:
        house = {"SOFTLAUNCH_DATA_DIR": folder, "SOFTLAUNCH_LOG_FORMAT": "off"}
        _load(house)
        port, bare_port = free_port(), free_port()
        house |= {"SOFTLAUNCH_PORT": str(port), "SOFTLAUNCH_BASE_URL": f"http://127.0.0.1:{port}"}
        with serving("shop.app:served", house, port=port, ready="/healthz") as ours:
            body = _fetch(port, CATALOGUE)
            body_file = Path(folder) / "body"
            body_file.write_bytes(body)
            with serving(
                "tests.bench.bare:served", {"BENCH_BODY": str(body_file)}, port=bare_port, ready="/page"
            ) as bare:
                _report(ours, bare, body)


def _report(ours: Server, bare: Server, body: bytes) -> None:
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {ROUNDS} rounds of {PAGES} pages\n"
    )
    ratio, mine, theirs = _paired(lambda: _cpu(ours, CATALOGUE), lambda: _cpu(bare, "/page"))
    _line(
        "cached catalogue page: bare CPU / our CPU",
        ratio,
        ">= 0.6",
        f"{mine * 1e6:.0f} us against {theirs * 1e6:.0f} us",
    )
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


def _line(what: str, value: float, aim: str, detail: str) -> None:
    print(f"{what:<48} {value:7.2f}   aim {aim:<8} {detail}")


def _paired(ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float, float]:
    """The median of the ratios of pairs measured one after the other, and both medians."""
    pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs), statistics.median(theirs for _, theirs in pairs)


def _cpu(server: Server, path: str) -> float:
    """CPU seconds of the server for one answer."""
    before = server.cpu_seconds()
    load.ask(server.port, path, PAGES, headers=BR)
    return (server.cpu_seconds() - before) / PAGES


def _starts() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-") as folder:
        environment = {**os.environ, "SOFTLAUNCH_DATA_DIR": folder, "SOFTLAUNCH_LOG_FORMAT": "off"}
        _load(environment)
        (Path(folder) / "body").write_bytes(b"x" * 20_000)
        ours, bare = [], []
        for _ in range(3):
            with serving("shop.app:served", environment, port=free_port(), ready="/healthz") as server:
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
    database.close()


def _fetch(port: int, path: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server on loopback
        body: bytes = answer.read()
        return body


main()
