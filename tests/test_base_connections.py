"""What a client may keep the server waiting for, over real sockets: how long, how much, how many at once."""

import asyncio
import json
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import uvicorn

from shop.base.connections import QUEUED, Bounds, Connection
from shop.base.descriptors import MOST, RESERVE, room_for_connections
from shop.base.settings import ROOT

LONG = 20.0  # seconds after which a test that waits has failed
GET = b"GET / HTTP/1.1\r\nhost: x\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n"
LARGE = 64 * 1024 * 1024  # of an answer: more than the kernel takes for a client who reads nothing


@dataclass
class Told:
    """An application that tells what it got: at /early before the body came, at /held only once it may; /large is more than a
    client takes at once."""

    held: asyncio.Event = field(default_factory=asyncio.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    left: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun.release()
        length, more = 0, scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length, more = length + len(message["body"]), message["more_body"]
        if scope["path"] == "/held":
            await self.held.wait()
        told = {"path": scope["path"], "length": length, "headers": len(scope["headers"])}
        body = b"x" * LARGE if scope["path"] == "/large" else json.dumps(told).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        if scope["path"] == "/large":
            await receive()
            self.left.set()


@dataclass
class Served:
    """A server at a port of this machine, in a thread of its own."""

    port: int
    told: Told
    loop: asyncio.AbstractEventLoop
    lines: ExitStack

    def client(self, sent: bytes = b"") -> "Client":
        """Somebody who connects, and says this."""
        line = self.lines.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=LONG))
        return Client(line).say(sent)

    def release(self) -> None:
        """Let go whom it holds."""
        self.loop.call_soon_threadsafe(self.told.held.set)


@dataclass
class Client:
    """One side of a connection."""

    line: socket.socket

    def say(self, sent: bytes) -> "Client":
        """Send this, and stay; a server that has heard enough may have ended."""
        with suppress(ConnectionError):
            self.line.sendall(sent)
        return self

    def heard(self) -> bytes:
        """All that comes until the server ends the connection."""
        got = b""
        with suppress(ConnectionError):
            while more := self.line.recv(65536):
                got += more
        return got

    def answers(self, number: int) -> list[dict[str, Any]]:
        """What so many answers tell; the connection stays."""
        got = b""
        while got.count(b"}") < number:
            more = self.line.recv(65536)
            assert more, got
            got += more
        assert got.count(b"HTTP/1.1 200 OK") == number
        return [json.loads(b"{" + each.partition(b"}")[0] + b"}") for each in got.split(b"{")[1:]]

    def answer(self) -> dict[str, Any]:
        """What the one answer tells."""
        return self.answers(1)[0]

    def says_nothing_for(self, seconds: float) -> bool:
        """Whether so long neither a byte comes nor the end."""
        self.line.settimeout(seconds)
        try:
            self.line.recv(1)
            return False
        except TimeoutError:
            return True
        except ConnectionError:
            return False
        finally:
            self.line.settimeout(LONG)


@contextmanager
def served(**bounds: Any) -> Iterator[Served]:
    """The application behind these bounds."""
    listening = socket.create_server(("127.0.0.1", 0))
    narrow = type("Narrow", (Connection,), {"bounds": Bounds(**{"look_seconds": 0.02, **bounds})})
    told, began = Told(), threading.Event()
    server: list[Any] = []

    async def serve() -> None:
        config = uvicorn.Config(
            told, http=narrow, ws="none", lifespan="off", log_config=None, access_log=False, timeout_keep_alive=1
        )
        server.extend((uvicorn.Server(config), asyncio.get_running_loop()))
        began.set()
        await server[0].serve(sockets=[listening])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="server")
    thread.start()
    assert began.wait(LONG)
    shop = Served(listening.getsockname()[1], told, server[1], ExitStack())
    try:
        with shop.lines:
            yield shop
    finally:
        shop.release()
        server[0].should_exit = True
        thread.join()


def status(heard: bytes) -> str:
    return heard[9:12].decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", ""),
        (b"\r\n", "408"),
        (b"GET / HTTP/1.1\r\nHost:", "408"),
        (GET + b"\r\n" + b"GET / HT", "200"),
    ],
    ids=["nothing", "no request", "half a head", "half a head after an answer"],
)
def test_who_does_not_say_what_they_want_is_let_go(sent: bytes, told: str) -> None:
    with served(head_seconds=0.2) as shop:
        assert status(shop.client(sent).heard()) == told


