"""Servers to measure: started as processes of their own on one core, with what they spent read from the kernel."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.machine import TICKS, cpu_seconds, memory_bytes

ROOT = Path(__file__).resolve().parents[2]
SHOP = "shop.app:served"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, its process, and how long it took from its start to its first answer (seconds)."""

    port: int
    pid: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        """User and system time the process has spent."""
        return cpu_seconds(self.pid)

    def settle(self) -> None:
        """Wait until the work that it does once after its start is done: it spends next to nothing in a second.

        Raises TimeoutError after a minute.
        """
        for _second in range(60):
            before = self.cpu_seconds()
            time.sleep(1)
            if self.cpu_seconds() - before <= 2 / TICKS:
                return
        raise TimeoutError(f"the server at port {self.port} does not come to rest")

    def memory_bytes(self) -> int:
        """The process's resident memory."""
        return memory_bytes(self.pid)


@contextmanager
def serving(
    application: str, environment: Mapping[str, str], *, port: int, ready: str, core: int = 0
) -> Iterator[Server]:
    """Serve on one core until the block ends: the SHOP as `softlaunch serve` does it, any other application with uvicorn."""
    command, told = _command(application, port)
    began = time.perf_counter()
    # As a person runs it: with byte code kept, which some build machines switch off.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**inherited, **environment, **told},
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: _on_core(core),
    )
    try:
        _wait(port, ready)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(application: str, port: int) -> tuple[list[str], dict[str, str]]:
    """What is run, and what it is told by its environment."""
    if application == SHOP:
        return [sys.executable, "-m", "shop", "serve"], {"SOFTLAUNCH_PORT": str(port)}
    quietly = ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", application, "--port", str(port), *quietly], {}


def _on_core(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0) | set(range(os.cpu_count() or 1)))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise TimeoutError(f"no answer on port {port}")
