"""Two releases over one database: the one before serves while `softlaunch migrate` runs, and goes on beside the new one.

And a migration that is killed on its way: the database has the old shape or the new one, never one between, and the same
command, given again, ends it.
"""

import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy import text

from shop.base.db import Database
from shop.migrations.migrate import differences, is_newest
from tests.faults.copying import emptied, maintenance
from tests.faults.fault import Fault, Place, Size
from tests.faults.load import under_load
from tests.faults.previous import Release, previous_release, process
from tests.faults.processes import running, serving, ticking

MIGRATE = [sys.executable, "-m", "shop", "migrate"]


def run(place: Place, size: Size) -> str:
    """A migration killed on its way; this release when a later one has widened the shape; in full, the one before it, too."""
    said = [_killed(place, size), _release_after(place, size)]
    if size.full:
        with previous_release() as before:
            assert before is not None, "there is no history to take the release before from"
            said.append(_release_before(place, before, size))
    return "; ".join(said)


def _release_before(place: Place, before: Release, size: Size) -> str:
    with emptied(place) as old:
        before.load(old)
        with ticking(old) as clock, running(before.shop(old)) as shop:
            with under_load(old, shop.port) as load:
                time.sleep(2)
                _migrated(old, "migrate")
                well_since = time.monotonic()
                time.sleep(size.of(6, 30))
            load.check(well_since=well_since, place=old)
            with serving(old, name="after") as newer:
                with under_load(old, newer.port) as beside, under_load(old, shop.port, first=400_000) as still:
                    time.sleep(size.of(3, 30))
                for each in (beside, still):
                    each.check(place=old)
            # What the release before writes into its log cannot be mended any more.
            assert "Traceback" not in newer.said(), newer.said()[-4000:]
            now = clock()
        old.prove(now=now)
    both = f"{beside.said()} beside {still.said()}"
    return f"the release before, while migrating: {load.said()}; both: {both}"


def _killed(place: Place, size: Size) -> str:
    """Kill the migration of a new database somewhere on its way, and give the command again."""
    chance, times, killed = size.random(), size.of(1, 30), 0
    for _time in range(times):
        with emptied(place) as new:
            migrating = process(new, MIGRATE, name="migrate")
            migrating.start()
            while migrating.alive and not _begun(new):
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.3))
            killed += migrating.alive
            migrating.kill()
            _migrated(new, "again")
            database = Database(new.url)
            assert is_newest(database) and not differences(database)
            database.close()
    assert killed or not size.full, "every migration was done before it could be killed"
    return f"{killed} of {times} migrations killed on their way and ended by the next"


def _begun(place: Place) -> bool:
    """Whether somebody is at work in the new database."""
    if place.engine == "sqlite":
        return Path(f"{place.url.removeprefix('sqlite:///')}-journal").exists()
    with psycopg.connect(maintenance(place)) as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'"
        return connection.execute(query, [place.url.rpartition("/")[2]]).fetchone() is not None


def _migrated(place: Place, name: str) -> None:
    migrating = process(place, MIGRATE, name=name)
    migrating.start()
    assert migrating.ended() == 0, migrating.said()[-4000:]


def _release_after(place: Place, size: Size) -> str:
    """A later release adds a table, a column that may be empty, and its mark: this one serves on, and starts anew beside."""
    with ticking(place) as clock, serving(place) as shop:
        with under_load(place, shop.port) as load:
            time.sleep(2)
            database = Database(place.url)
            for statement in _WIDER:
                with database.writing() as db:
                    db.connection().execute(text(statement))
            database.close()
            well_since = time.monotonic()
            time.sleep(size.of(6, 30))
        load.check(well_since=well_since, place=place)
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
        now = clock()
    place.prove(now=now)
    return f"this release on a wider shape: {load.said()}"


_WIDER = (
    "CREATE TABLE of_a_later_release (id INTEGER PRIMARY KEY, told TEXT)",
    "ALTER TABLE orders ADD COLUMN of_a_later_release TEXT",
    "ALTER TABLE order_line ADD COLUMN of_a_later_release INTEGER DEFAULT 0 NOT NULL",
    "CREATE INDEX ix_orders_of_a_later_release ON orders (of_a_later_release)",
)


FAULT = Fault("two versions", "the release before serves while the database is migrated, and beside this one", run)
