"""A browser that speaks plain HTTP/1.1 over one kept connection, and asks again what a busy or dead shop left unanswered.

It is as small as it is because ten thousand of them share two cores with the shop. What is repeated is repeated as a
browser does it: the same form, with the same fields.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from tests.world import PageForm, forms

ANSWER_SECONDS = 60  # for one answer; a shop that takes longer counts as gone
KNOCKS_AGAIN = 0.25  # seconds, where nobody listens
Came = TypeVar("Came")
Asked = TypeVar("Asked")


class Gone(Exception):
    """Nobody listens there, or the line was cut before the answer was whole: whether it was heard is not known."""


class Unexpected(AssertionError):
    """An answer that this step of a purchase cannot have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole."""

    path: str
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next((value for each, value in self.headers if each == name), "")

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """The path that a redirect leads to, whichever of the shop's processes it names."""
        parts = urlsplit(self.header("location"))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def retry_after(self) -> float | None:
        """In how many seconds it is worth trying again, if the answer says so."""
        told = self.header("retry-after")
        return float(told) if told else None

    def form(self, ending: str) -> PageForm:
        """The form whose action ends so. Raises Unexpected."""
        found = next((each for each in forms(self.text) if each.action.endswith(ending)), None)
        if found is None:
            raise Unexpected(f"{self.path} answered {self.status} without a form {ending!r}: {self.text[:2000]}")
        return found


@dataclass
class Browser:
    """One visitor. `port` may be changed at any time: behind a proxy the next request may go anywhere.

    `number` gives them a network address of their own, which the shop believes because a trusted proxy says it.
    """

    port: int
    number: int
    language: str = "de"
    cookies: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    repeated: int = 0  # how often a request was sent again, after a 503 or a line that was cut
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Their network address."""
        return f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"

    def does(self, step: Coroutine[Any, Any, Came]) -> Came:
        """Take a step by itself, from code that is not asynchronous; the connection is closed after it."""

        async def alone() -> Came:
            try:
                return await step
            finally:
                await self.leaves()

        return asyncio.run(alone())

    async def insists(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, *, patience: float = 120
    ) -> Answer:
        """Ask until there is an answer that is not `busy`, the same each time. Raises Gone when patience ends first."""
        until = time.monotonic() + patience
        while True:
            try:
                answer = await self.asks(method, path, fields)
                if answer.status != 503:
                    return answer
                if answer.retry_after is None:
                    raise Unexpected(f"{path} answered 503 without Retry-After")
                wait = answer.retry_after
            except Gone:
                wait = KNOCKS_AGAIN
            if time.monotonic() + wait > until:
                raise Gone(f"{method} {path} got no answer in {patience} s")
            self.repeated += 1
            await asyncio.sleep(wait)

    async def asks(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Ask once, as a browser does: cookies, Origin, the form. Raises Gone."""
        body = urlencode(fields).encode() if fields is not None else b""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Sec-Fetch-Site: same-origin",
            f"Accept-Language: {self.language}",
            f"X-Forwarded-For: {self.address}",
            f"Content-Length: {len(body)}",
        ]
        if fields is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        request = "\r\n".join([*lines, "", ""]).encode() + body
        kept = self._line is not None
        try:
            answer = await asyncio.wait_for(self._exchange(path, request), ANSWER_SECONDS)
        except (OSError, EOFError, TimeoutError, ValueError) as cut:
            await self.leaves()
            if kept and method == "GET":  # the other side had closed the kept connection meanwhile
                return await self.asks(method, path)
            raise Gone(f"{method} {path}: {cut!r}") from cut
        self.answered += 1
        self._keep_cookies(answer)
        return answer

    async def leaves(self) -> None:
        """Close the connection; the browser keeps its cookies, and the next request opens another one."""
        if self._line is not None:
            _reader, writer = self._line
            self._line = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _exchange(self, path: str, request: bytes) -> Answer:
        if self._line is not None and (
            self._line[0].at_eof() or self._line[1].get_extra_info("peername")[1] != self.port
        ):
            await self.leaves()
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._line
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head[1:] if line)]
        answer = Answer(path, int(head[0][9:12]), headers, b"")
        length = int(answer.header("content-length") or 0)
        if answer.header("transfer-encoding"):
            raise ValueError("a body in chunks, which no page of the shop has")
        body = await reader.readexactly(length)
        if answer.header("connection") == "close":
            await self.leaves()
        return Answer(path, answer.status, headers, body)

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                pair, _, rules = value.partition(";")
                key, _, kept = pair.partition("=")
                if "max-age=0" in rules.lower():
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = kept.strip('"')


async def together(
    asked: Iterable[Asked], act: Callable[[Asked], Awaitable[Came]], *, parallel: int
) -> list[tuple[Asked, Came]]:
    """`act` for each, at most so many at the same time; whom it was for and what came of it, in the order of asking."""
    gate = asyncio.Semaphore(parallel)

    async def one(each: Asked) -> tuple[Asked, Came]:
        async with gate:
            return each, await act(each)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(each)) for each in asked]
    return [task.result() for task in tasks]


def expected(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it has one of these statuses. Raises Unexpected."""
    if answer.status not in statuses:
        raise Unexpected(f"{answer.path} answered {answer.status}: {answer.text[:2000]}")
    return answer
