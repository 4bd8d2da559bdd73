"""PostgreSQL ends under the shop: every connection is cut, it crashes and recovers, it has no connection left to give.

Requests are put off with 503 for as long as it lasts, and five seconds later all is well again: nobody starts the shop
anew, and no order that was acknowledged is lost.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any

import psycopg

from tests.faults.copying import administer, maintenance
from tests.faults.fault import Fault, Place, Size
from tests.faults.load import Load, under_load
from tests.faults.processes import Shop, serving, ticking

MINE = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
READY_SECONDS = 30


def run(place: Place, size: Size) -> str:
    """One after the other, each under load; what was counted of each."""
    # The server of the tests may forget what it acknowledged when it crashes; this database may not.
    administer(place, f'ALTER DATABASE "{_name(place)}" SET synchronous_commit = on')
    lasts = size.of(4, 20)
    with ticking(place) as clock, serving(place) as shop:
        cut = _during(place, shop, lasts, _cut)
        crashed = _during(place, shop, lasts, _crash)
        crowded = _during(place, shop, lasts, _crowd_out)
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
    place.prove(now=clock())
    return f"connections cut: {cut.said()}; crashed: {crashed.said()}; none left: {crowded.said()}"


def _during(place: Place, shop: Shop, lasts: float, wrong: Callable[[Place, float], None]) -> Load:
    with under_load(place, shop.port) as load:
        time.sleep(lasts / 2)
        wrong(place, lasts)
        well_since = time.monotonic()
        time.sleep(max(7, lasts / 2))
    load.check(well_since=well_since, place=place)
    return load


def _cut(place: Place, lasts: float) -> None:
    """Every connection of the shop is ended, again and again."""
    until = time.monotonic() + lasts
    while time.monotonic() < until:
        for pid in _pids(place):
            administer(place, f"SELECT pg_terminate_backend({pid})")
        time.sleep(0.5)


def _crash(place: Place, _lasts: float) -> None:
    """One process of PostgreSQL is killed; it ends all others, recovers from its log, and is ready again."""
    os.kill(_pids(place)[0], signal.SIGKILL)
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            time.sleep(0.1)
            administer(place, "SELECT 1")
            return
    raise AssertionError(f"PostgreSQL did not recover within {READY_SECONDS} s")


def _crowd_out(place: Place, lasts: float) -> None:
    """Other programs take every connection there is, and the shop's own when they are cut."""
    until = time.monotonic() + lasts
    with ExitStack() as stack:
        taken = list(_taken(place, stack))
        while time.monotonic() < until:
            with suppress(psycopg.Error):
                pids = taken[0].execute(MINE, [_name(place)]).fetchall()
                for (pid,) in pids:
                    taken[0].execute("SELECT pg_terminate_backend(%s)", [pid])
            taken += _taken(place, stack)
            time.sleep(0.2)


def _taken(place: Place, stack: ExitStack) -> Iterator[psycopg.Connection[Any]]:
    """As many connections as can be had."""
    while True:
        try:
            yield stack.enter_context(closing(psycopg.connect(maintenance(place), autocommit=True)))
        except psycopg.OperationalError:
            return


def _pids(place: Place) -> list[int]:
    with psycopg.connect(maintenance(place), autocommit=True) as connection:
        return [int(pid) for (pid,) in connection.execute(MINE, [_name(place)]).fetchall()]


def _name(place: Place) -> str:
    return place.url.rpartition("/")[2]


FAULT = Fault("server gone", "PostgreSQL cuts every connection, crashes, has no connection left", run, ("postgres",))
