"""The database cannot be had: another program holds it for half a minute.

Whoever is put off is told so with 503 and when to come again; nothing is half-written; it goes on by itself afterwards.
"""

import sqlite3
import time
from contextlib import closing

from tests.faults.fault import Fault, Place, Size
from tests.faults.load import under_load
from tests.faults.processes import serving, ticking


def run(place: Place, size: Size) -> str:
    """A writer that is no process of ours holds the database for half a minute, in the short form for seven seconds."""
    lasts = size.of(7, 30)
    with ticking(place) as clock, serving(place) as shop:
        with under_load(place, shop.port) as load:
            time.sleep(size.of(3, 15))
            with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
                other.execute("PRAGMA busy_timeout = 5000")
                other.execute("BEGIN EXCLUSIVE")
                time.sleep(lasts)
                other.execute("COMMIT")
            well_since = time.monotonic()
            time.sleep(size.of(7, 15))
        load.check(well_since=well_since, place=place)
        assert load.answers[503], "nobody was put off: the database was not held up"
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
    place.prove(now=clock())
    return f"held up for {lasts} s: {load.said()}"


FAULT = Fault("held up", "another program holds SQLite for half a minute", run, ("sqlite",))
