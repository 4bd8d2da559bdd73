"""The shop as real processes on loopback: serving, doing the periodic work, killed like a power cut, started again.

with ticking(place) as clock, serving(place) as shop, working(place):
    shop.kill()
    shop.start()

All processes of a place share its database, its data folder and its clock file, as they would in an installation.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from shop.base.settings import ROOT
from tests.faults.fault import Place
from tests.machine import free_port
from tests.world import TUESDAY

One = TypeVar("One", bound="Process")

READY_SECONDS, END_SECONDS = 120, 20
TICK_SECONDS = 0.1


@dataclass
class Clock:
    """The clock file that all processes of a place read; it stands still unless somebody moves it."""

    file: Path
    _moving: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())

    def set(self, instant: datetime) -> None:
        """Move it, forwards or back; whoever reads meanwhile reads the old instant or the new one."""
        with self._moving:
            fresh = self.file.with_name(f"{self.file.name}.fresh")
            fresh.write_text(instant.isoformat())
            fresh.replace(self.file)

    def later(self, **span: float) -> None:
        """Move it on."""
        with self._moving:
            self.set(self() + timedelta(**span))


def standing_clock(place: Place, start: datetime = TUESDAY) -> Clock:
    """The place's clock, which stands still."""
    clock = Clock(place.folder / "clock")
    clock.set(start)
    return clock


@contextmanager
def ticking(place: Place, start: datetime = TUESDAY) -> Iterator[Clock]:
    """The place's clock, going on as time does while the block runs; `later` and `set` make it jump."""
    clock, over = standing_clock(place, start), threading.Event()

    def tick() -> None:
        before = time.monotonic()
        while not over.wait(TICK_SECONDS):
            now = time.monotonic()
            clock.later(seconds=now - before)
            before = now

    thread = threading.Thread(target=tick, name="clock", daemon=True)
    thread.start()
    try:
        yield clock
    finally:
        over.set()
        thread.join()


@dataclass
class Process:
    """One process of the shop. What it says on its streams is kept in `log`, from all its lives."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """The process's number in its present life."""
        assert self._running is not None
        return self._running.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Begin a life, without waiting for it to be of use."""
        assert not self.alive
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command, cwd=ROOT, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a power cut does: SIGKILL, nothing is tidied up."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def end(self) -> None:
        """End it as a person does: SIGTERM, and SIGKILL for one that does not listen."""
        if self._running is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def ended(self, *, within: float = 300) -> int:
        """Wait for its own end; what it ended with. One that does not come to an end is killed: subprocess.TimeoutExpired."""
        assert self._running is not None
        try:
            return self._running.wait(timeout=within)
        finally:
            self.kill()

    def said(self) -> str:
        """Everything it wrote, for who asserts that it had nothing to say."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@dataclass
class Shop(Process):
    """A process that serves, at `port`."""

    port: int = 0

    @property
    def base(self) -> str:
        """Its BASE_URL, which a browser names as the Origin of its forms."""
        return self.environment["SOFTLAUNCH_BASE_URL"]

    def start(self) -> None:
        """Begin a life and wait until it answers. Raises RuntimeError with what it said when it does not come up."""
        super().start()
        self.wait()

    def wait(self) -> None:
        """Until it answers /healthz with 200."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.alive:
            if _answers(self.port):
                return
            time.sleep(0.02)
        how = f"is not ready after {READY_SECONDS} s" if self.alive else "ended by itself"
        raise RuntimeError(f"{self.name} {how}: {self.said()[-2000:]}")


def shop(place: Place, *, name: str = "shop", port: int = 0, **variables: str) -> Shop:
    """A serving process of the place, not yet started. `variables` are settings without SOFTLAUNCH_, in lower case.

    Every shop of a place has the same BASE_URL unless told otherwise, as behind a proxy: that of the first one made.
    """
    port = port or free_port()
    address = place.folder / "base-url"
    if not address.exists():
        address.write_text(f"http://127.0.0.1:{port}")
    own = {"host": "127.0.0.1", "port": str(port), "base_url": address.read_text(), "trusted_proxies": "127.0.0.1"}
    return Shop(name, _softlaunch("serve"), _environment(place, own | variables), _log(place, name), port=port)


def worker(place: Place, *, name: str = "work", **variables: str) -> Process:
    """A process of the place that does the periodic work, not yet started."""
    address = place.folder / "base-url"
    own = {"base_url": address.read_text()} if address.exists() else {}
    return Process(name, _softlaunch("work"), _environment(place, own | variables), _log(place, name))


@contextmanager
def serving(place: Place, *, name: str = "shop", port: int = 0, **variables: str) -> Iterator[Shop]:
    """A serving process that answers, until the block ends."""
    with running(shop(place, name=name, port=port, **variables)) as process:
        yield process


@contextmanager
def serving_many(place: Place, number: int, **variables: str) -> Iterator[list[Shop]]:
    """So many serving processes over one database; they start one after the other."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(place, name=f"shop-{each}", **variables)) for each in range(number)]


@contextmanager
def working(place: Place, *, name: str = "work", **variables: str) -> Iterator[Process]:
    """A process that does the periodic work, until the block ends."""
    with running(worker(place, name=name, **variables)) as process:
        yield process


@contextmanager
def running(process: One) -> Iterator[One]:
    """Start it, and end it with the block however often it was killed and started within."""
    try:
        process.start()
        yield process
    finally:
        process.end()


def _softlaunch(command: str) -> list[str]:
    return [sys.executable, "-m", "shop", command]


def _environment(place: Place, variables: Mapping[str, str]) -> dict[str, str]:
    # As a person runs it: with byte code kept, and with no setting of whoever runs the faults.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("SOFTLAUNCH_")
    }
    clock = {"SOFTLAUNCH_TESTING": "1", "SOFTLAUNCH_TEST_CLOCK_FILE": str(place.folder / "clock")}
    given = {f"SOFTLAUNCH_{name.upper()}": value for name, value in variables.items()}
    if not (place.folder / "clock").exists():
        standing_clock(place)
    return {**inherited, **place.environment, **clock, **given}


def _log(place: Place, name: str) -> Path:
    return place.folder / f"{name}.log"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.settimeout(5)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
