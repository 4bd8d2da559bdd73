"""Every moment at which a process may die, with a name: before and after each commit, each call to the payment provider
and each mail; and a process that dies at the one it is told to.

Nothing in the shop knows of it: commits are heard of from SQLAlchemy, and the ports the house is put together with are
wrapped.
"""

import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from shop.base.db import Database
from shop.base.mail import FolderMailer, Mail
from shop.base.till import DemoTill
from shop.base.tokens import Signer
from tests.faults.fault import Place
from tests.world import ORIGIN, World
from tests.world import world as open_world

SECRET = b"k" * 32  # as tests.world has it
HANGS_AFTER = 300  # seconds; a flow takes a few
CALLS = ("open_session", "state", "expire", "refund", "refunds", "dispute")
WRITTEN = re.compile(r"(?<!FOR )(?<!DO )\b(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)")

Step = Callable[[World], Any]


class Watch:
    """The points passed so far, in order; the process ends by SIGKILL at the one with the number `dies_at`."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.passed: list[str] = []
        self._dies_at = dies_at
        self._beyond = threading.local()  # at the provider: what happens there is its own affair
        self._last: str = ""

    def point(self, name: str) -> None:
        """The process may die here."""
        if getattr(self._beyond, "now", False):
            return
        if len(self.passed) == self._dies_at:
            die()
        self.passed.append(name)

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        """A call out of the house, with a point on either side of it."""
        if getattr(self._beyond, "now", False):
            return act()
        self.point(f"before {name}")
        self._beyond.now = True
        try:
            answer = act()
        finally:
            self._beyond.now = False
        self.point(f"after {name}, its answer lost")
        return answer

    def listen(self) -> None:
        """Hear of every commit in this process from now on; one that wrote nothing is none."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        event.listen(Session, "after_commit", self._committed)

    def _statement(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        tables = connection.info.setdefault("written", {})
        tables.update(dict.fromkeys(WRITTEN.findall(statement)))

    def _commit(self, connection: Connection) -> None:
        written = connection.info.pop("written", {})
        self._last = ", ".join(written)
        if written:
            self.point(f"before the commit of {self._last}")

    def _committed(self, _session: Session) -> None:
        last, self._last = self._last, ""
        if last:
            self.point(f"after the commit of {last}")


class WatchedTill(DemoTill):
    """The provider, in a database connection of its own, seen from the house."""

    watch: Watch

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found
        return lambda *given, **named: self.watch.call(name, lambda: found(*given, **named))


class WatchedMailer(FolderMailer):
    """The mail server, seen from the house."""

    watch: Watch

    def send(self, mail: Mail, *, now: datetime) -> None:
        self.watch.call("a mail", lambda: FolderMailer.send(self, mail, now=now))


@contextmanager
def house_at(place: Place, now: datetime, watch: Watch | None = None) -> Iterator[World]:
    """A house over this place, at this moment; with a watch, one that passes its points."""
    opened: list[World] = []
    parts: dict[str, Any] = {}
    others = Database(place.url)
    if watch is not None:
        till = WatchedTill(others, Signer(SECRET).derived("till"), ORIGIN, lambda: opened[0].clock.now)
        mail = WatchedMailer(place.folder / "outbox", "care@harbourbench.example")
        till.watch = mail.watch = watch
        parts = {"payments": till, "mail": mail}
    with open_world(place.folder, place.url, **parts) as world:
        opened.append(world)
        world.clock.now = now
        yield world
    others.close()


def passed(place: Place, now: datetime, steps: Sequence[Step]) -> list[str]:
    """The points that a process passes in taking these steps undisturbed."""
    told = place.folder / "points"
    ended = _in_a_process(lambda: told.write_text("\n".join(_take(place, now, steps, Watch()))))
    assert ended == 0, "the flow does not even work undisturbed"
    return told.read_text().splitlines()


def died(place: Place, now: datetime, steps: Sequence[Step], at: int) -> bool:
    """Whether a process that takes these steps dies at the point with this number."""
    return _in_a_process(lambda: _take(place, now, steps, Watch(at))) == -signal.SIGKILL


def die() -> NoReturn:
    """End as a power cut would, with nothing said or tidied."""
    os.kill(os.getpid(), signal.SIGKILL)
    while True:
        signal.pause()


def _take(place: Place, now: datetime, steps: Sequence[Step], watch: Watch) -> list[str]:
    with house_at(place, now, watch) as world:
        watch.listen()
        for step in steps:
            step(world)
        return list(watch.passed)


def _in_a_process(act: Callable[[], object]) -> int:
    """How a process of its own ends that does this: 0, 1 when it raised, or minus the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(HANGS_AFTER)
    try:
        act()
    except BaseException:  # noqa: BLE001 - the parent must never run twice
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
