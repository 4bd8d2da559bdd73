"""HTTP as bytes on a socket, for requests that no client library would send, and for answers that must come all the same.

Whether an answer is owed is decided by the parser that browsers' and servers' makers share (llhttp): of a request that
is not whole the server rightly waits for the rest, and one that is none is answered by 400 and the connection's end.
"""

import socket
from contextlib import suppress
from dataclasses import dataclass, field

import httptools

ANSWER_SECONDS = 60.0  # long after any page is drawn and PDF made; whoever is silent for longer hangs
UNFINISHED_SECONDS = 0.02
MOST_HEAD = 1 << 20


class NoAnswer(Exception):
    """The server owed an answer and ended the connection, or stayed silent."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as it came over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    ends: bool  # the server ends the connection after it

    def header(self, name: str) -> str:
        """The header's values, joined."""
        return ", ".join(value for each, value in self.headers if each == name)


@dataclass(slots=True)
class Owed:
    """What a server owes for these bytes, as the parser reads them."""

    whole: int = 0  # messages that are complete
    broken: bool = False  # what follows them is no HTTP
    upgrade: bool = False
    method: str = ""
    _parser: httptools.HttpRequestParser | None = field(default=None, repr=False)

    @classmethod
    def of(cls, request: bytes) -> "Owed":
        """Read the bytes."""
        owed = cls()
        owed._parser = httptools.HttpRequestParser(owed)
        try:
            owed._parser.feed_data(request)
        except httptools.HttpParserUpgrade:
            owed.upgrade = True
        except (httptools.HttpParserError, httptools.HttpParserCallbackError):
            owed.broken = True
        owed._parser = None
        return owed

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        if self._parser is not None and not self.method:
            self.method = self._parser.get_method().decode("ascii", "replace")

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.whole += 1

    @property
    def answer(self) -> bool:
        """Whether at least one answer must come."""
        return bool(self.whole or self.broken)


class Line:
    """One connection at a time to a server on this machine, kept for the next request where both sides allow it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Seen | None:
        """Send the bytes; the answer, or None where none is owed. Raises NoAnswer.

        A kept connection may have been ended by the server just before: then the same bytes are sent once more on a new one.
        """
        owed, kept = Owed.of(request), self._socket is not None
        try:
            return self._asked(request, owed)
        except NoAnswer:
            if not kept:
                raise
            return self._asked(request, owed)

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _asked(self, request: bytes, owed: Owed) -> Seen | None:
        try:
            line = self._connection()
        except OSError as error:
            raise NoAnswer(f"no connection: {error!r}") from None
        line.settimeout(ANSWER_SECONDS if owed.answer else UNFINISHED_SECONDS)
        with suppress(OSError):  # a server may answer and end before it has read everything
            line.sendall(request)
        try:
            seen = _answer(line, head_only=owed.method == "HEAD")
        except TimeoutError:
            self.close()
            if owed.answer:
                raise NoAnswer(f"silent for {ANSWER_SECONDS:g} s") from None
            return None
        except (OSError, EOFError, ValueError) as error:  # cut, or no HTTP
            self.close()
            if owed.answer:
                raise NoAnswer(repr(error)) from None
            return None
        if seen.ends or owed.whole != 1 or owed.broken or owed.upgrade:
            self.close()
        return seen

    def _connection(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def _answer(line: socket.socket, *, head_only: bool) -> Seen:
    """One final answer. Raises EOFError where the connection ends before it is whole."""
    rest = b""
    while True:
        head, rest = _until(line, rest, b"\r\n\r\n")
        status, headers = _head(head)
        if status >= 200 or status == 101:
            break
    told = dict(headers)
    ends = told.get("connection", "").lower() == "close" or status == 101
    if head_only or status in (101, 204, 304):
        return Seen(status, headers, b"", ends)
    if told.get("content-type", "").startswith("text/event-stream"):
        return Seen(status, headers, rest, ends=True)  # it has no end: whoever listens leaves
    if told.get("transfer-encoding", "").lower() == "chunked":
        body, rest = _chunks(line, rest)
    elif "content-length" in told:
        body, rest = _exactly(line, rest, int(told["content-length"]))
    else:
        body, rest, ends = _to_the_end(line, rest), b"", True
    return Seen(status, headers, body, ends or bool(rest))


def _head(head: bytes) -> tuple[int, tuple[tuple[str, str], ...]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (each.partition(":") for each in lines)
    return int(first.split(" ", 2)[1]), tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)


def _until(line: socket.socket, have: bytes, mark: bytes) -> tuple[bytes, bytes]:
    while mark not in have:
        have += _more(line)
        if len(have) > MOST_HEAD:
            raise EOFError("a head without an end")
    found, _, rest = have.partition(mark)
    return found, rest


def _exactly(line: socket.socket, have: bytes, size: int) -> tuple[bytes, bytes]:
    parts, got = [have], len(have)
    while got < size:
        parts.append(_more(line))
        got += len(parts[-1])
    whole = b"".join(parts)
    return whole[:size], whole[size:]


def _chunks(line: socket.socket, have: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        size, have = _until(line, have, b"\r\n")
        number = int(size.partition(b";")[0], 16)
        chunk, have = _exactly(line, have, number + 2)
        if not number:
            return body, have
        body += chunk[:-2]


def _to_the_end(line: socket.socket, have: bytes) -> bytes:
    parts = [have]
    while got := line.recv(65536):
        parts.append(got)
    return b"".join(parts)


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise EOFError("the connection ended")
    return got
