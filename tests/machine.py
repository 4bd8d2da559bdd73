"""What the kernel of this machine says of a process (Linux), and of its ports."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # of processor time in a second
PARENT, USER, SYSTEM, ENDED = 1, 11, 12, slice(13, 15)  # in what follows a process's name in its stat


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    """User and system time that the process has spent, if asked for with that of its children that have ended."""
    fields = _stat(pid)
    spent = int(fields[USER]) + int(fields[SYSTEM])
    return (spent + sum(map(int, fields[ENDED])) * with_ended) / TICKS


def memory_bytes(pid: int) -> int:
    """Its resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(pid: int) -> int:
    """How many files, sockets and pipes it has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """How many threads it has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def parent(pid: int) -> int:
    """The process that began it."""
    return int(_stat(pid)[PARENT])


def children(pid: int) -> Iterator[int]:
    """The processes that it has begun and that run."""
    for each in os.listdir("/proc"):
        with suppress(OSError):  # it has ended meanwhile
            if each.isdecimal() and parent(int(each)) == pid:
                yield int(each)


def free_port() -> int:
    """A port of loopback that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
