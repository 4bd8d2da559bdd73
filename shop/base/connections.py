"""What a client may keep a serving process waiting for: how long, how much, and how many at once.

uvicorn bounds none of it. Whoever says nothing, half of a head or half of a body holds a descriptor for ever, and a process
without descriptors serves nobody. Nothing here looks at what is asked, and an answer is only cut where it is not taken.
"""

import asyncio
import resource
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from http import HTTPStatus
from typing import Any, Literal

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shop.base.descriptors import room_for_connections
from shop.base.raw_answers import REFUSALS

QUEUED = 16  # requests that wait behind one being answered; browsers send none ahead, and each costs some kilobytes
NOT_TAKEN, SILENT = "not taken", "silent"  # why a connection was ended, where its client was told no status
ENDED = 16  # one of so many is ended when there is no room: not all are looked through again for the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds, bytes and numbers. The whole body may take as long as 10 MB need at 140 kbit/s."""

    head_seconds: float = 10
    pause_seconds: float = 30  # in which nothing comes of a body, or nothing is taken of an answer
    body_seconds: float = 600
    answer_seconds: float = 600  # in which something of answers was unsent all the time
    look_seconds: float = 1  # between two looks at a connection; whoever is late is seen so much later
    head_bytes: int = 32 * 1024  # of a head that follows another message in one packet: up to twice as much
    headers: int = 100  # of a head, and of the trailer of a body
    bodies_bytes: int = 256 * 1024 * 1024  # of all bodies of a process that have begun to come and not ended
    connections: int = 0  # 0: as many as the process has descriptors for


@dataclass(eq=False)
class Counted(Collector):
    """How many connections this process has, and how many it ended and why, for /metrics."""

    open: int = 0
    bodies: int = 0  # bytes that came of bodies that have not ended
    ended: Counter[str] = field(default_factory=Counter)

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        yield GaugeMetricFamily("softlaunch_connections", "Connections of clients to this process", value=self.open)
        ended = CounterMetricFamily("softlaunch_connections_ended", "Connections that the shop ended", labels=("why",))
        for why in (*REFUSALS, NOT_TAKEN, SILENT):
            ended.add_metric((why,), self.ended[why])
        yield ended


class TooMany(Exception):
    """Headers of one head, or requests ahead of their answers; raised through the parser, which ends its work with an error."""


