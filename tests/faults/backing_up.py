"""A backup is made while twenty customers buy, and restored elsewhere: it is one moment of the shop, and holds in itself.

Every order that was acknowledged before the backup was begun is in it.
"""

import os
import sys
import time
from dataclasses import replace

from sqlmodel import col, select

from shop.base.db import Database
from shop.checkout.models import Order
from tests import postgres
from tests.faults.copying import emptied
from tests.faults.fault import Fault, Place, Size
from tests.faults.load import PAID, under_load
from tests.faults.previous import process
from tests.faults.processes import serving, ticking

BUYERS = 20
SOFTLAUNCH = [sys.executable, "-m", "shop"]


def run(place: Place, size: Size) -> str:
    """Backups one after the other while the load goes on; each is restored into an empty place, and checked there."""
    with ticking(place) as clock, serving(place) as shop:
        known = []
        with under_load(place, shop.port, buyers=BUYERS) as load:
            load.wait_for(size.of(3, 100))
            for number in range(size.of(1, 5)):
                before = set(load.bought)
                _done(place, "backup", str(place.folder / f"{number}.tar"))
                known.append(before)
                time.sleep(size.of(1, 10))
        load.check(place=place)
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
        now = clock()
    place.prove(now=now)
    for number, before in enumerate(known):
        with emptied(place) as other:
            _done(other, "restore", str(place.folder / f"{number}.tar"))
            kept = _paid(other)
            assert before <= kept, f"acknowledged before the backup, and not in it: {sorted(before - kept)}"
            other.prove(now=now)
    return f"{len(known)} backups under {load.said()}; {len(known[-1])} of them before the last, all restored"


def _done(place: Place, *words: str) -> None:
    """Have a command done that needs PostgreSQL's own programs beside it."""
    programs = postgres.found()
    path = f"{programs}{os.pathsep}{os.environ['PATH']}" if programs else os.environ["PATH"]
    doing = process(
        replace(place, environment={**place.environment, "PATH": path}), [*SOFTLAUNCH, *words], name=words[0]
    )
    doing.start()
    assert doing.ended() == 0, doing.said()[-4000:]


def _paid(place: Place) -> set[str]:
    database = Database(place.url)
    with database.reading() as db:
        kept = set(db.exec(select(Order.number).where(col(Order.state).in_(PAID))).all())
    database.close()
    return kept


FAULT = Fault("backing up", "a backup is made while twenty customers buy, and restored elsewhere", run)
