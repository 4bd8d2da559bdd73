"""A program that is told by webhook: a real server on this machine, which answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The announcement's."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        """The body as JSON."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """Everything that came, and how the next one is answered: by its number, a status."""

    url: str = ""
    answers: Callable[[int], int] = lambda _number: 204
    came: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)  # those that were answered with success


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens on a free port of this machine."""
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received = Received({name.lower(): value for name, value in self.headers.items()}, body)
            known.came.append(received)
            status = known.answers(len(known.came))
            if status < 300:
                known.taken.append(received)
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("location", known.url + "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