@pytest.mark.parametrize("late", ["pause_seconds", "body_seconds"])
@pytest.mark.parametrize(
    "sent",
    [
        POST + b"content-length: 9\r\n\r\n",
        POST + b"content-length: 9\r\n\r\nabc",
        CHUNKED + b"3\r\nabc\r\n",
        CHUNKED + b"3",
    ],
    ids=["no byte", "half", "no further chunk", "half a chunk"],
)
def test_who_does_not_send_the_rest_of_a_body_is_let_go(late: str, sent: bytes) -> None:
    with served(**{late: 0.2}) as shop:
        assert status(shop.client(sent).heard()) == "408"


def test_a_head_that_comes_byte_by_byte_has_no_longer() -> None:
    with served(head_seconds=0.3) as shop:
        client = shop.client(GET + b"x-long: ")
        pieces = next(number for number in count() if not client.say(b"a").says_nothing_for(0.02))
        assert 5 < pieces < 100


def test_a_body_that_comes_slowly_but_comes_is_taken() -> None:
    with served(pause_seconds=0.5, head_seconds=0.2) as shop:
        client = shop.client(POST + b"content-length: 8\r\n\r\n")
        assert all(client.says_nothing_for(0.1) and client.say(b"a") for _byte in range(8))
        assert client.answer()["length"] == 8


def test_an_answer_that_takes_its_time_is_waited_for() -> None:
    with served(head_seconds=0.1, pause_seconds=0.1, body_seconds=0.1) as shop:
        client = shop.client(b"POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\na" + GET)
        assert client.says_nothing_for(0.5)
        shop.release()
        assert client.answer()["path"] == "/held"


