"""Figures of the support desk, on both engines where a database is involved: one large database serves all lines.

python -m tests.bench.support [how many requests]
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shop.base.db import Database
from shop.migrations.migrate import migrate
from tests.bench import coverage, desk, roster, routing
from tests.bench.many import OPEN, fill
from tests.postgres import found, running_postgres

REQUESTS, AGENTS = 1_000_000, 2_500
# As many are open on the small desk as fill its pages, and for each agent as many: what is compared is not a page of
# five with one of fifty.
SMALL, SMALL_AGENTS, SMALL_OPEN = 10_000, 833, 0.5

Line = tuple[str, float, str, str]


def lines(requests: int = REQUESTS) -> Iterator[Line]:
    """What was measured: what, the figure, its aim, and how it was made up."""
    yield from routing.memory_lines()
    yield from coverage.lines()
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-support-") as folder:
        yield from _of_engine([f"sqlite:///{folder}/{name}.db" for name in ("roster", "small", "large")], requests)
    if found() is None:
        yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
        return
    with running_postgres() as server:
        yield from _of_engine([server.url(server.create()) for _ in range(3)], requests)


def _of_engine(urls: list[str], requests: int) -> Iterator[Line]:
    urls = [each.replace("postgresql://", "postgresql+psycopg://", 1) for each in urls]
    with ExitStack() as stack:
        empty, small, large = (stack.enter_context(_migrated(each)) for each in urls)
        yield from roster.lines(empty)
        known = fill(small, requests=SMALL, agents=SMALL_AGENTS, open_share=SMALL_OPEN, sign_in=True)
        filled = fill(large, requests=requests, agents=AGENTS, open_share=OPEN, sign_in=True)
        yield from desk.queue_lines([small, large], (SMALL, requests), known)
        with tempfile.TemporaryDirectory(prefix="softlaunch-bench-desk-") as folder:
            yield from desk.stream_lines(urls[1], Path(folder), known)
        yield from routing.lines(large, filled)


@contextmanager
def _migrated(url: str) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    yield database
    database.close()


if __name__ == "__main__":
    for what, value, aim, detail in lines(*map(int, sys.argv[1:2])):
        print(f"{what:<52} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
