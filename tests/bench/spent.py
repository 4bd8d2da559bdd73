"""Processor time of all who do the work: on SQLite this process, on PostgreSQL the server's processes, too.

Others may use the machine at the same time; what they take away shows in no figure that is made of this.
"""

import os
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from shop.base.db import Database
from tests.bench.servers import TICKS


def spent(database: Database) -> float:
    """Seconds of processor until now; to a hundredth of a second on PostgreSQL."""
    if database.sqlite:
        return process_time()
    with database.reading() as db:
        backend = db.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        server = int(_fields(backend)[1])
        ended = sum(map(int, _fields(server)[11:15]))
        running = sum(_of_child(int(each), server) for each in os.listdir("/proc") if each.isdecimal())
    return process_time() + (ended + running) / TICKS


def cost(database: Database, work: Callable[[], Any]) -> float:
    """Seconds of processor that the work takes."""
    before = spent(database)
    work()
    return spent(database) - before


def _of_child(process: int, server: int) -> int:
    try:
        fields = _fields(process)
    except OSError:  # ended meanwhile
        return 0
    return int(fields[11]) + int(fields[12]) if int(fields[1]) == server else 0


def _fields(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
