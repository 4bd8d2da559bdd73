"""The server as a process: when it says that it serves, and who comes while somebody holds all that it has."""

import resource
import socket
import subprocess
from contextlib import ExitStack, closing

from shop.base.settings import ROOT
from tests.faults.fault import Place
from tests.faults.processes import serving, shop
from tests.faults.raw_http import Line
from tests.machine import open_files

DESCRIPTORS = 320  # of which half, at least, are for connections
ASKED = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n"
HALVES = (
    b"",
    b"GET / HTTP/1.1\r\nHost:",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\nema",
    ASKED + b"GET /de/de/ HTTP/1.1\r\n",
)


def answered(port: int) -> int:
    """The status that a new customer is answered with."""
    with closing(Line(port)) as line:
        seen = line.ask(ASKED)
    return seen.status if seen else 0


def test_one_who_opens_connections_without_end_keeps_nobody_out(place: Place) -> None:
    with serving(place) as served, ExitStack() as stack:
        resource.prlimit(served.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        for number in range(2 * DESCRIPTORS):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=20))
            line.sendall(HALVES[number % len(HALVES)])
        assert {answered(served.port) for _customer in range(20)} == {200}
        assert open_files(served.pid) < DESCRIPTORS - 50
    assert "Too many open files" not in served.said() and "Traceback" not in served.said()


def test_that_it_serves_is_said_when_somebody_can_come(place: Place) -> None:
    process = shop(place, workers="1" if place.engine == "sqlite" else "2")
    with subprocess.Popen(
        process.command, cwd=ROOT, env=dict(process.environment), stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            said = next(line for line in running.stdout if line.startswith("Serving on"))
            status = answered(process.port)
        finally:
            running.terminate()
    assert f"listening on 127.0.0.1:{process.port}" in said and status == 200
    assert running.returncode == 0
