"""What begins and ends with a process: its first look at the database, its watches, and the threads of the periodic work."""

import gc
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from shop.base.db import log_engine
from shop.ground.errors import Busy
from shop.house import House
from shop.jobs import run_deliveries, run_effects, run_jobs


@asynccontextmanager
async def life_of(house: House, *, jobs_inside: bool) -> AsyncIterator[None]:
    """The life of a process around the answers that it gives; `jobs_inside` also does the periodic work here."""
    log_engine(house.database)
    house.revisions.refresh()
    house.policies.refresh()
    for each in house.watchers:
        each.watch()
    worker = Worker(house) if jobs_inside else None
    if worker is not None:
        worker.start()
    try:
        yield
    finally:
        if worker is not None:
            worker.stop()
        for each in reversed(house.watchers):
            each.stop()
        house.database.close()


class Worker:
    """Does the periodic work, the outbox's effects and the deliveries to other programs, until it is stopped.

    Each in a thread of its own: a mail server may take minutes to say nothing, and whoever is told by webhook, too;
    neither the payments to be settled nor the people who wait for an answer must wait for that.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(run_jobs,), name="worker", daemon=True),
            threading.Thread(target=self._run, args=(run_effects,), name="effects", daemon=True),
            threading.Thread(target=self._run, args=(run_deliveries,), name="deliveries", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """End after the piece of work that is under way, within five seconds."""
        self._stop.set()
        until = time.monotonic() + 5
        for each in self._threads:
            each.join(timeout=max(0, until - time.monotonic()))

    def _run(self, work: Callable[[House], int]) -> None:
        busy = False  # so there is a second's pause before the first look, too: the first visitor comes first
        while not self._stop.wait(0 if busy else 1):
            try:
                busy = work(self._house) > 0
            except Busy:  # taken, or away for a moment: the next look finds it again
                structlog.get_logger().warning("periodic work found the database busy")
                busy = False
            except Exception as fault:  # noqa: BLE001 - one failing job must not end all others
                structlog.get_logger().error("periodic work failed", exc_info=fault)
                busy = False


def work_until_stopped(house: House) -> None:
    """The periodic work as a process of its own (`softlaunch work`)."""
    gc.freeze()  # what is loaded by now stays: otherwise the collector looks through all of it again, last of all at the end
    worker = Worker(house)
    worker.start()
    try:
        while True:
            time.sleep(3600)
    finally:
        worker.stop()