def test_who_takes_nothing_of_an_answer_is_let_go() -> None:
    with served(pause_seconds=0.2) as shop:
        client = shop.client(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        assert shop.told.left.wait(LONG)
        assert len(client.heard()) < LARGE


def test_who_takes_an_answer_slowly_gets_all_of_it() -> None:
    with served(pause_seconds=0.3) as shop:
        client = shop.client(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        pauses, got = threading.Event(), 0
        while got < LARGE:
            more = client.line.recv(8 * 1024 * 1024, socket.MSG_WAITALL)
            assert more, got
            got += len(more)
            pauses.wait(0.1)


def test_the_next_one_finds_room_and_who_was_silent_the_longest_makes_it() -> None:
    with served(connections=4, head_seconds=LONG) as shop:
        first = shop.client(GET)
        assert (
            shop.client(GET + b"\r\n").answer()["path"] == "/"
        )  # and so the first is surely connected before the others
        others = [shop.client(GET) for _each in range(2)]
        assert shop.client(GET + b"\r\n").answer()["path"] == "/"
        assert status(first.heard()) == "408"
        assert [each.say(b"\r\n").answer()["path"] for each in others] == ["/", "/"]


def test_where_everybody_is_being_answered_the_next_one_is_told_to_come_again() -> None:
    with served(connections=3) as shop:
        held = [shop.client(b"GET /held HTTP/1.1\r\nhost: x\r\n\r\n") for _each in range(3)]
        assert all(shop.told.begun.acquire(timeout=LONG) for _each in held)
        refused = shop.client().heard()
        assert status(refused) == "503" and b"\r\nretry-after: 5\r\n" in refused
        shop.release()
        assert [each.answer()["path"] for each in held] == ["/held"] * 3
        assert shop.client(GET + b"\r\n").answer()["path"] == "/"


def test_half_sent_bodies_have_a_bound_together_and_the_largest_come_again() -> None:
    with served(bodies_bytes=100_000) as shop:
        first = shop.client(POST + b"content-length: 60000\r\n\r\n" + b"a" * 40_000)
        assert first.says_nothing_for(0.2)
        second = shop.client(POST + b"content-length: 60000\r\n\r\n" + b"a" * 40_000)
        assert second.says_nothing_for(0.2)
        third = shop.client(POST + b"content-length: 30000\r\n\r\n" + b"a" * 30_000)
        assert third.answer()["length"] == 30_000
        refused = first.heard()
        assert status(refused) == "503" and b"\r\nretry-after: 5\r\n" in refused
        assert second.say(b"a" * 20_000).answer()["length"] == 60_000
        whole = POST + b"content-length: 90000\r\n\r\n" + b"a" * 90_000
        assert [shop.client(whole).answer()["length"] for _each in range(3)] == [90_000] * 3
    assert Connection.counted.bodies == 0


def test_a_small_form_that_comes_slowly_is_not_in_the_way_of_large_bodies() -> None:
    with served(bodies_bytes=100_000) as shop:
        small = shop.client(POST + b"content-length: 4000\r\n\r\n" + b"a" * 3_000)
        assert small.says_nothing_for(0.2)
        large = [shop.client(POST + b"content-length: 60000\r\n\r\n" + b"a" * each) for each in (45_000, 50_000)]
        assert all(each.says_nothing_for(0.2) for each in large)
        shop.client(POST + b"content-length: 30000\r\n\r\n" + b"a" * 30_000).answer()
        assert status(large[1].heard()) == "503"
        assert small.say(b"a" * 1_000).answer()["length"] == 4_000
        assert large[0].say(b"a" * 15_000).answer()["length"] == 60_000


def test_what_was_ended_is_counted_with_its_reason() -> None:
    before = figures()
    with served(head_seconds=0.2) as shop:
        assert status(shop.client(GET).heard()) == "408"
        assert shop.client().heard() == b""
    with served(connections=3) as shop:
        held = [shop.client(b"GET /held HTTP/1.1\r\nhost: x\r\n\r\n") for _each in range(3)]
        assert all(shop.told.begun.acquire(timeout=LONG) for _each in held)
        assert figures()["open"] == before["open"] + 3
        assert status(shop.client().heard()) == "503"
        shop.release()
        assert [each.answer()["path"] for each in held] == ["/held"] * 3
    after = figures()
    ended = {why: after[why] - before[why] for why in after if why != "open" and after[why] != before[why]}
    assert ended == {"503": 1, "408": 1, "silent": 1}


def figures() -> dict[str, float]:
    """What /metrics tells of connections, by why they were ended; "open" are those that are."""
    samples = [sample for family in Connection.counted.collect() for sample in family.samples]
    return {sample.labels.get("why", "open"): sample.value for sample in samples}


@pytest.mark.parametrize(
    "head",
    [
        GET + b"x-long: " + b"a" * 40_000 + b"\r\n\r\n",
        GET + b"x-long: " + b"a" * 4_000_000 + b"\r\n\r\n",
        GET + b"a" * 40_000 + b": x\r\n\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        GET + b"a: b\r\n" * 100_000 + b"\r\n",
        GET + b"a: b\r\n" * 100 + b"\r\n",
        GET + b"\r\n" + GET + b"x-long: " + b"a" * 80_000,
    ],
    ids=["long", "longer", "name", "address", "very many", "101", "behind another"],
)
def test_a_head_has_an_end(head: bytes) -> None:
    with served() as shop:
        heard = shop.client(head).heard()
        assert heard.split(b"HTTP/1.1 ")[-1][:3] == b"431" and b"connection: close" in heard


@pytest.mark.parametrize("piece", [1_000, 7_000, 31_900])
def test_a_head_within_its_bounds_is_read_however_it_comes(piece: int) -> None:
    head = GET + b"x-long: " + b"a" * 31_000 + b"\r\n" + b"a: b\r\n" * 98 + b"\r\n"
    with served() as shop:
        client = shop.client()
        for begin in range(0, len(head), piece):
            client.say(head[begin : begin + piece])
        assert client.answer()["headers"] == 100


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"1;" + b"a" * 200_000,
        CHUNKED + b"1\r\na\r\n0\r\nx-long: " + b"a" * 200_000,
        CHUNKED + b"1\r\na\r\n0\r\n" + b"a: b\r\n" * 100_000,
    ],
    ids=["extension", "trailer", "trailers"],
)
def test_what_is_around_a_body_has_an_end(sent: bytes) -> None:
    with served() as shop:
        assert status(shop.client(sent).heard()) == "431"


