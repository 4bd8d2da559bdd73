"""Figures of two serving processes against one, over one PostgreSQL: pages drawn anew, and purchases.

Customers, shops and database share this machine's processors, so that requests a second say little with two cores. What a
second process may bring is in what a request costs: where two need no more processor for the same work than one, each
further core brings another process's worth, until the database is full.

python -m tests.bench.processes
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from tests.bench import load
from tests.bench.servers import SHOP, Server, serving
from tests.bench.writes import filled
from tests.faults.browsers import together
from tests.faults.customers import BLENDER, customers, on_shelf
from tests.faults.fault import Place
from tests.machine import free_port
from tests.postgres import found, running_postgres

ROUNDS, PAGES, PURCHASES, PARALLEL = 5, 160, 16, 8
PAGE = "/de/de/"
FRESH = "Accept-Encoding: br\r\nCookie: staff=nobody\r\n"  # drawn anew every time

Line = tuple[str, float, str, str]


class Spent(NamedTuple):
    """Seconds by the clock, and seconds of the shops' processors."""

    clock: float
    processor: float


def lines() -> Iterator[Line]:
    """What was measured: what, the figure, its aim, and how it was made up."""
    if found() is None:
        yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
        return
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-processes-") as folder, ExitStack() as stack:
        server = stack.enter_context(running_postgres())
        url = server.url(server.create()).replace("://", "+psycopg://", 1)
        filled(url)
        on_shelf(Place("postgres", url, Path(folder)), {BLENDER: 100_000})
        house = {"SOFTLAUNCH_DATA_DIR": folder, "SOFTLAUNCH_DATABASE_URL": url, "SOFTLAUNCH_LOG_FORMAT": "off"}
        ports = [free_port() for _ in range(2)]
        # Customers come from addresses of their own: one address may hold only so much unpaid.
        house |= {"SOFTLAUNCH_BASE_URL": f"http://127.0.0.1:{ports[0]}", "SOFTLAUNCH_TRUSTED_PROXIES": "127.0.0.1"}
        shops = [
            stack.enter_context(serving(SHOP, house, port=port, ready="/healthz", core=core))
            for core, port in enumerate(ports)
        ]
        for each in shops:
            each.settle()
        yield from _compared(shops)


def _compared(shops: Sequence[Server]) -> Iterator[Line]:
    begun = range(0, 2 * PURCHASES * (ROUNDS + 1), 2 * PURCHASES)
    pairs = [(_worked(shops[:1], shops, first=each), _worked(shops, shops, first=each + PURCHASES)) for each in begun]
    one, two = zip(*pairs[1:], strict=True)  # the first of each warms up
    price = median(alone.processor / both.processor for alone, both in pairs[1:])
    pace = median(alone.clock / both.clock for alone, both in pairs[1:])
    spent = [median(each.processor for each in of) for of in (two, one)]
    made = f"{PAGES} pages drawn anew and {PURCHASES} purchases at a time, {os.cpu_count()} cores for all"
    what = "two processes / one: twice what one pays for the same work / what two pay"
    yield what, 2 * price, ">= 1.7", f"{spent[0]:.2f} s of processor against {spent[1]:.2f} s; {made}"
    yield "two processes / one: requests a second, everything on this machine", pace, "", made


def _worked(asked: Sequence[Server], shops: Sequence[Server], *, first: int) -> Spent:
    """What the same work takes, however many are asked. The mails that follow are sent by whichever process finds them first."""
    before, began = sum(each.cpu_seconds() for each in shops), perf_counter()
    asyncio.run(_work([each.port for each in asked], first=first))
    clock = perf_counter() - began
    for each in shops:
        each.settle()  # mails belong to the purchases before them
    return Spent(clock, sum(each.cpu_seconds() for each in shops) - before)


async def _work(ports: Sequence[int], *, first: int) -> None:
    buyers = customers(ports, PURCHASES, first=first)
    pages = [load.asked(port, PAGE, PAGES // len(ports), FRESH, PARALLEL // len(ports)) for port in ports]
    await asyncio.gather(*pages, together(buyers, lambda each: each.buys({BLENDER: 1}), parallel=PARALLEL))


if __name__ == "__main__":
    for what, value, aim, detail in lines():
        print(f"{what:<60} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
