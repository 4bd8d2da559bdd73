"""A slow network, made exact: a page comes up to a chosen place, waits until the browser has painted, and goes on.

A page is cut between two elements, never within a sentence: words that come in halves are set anew, as everywhere.
"""

import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

CUT_EVERY = 500  # bytes
PAUSE = 0.1  # seconds: long enough for a paint


@dataclass(frozen=True)
class Pausing:
    """A server that gives one page of the shop in two pieces, at `/?cut=BYTES`; all else as the shop gives it."""

    origin: str
    page: bytes

    def cuts(self) -> Iterator[int]:
        """Places between two elements of the body, about every so many bytes."""
        wanted = self.page.index(b"<body")
        for place in re.finditer(rb">(?=<)|>\n", self.page):
            if place.end() >= wanted:
                yield place.end()
                wanted = place.end() + CUT_EVERY


@contextmanager
def paused(origin: str, path: str) -> Iterator[Pausing]:
    """The page at `path` of the shop, to be had in pieces."""
    page = httpx.get(origin + path).raise_for_status().content

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/":
                self._begin("text/html; charset=utf-8", len(page))
                cut = int(parse_qs(asked.query)["cut"][0])
                self.wfile.write(page[:cut])
                self.wfile.flush()
                time.sleep(PAUSE)
                self.wfile.write(page[cut:])
            else:
                given = httpx.get(origin + self.path)
                self._begin(given.headers.get("content-type", ""), len(given.content))
                self.wfile.write(given.content)

        def _begin(self, kind: str, length: int) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.send_header("Cache-Control", "max-age=900")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, name="pausing")
        thread.start()
        try:
            yield Pausing(f"http://127.0.0.1:{server.server_port}", page)
        finally:
            server.shutdown()
            thread.join()