def test_a_body_of_many_small_chunks_is_taken_and_its_trailer_is_no_header() -> None:
    with served() as shop:
        client = shop.client(CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\nx-forwarded-for: 10.0.0.1\r\n\r\n")
        assert client.answer() == {"path": "/", "length": 50_000, "headers": 2}


def test_requests_in_one_packet_are_answered_in_their_order() -> None:
    paths = [f"/{number}" for number in range(QUEUED + 1)]
    with served() as shop:
        client = shop.client(b"".join(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode() for path in paths))
        assert [each["path"] for each in client.answers(len(paths))] == paths
        client.say(POST + b"content-length: 300000\r\n\r\n" + b"a" * 300_000 + GET + b"\r\n")
        assert [each["length"] for each in client.answers(2)] == [300_000, 0]


def test_who_asks_ever_more_without_waiting_for_answers_is_let_go() -> None:
    with served() as shop:
        held = b"GET /held HTTP/1.1\r\nhost: x\r\n\r\n"
        assert shop.client(held + (GET + b"\r\n") * QUEUED).says_nothing_for(0.3)
        assert shop.client(held + (GET + b"\r\n") * (QUEUED + 1)).heard() == b""


def test_who_sends_the_rest_of_a_body_after_its_answer_is_let_go() -> None:
    with served(head_seconds=0.3) as shop:
        client = shop.client(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n")
        assert client.answer()["path"] == "/early"
        assert client.say(b"a").heard() == b""


def test_who_takes_answers_so_slowly_that_they_never_end_is_let_go() -> None:
    with served(pause_seconds=LONG, answer_seconds=0.5) as shop:
        client = shop.client(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        pauses, got = threading.Event(), 0
        with suppress(ConnectionError):
            while more := client.line.recv(256 * 1024):
                got += len(more)
                pauses.wait(0.02)
        assert 0 < got < LARGE


def test_who_takes_answers_slowly_makes_room_for_the_next_one() -> None:
    with served(connections=2, pause_seconds=0.5) as shop:
        slow = [shop.client(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n") for _each in range(2)]
        assert all(shop.told.begun.acquire(timeout=LONG) for _each in slow)
        ended, pauses, got = threading.Event(), threading.Event(), [0, 0]

        def sip(which: int) -> None:
            with suppress(ConnectionError):
                while not ended.is_set() and (more := slow[which].line.recv(512 * 1024, socket.MSG_WAITALL)):
                    got[which] += len(more)
                    pauses.wait(0.05)

        sipping = [threading.Thread(target=sip, args=(each,)) for each in range(2)]
        for each in sipping:
            each.start()
        try:
            asked = GET + b"connection: close\r\n\r\n"
            told = [status(shop.client(asked).heard()) for _try in range(20) if not pauses.wait(0.1)]
            assert told[-1] == "200", told
            assert max(got) < LARGE, "nobody made room: one was done"
        finally:
            ended.set()
            for each in sipping:
                each.join()


def test_no_refusal_stands_in_the_answer_before() -> None:
    with served(body_seconds=0.3, pause_seconds=0.3) as shop:
        client = shop.client(b"GET /held HTTP/1.1\r\nhost: x\r\n\r\n" + POST + b"content-length: 9\r\n\r\n")
        assert b"408" not in client.heard()


def test_who_asks_for_another_protocol_is_answered_in_this_one_and_let_go() -> None:
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n\r\n"
    with served() as shop:
        heard = shop.client(GET + upgrade).heard()
        assert status(heard) == "200" and b"connection: close" in heard


def test_no_answer_of_ours_stands_in_another() -> None:
    with served() as shop:
        assert status(shop.client(b"\x00\x01").heard()) == "400"
        broken = shop.client(CHUNKED + b"zz\r\n").heard()
        assert broken.count(b"HTTP/1.1 ") == 1 and status(broken) == "400"


@pytest.mark.parametrize(
    ("descriptors", "room"),
    [(1024, 768), (256, 128), (65_536, MOST), (resource.RLIM_INFINITY, MOST), (RESERVE + MOST - 1, MOST - 1)],
)
def test_connections_leave_descriptors_for_all_the_rest(descriptors: int, room: int) -> None:
    assert room_for_connections(descriptors) == room


@pytest.mark.parametrize(("soft", "hard", "then"), [(64, 512, 512), (512, 512, 512), (64, 8192, MOST + RESERVE)])
def test_a_server_takes_the_descriptors_that_it_may_have(soft: int, hard: int, then: int) -> None:
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "from shop.base.descriptors import raise_descriptor_limit; raise_descriptor_limit()\n"
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == [str(then), str(hard)]
