"""What an order takes on the disk: paid, with its mail written down, on each engine.

python -m tests.bench.disk [--orders 400]
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from shop.base.db import Database
from tests.buying import buy, paid_state, set_stock, settled, the_order
from tests.conftest import prepare
from tests.postgres import running_postgres
from tests.world import World
from tests.world import world as open_world

KIB = 1024


def main() -> None:
    """Print the figure of both engines."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.disk")
    parser.add_argument("--orders", type=int, default=400)
    orders = parser.parse_args().orders
    for engine, places in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with places() as (folder, url):
            prepare(url)
            with open_world(folder, url) as world:
                print(f"{engine}: {_bytes_an_order(world, orders) / KIB:.1f} KiB an order, of {orders}", flush=True)


def _bytes_an_order(world: World, orders: int) -> float:
    set_stock(world, orders + 10)
    _buy(world, "first", 10)  # the first of everything takes pages of its own
    before = _size(world.house.database)
    _buy(world, "order", orders)
    return (_size(world.house.database) - before) / orders


def _buy(world: World, name: str, orders: int) -> None:
    for number in range(orders):
        attempt = buy(world, f"{name}-{number}")
        settled(world, attempt, paid_state(the_order(world, attempt)))
    world.work()


def _size(database: Database) -> int:
    """What the rows and their indexes take, without what was deleted."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.sqlite:
            pages, free, size = (
                int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            )
            return (pages - free) * size
        connection.execute(text("VACUUM FULL"))
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


@contextmanager
def _sqlite() -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder), f"sqlite:///{folder}/softlaunch.db"


@contextmanager
def _postgresql() -> Iterator[tuple[Path, str]]:
    with running_postgres() as server, server.database() as url, tempfile.TemporaryDirectory() as folder:
        yield Path(folder), url.replace("postgresql://", "postgresql+psycopg://", 1)


if __name__ == "__main__":
    main()
