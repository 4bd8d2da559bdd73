"""Processor time of all who do the work: on SQLite this process, on PostgreSQL the server's processes, too.

Others may use the machine at the same time; what they take away shows in no figure that is made of this.
"""

from collections.abc import Callable
from time import process_time
from typing import Any

from shop.base.db import Database
from tests.machine import children, cpu_seconds, parent


def spent(database: Database) -> float:
    """Seconds of processor until now; to a hundredth of a second on PostgreSQL."""
    if database.sqlite:
        return process_time()
    with database.reading() as db:
        backend = db.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        server = parent(backend)
        running = sum(map(_of, children(server)))
    return process_time() + cpu_seconds(server, with_ended=True) + running


def cost(database: Database, work: Callable[[], Any]) -> float:
    """Seconds of processor that the work takes."""
    before = spent(database)
    work()
    return spent(database) - before


def _of(process: int) -> float:
    try:
        return cpu_seconds(process)
    except OSError:  # ended meanwhile
        return 0
