"""A primary PostgreSQL and its streaming standby, for what happens when one falls behind, goes away or takes over.

The primary waits for the standby with every commit (`synchronous_commit=on`), so that what it has acknowledged is in both.
`kill` is a power cut: the server and everything it has begun at once. `promote` makes the standby the primary.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.machine import children, free_port
from tests.postgres import FAST, OWNER, Server, complaint_of, init, own_folder, programs, run, stop, watched

READY_SECONDS = 30
NAME = "standby"


@dataclass
class Host:
    """One of the two servers."""

    folder: Path
    port: int

    @property
    def server(self) -> Server:
        """Its databases."""
        return Server(self.port)

    def ask(self, statement: str) -> object:
        """One value from it."""
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            found = connection.execute(statement.encode()).fetchone()
        return found[0] if found else None

    def do(self, statement: str) -> None:
        """One statement that answers nothing."""
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def alive(self) -> bool:
        """Whether its first process is there."""
        return Path(f"/proc/{self._pid()}").exists()

    def kill(self) -> None:
        """SIGKILL for the server and all its processes, none of which finishes anything."""
        first = self._pid()
        os.kill(first, signal.SIGSTOP)  # it would begin new ones
        for each in [*children(first), first]:
            os.kill(each, signal.SIGKILL)

    def _pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])


@dataclass
class Pair:
    """The primary, and the standby that follows it."""

    primary: Host
    standby: Host

    def url(self, database: str = "postgres") -> str:
        """Both, of which the one that takes writes is meant."""
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://{OWNER}@{hosts}/{database}?target_session_attrs=read-write"

    def promote(self) -> None:
        """Make the standby the primary. Nobody stands behind it then, and it waits for nobody."""
        self.standby.do("SELECT pg_promote(true, 30)")

    def pause(self) -> None:
        """Have the standby take what it is sent without showing it."""
        self.standby.do("SELECT pg_wal_replay_pause()")
        _until(lambda: self.standby.ask("SELECT pg_get_wal_replay_pause_state()") == "paused", "does not pause")

    def resume(self) -> None:
        """After `pause`."""
        self.standby.do("SELECT pg_wal_replay_resume()")

    def caught_up(self) -> None:
        """Wait until the standby shows what the primary has written by now."""
        written = self.primary.ask("SELECT pg_current_wal_lsn()::text")
        _until(lambda: bool(self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'")), "does not catch up")


@contextmanager
def running_pair() -> Iterator[Pair]:
    """Two servers of this process's own; skips (in CI: fails) where there are none to start."""
    binaries, user = programs()
    with ExitStack() as stack:

        def started(folder: Path, port: int, settings: dict[str, str]) -> Host:
            options = [f"-c{name}={value}" for name, value in (FAST | settings).items()]
            command = [binaries / "postgres", "-D", folder / "data", f"-p{port}", *options]
            stack.callback(stop, watched(folder, command, user))
            return Host(folder, port)

        first, second = own_folder(user), own_folder(user)
        init(binaries, first / "data", user)
        safe = {"synchronous_commit": "on"}
        primary = started(first, free_port(), safe)
        _ready(primary)
        source = f"host=127.0.0.1 port={primary.port} user={OWNER} application_name={NAME}"
        copying = ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync"]
        run([binaries / "pg_basebackup", "--pgdata", second / "data", "--dbname", source, *copying], user, cwd=second)
        standby = started(second, free_port(), safe | {"hot_standby": "on", "wal_receiver_status_interval": "1"})
        _ready(standby)
        primary.do(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
        primary.do("SELECT pg_reload_conf()")
        _until(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync", "does not stream")
        yield Pair(primary, standby)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A primary and its standby, which the module's tests share."""
    with running_pair() as running:
        yield running


def _ready(host: Host) -> None:
    if complaint := complaint_of(host.folder):
        raise RuntimeError(f"PostgreSQL does not start: {complaint}")


def _until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.02)
    raise RuntimeError(f"the standby {what}")