class Connection(HttpToolsProtocol):
    """One client's connection, whose messages uvicorn reads and answers as ever.

    A connection is looked at now and then, not timed with every request: what is paid for each is a few assignments.
    """

    bounds = Bounds()
    counted = Counted()

    _awaits: Literal["request", "rest of head", "body"] = "request"
    _fed = 0  # bytes since the message began, or since `_may_go_on` was asked last
    _got_body = True  # since then
    _body = 0  # bytes of one that has not ended
    _too_many_headers = False
    _began = 0.0  # the message, or the connection
    _heard = 0.0  # the last bytes
    _unsent = 0  # bytes
    _taken_at = 0.0  # some of them, last
    _unsent_since = 0.0  # there were always some
    _was_ended = False  # by us
    _next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, if there is room."""
        super().connection_made(transport)
        self.counted.open += 1
        self._began = self._heard = self.loop.time()
        self._look_later()
        descriptors, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if len(self.connections) > (self.bounds.connections or room_for_connections(descriptors)):
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.counted.open -= 1
        self._let_body_go()
        if self._next_look is not None:
            self._next_look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on what came, and of what is long not more at once than a head may have."""
        self._heard = self.loop.time()
        if self._awaits == "request":
            self._awaits, self._began = "rest of head", self._heard
        self._fed += len(data)
        if self._fed > self.bounds.head_bytes:
            self._fed -= len(data)
            self._feed_by_pieces(data)
        else:
            HttpToolsProtocol.data_received(self, data)  # by name, as below: every request pays for a look at `super`

    def _feed_by_pieces(self, data: bytes) -> None:
        most = self.bounds.head_bytes
        while data and not self.transport.is_closing():
            if self._fed >= most and not self._may_go_on():
                self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
            piece, data = data[: most - self._fed], data[most - self._fed :]
            self._fed += len(piece)
            super().data_received(piece)

    def _may_go_on(self) -> bool:
        """Whether the head has ended within its bounds, and a body is more than its framing, extensions and trailer."""
        fine = self._awaits == "body" and self._got_body and len(self.headers) <= self.bounds.headers
        self._fed, self._got_body = 0, False
        return fine

    def on_headers_complete(self) -> None:
        """The head has ended: called by the parser."""
        if len(self.headers) > self.bounds.headers:
            self._too_many_headers = True
            raise TooMany
        if len(self.pipeline) >= QUEUED:
            raise TooMany
        self._awaits, self._got_body = "body", True
        HttpToolsProtocol.on_headers_complete(self)
        self.headers = []  # what a trailer adds is no header of the request, which is being answered already

    def on_body(self, body: bytes) -> None:
        """Some of the body: called by the parser."""
        self._got_body = True
        self._body += len(body)
        self.counted.bodies += len(body)
        if self.counted.bodies > self.bounds.bodies_bytes:
            self._make_room_for_bodies()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body has ended, or there was none: called by the parser."""
        self._awaits, self._fed = "request", 0
        if self._body:
            self._let_body_go()
        HttpToolsProtocol.on_message_complete(self)

    def _let_body_go(self) -> None:
        self.counted.bodies -= self._body
        self._body = 0

    def _make_room_for_bodies(self) -> None:
        """Have those come again whose bodies take the most room, of equals who began first: a small form is not in the way."""
        most = self.bounds.bodies_bytes - self.bounds.bodies_bytes // ENDED
        sending: list[Any] = [each for each in self.connections if isinstance(each, Connection) and each._body]
        for each in sorted(sending, key=lambda each: (-each._body, each._began)):
            if self.counted.bodies > most:
                each.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
                each._let_body_go()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and end."""
        wrong = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if self._too_many_headers else HTTPStatus.BAD_REQUEST
        self.refuse(wrong)

    def refuse(self, status: HTTPStatus) -> None:
        """Say why, unless an answer is on its way already, and end."""
        self._count_end(str(status.value))
        latest = self._latest
        earlier = self._awaits != "body"  # an answer that is complete is that of the request before
        unanswered = latest is None or (latest.response_complete and earlier) or not latest.response_started
        if unanswered and not self.pipeline:
            self.transport.write(REFUSALS[str(status.value)])
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Called for who asks for another protocol: answered in this one, and nothing is read after that (RFC 9110, 7.8)."""
        self.cycle.keep_alive = False

    def _look_later(self) -> None:
        self._next_look = self.loop.call_later(self.bounds.look_seconds, self._look)

    def _look(self) -> None:
        """End a connection that keeps the server waiting for too long."""
        now = self.loop.time()
        self._note_unsent(now)
        if self._awaits == "body" and (self.flow.read_paused or self.cycle.waiting_for_100_continue):
            self._heard = now  # it is we who let it wait
        if self._is_stuck(now):
            self._leave_unsent()
            return
        if not self.transport.is_closing() and self._is_late(now):
            self.end_waiting()
        self._look_later()

    def _note_unsent(self, now: float) -> None:
        """Look how much of answers the client has still to take; the kernel's own buffers come first."""
        unsent = self.transport.get_write_buffer_size()
        if not self._unsent:
            self._unsent_since = now
        if unsent != self._unsent:
            self._unsent, self._taken_at = unsent, now

    def _is_stuck(self, now: float) -> bool:
        """Whether nothing is taken of an answer, or so little that it takes for ever."""
        paused, lasted = now - self._taken_at, now - self._unsent_since
        return self._unsent > 0 and (paused > self.bounds.pause_seconds or lasted > self.bounds.answer_seconds)

    def _is_late(self, now: float) -> bool:
        if self._awaits == "body":
            since = now - self._heard, now - self._began
            return since[0] > self.bounds.pause_seconds or since[1] > self.bounds.body_seconds
        # uvicorn gives who was answered some seconds, but not once the rest of a body comes after its answer.
        begun = self._awaits == "rest of head" or self.timeout_keep_alive_task is None
        return begun and self._is_at_rest and now - self._began > self.bounds.head_seconds

    @property
    def _latest(self) -> RequestResponseCycle | None:
        """The last request and its answer; uvicorn says that there always is one."""
        return self.cycle

    @property
    def _is_at_rest(self) -> bool:
        """Whether no answer is being made."""
        return self._latest is None or self._latest.response_complete

    @property
    def takes_slowly(self) -> bool:
        """Whether its client has left something of answers lying for longer than others may say nothing."""
        return self._unsent > 0 and self.loop.time() - self._unsent_since > self.bounds.pause_seconds

    @property
    def keeps_waiting(self) -> bool:
        """Whether nothing is under way but what the client has still to send, or to take."""
        waits = (self._is_at_rest or self._awaits == "body") and not self.transport.is_closing()
        return waits or self.takes_slowly

    @property
    def waits_since(self) -> float:
        """When it was last of any use; bytes of a head that does not end are of none."""
        if self.takes_slowly:
            return self._unsent_since
        return self._heard if self._awaits == "body" else self._began

    def end_waiting(self) -> None:
        """End a connection whose client is late; one that has begun to ask is told so."""
        if self.takes_slowly:
            self._leave_unsent()
        elif self._awaits == "request":
            self._count_end(SILENT)
            self.transport.close()
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _leave_unsent(self) -> None:
        self._count_end(NOT_TAKEN)
        self.transport.abort()
        self._unsent = 0  # it is let go, and makes no room a second time

    def _count_end(self, why: str) -> None:
        """One connection counts once, though its client may also leave lying what they were refused with."""
        if not self._was_ended:
            self.counted.ended[why] += 1
        self._was_ended = True

    def _make_room(self) -> None:
        """End a few of those that were silent the longest; where all are being answered this one must come again."""
        others: list[Any] = [each for each in self.connections if each is not self and isinstance(each, Connection)]
        waiting = [each for each in others if each.keeps_waiting]
        for each in nsmallest(max(1, len(waiting) // ENDED), waiting, key=lambda each: each.waits_since):
            each.end_waiting()
        if not waiting:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
