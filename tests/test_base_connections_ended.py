"""Which connection makes room, and what is counted of it, where a client takes nothing: at a loop whose time is given."""

from dataclasses import dataclass, field
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from shop.base.connections import Bounds, Connection, Counted

PAUSE = 30.0


@dataclass
class Loop:
    """What a connection needs of one; nothing is called but by the test."""

    now: float = 0.0

    def time(self) -> float:
        return self.now

    def call_later(self, _seconds: float, _call: Any) -> "Loop":
        return self

    def cancel(self) -> None:
        """As a call that was to come later."""


@dataclass
class Line:
    """A transport whose client takes nothing."""

    unsent: int = 0
    ended: list[str] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        self.unsent += len(data)

    def close(self) -> None:
        self.ended.append("close")

    def abort(self) -> None:
        self.ended.append("abort")
        self.unsent = 0

    def is_closing(self) -> bool:
        return bool(self.ended)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def get_extra_info(self, _name: str) -> None:
        return None


@dataclass
class House:
    """A process with room for so many connections."""

    room: int
    loop: Loop = field(default_factory=Loop)
    state: ServerState = field(default_factory=ServerState)

    def __post_init__(self) -> None:
        given = {"bounds": Bounds(connections=self.room, pause_seconds=PAUSE), "counted": Counted()}
        self.kind: Any = type("Own", (Connection,), given)

    def connected(self, line: Line) -> Any:
        """Somebody's connection over this line."""
        config = uvicorn.Config(lambda: None, log_config=None, access_log=False)
        config.load()
        made = self.kind(config, self.state, {}, _loop=self.loop)
        made.connection_made(line)
        return made

    @property
    def ended(self) -> dict[str, int]:
        """How many connections, by why they were ended."""
        return dict(self.kind.counted.ended)


def test_who_was_ended_makes_no_room_for_the_next_one_as_well() -> None:
    house, slow, first, second = House(room=1), Line(unsent=9), Line(), Line()
    taking = house.connected(slow)
    taking._look()
    house.loop.now += PAUSE + 1

    house.connected(first)
    house.connected(second)

    assert (slow.ended, first.ended, second.ended) == (["abort"], ["close"], [])
    assert house.ended == {"not taken": 1, "silent": 1}


def test_who_is_being_let_go_and_takes_nothing_still_makes_room() -> None:
    house, slow, first = House(room=1), Line(unsent=9, ended=["close"]), Line()
    taking = house.connected(slow)
    taking._look()
    house.loop.now += PAUSE + 1

    house.connected(first)

    assert (slow.ended, first.ended) == (["close", "abort"], [])


def test_who_was_refused_and_never_takes_the_answer_counts_once() -> None:
    house, line = House(room=1), Line()
    asking = house.connected(line)
    asking.data_received(b"GET / HT")
    for _look in range(3):
        house.loop.now += PAUSE + 1
        asking._look()

    assert line.ended == ["close", "abort"] and house.ended == {"408": 1}
