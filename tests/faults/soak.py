"""The soak: customers and staff come and go for half an hour while days pass, and nothing of a process grows.

Memory, open files, threads and connections to the database are those of after the warm-up; what is kept for a while only
(limits, sign-ins, places held, effects to be carried out) goes again when its time is over.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, text
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.limits import RateWindow
from shop.base.outbox import Effect
from shop.checkout.models import Hold
from shop.staff.models import SignedIn
from tests.faults.fault import Fault, Place, Size
from tests.faults.load import under_load
from tests.faults.processes import Clock, Shop, serving, ticking
from tests.machine import memory_bytes, open_files, threads
from tests.world import PASSWORD

STAYS = timedelta(minutes=40)  # that pass at once at each look: shorter than a payment may take
WARM = 0.4  # the share of the looks that warm up
MEMORY, MEMORY_AT_ONCE = 1.05, 1.15  # growth over half an hour, over seconds
FILES, THREADS, CONNECTIONS, UNDONE = 8, 4, 4, 25  # more than after the warm-up at most; effects still to be done
DAY = timedelta(days=1)
STAFF_PAGES = ("/desk", "/desk/orders", "/console", "/console/markets/de", "/console/mail")


@dataclass(frozen=True, slots=True)
class Look:
    """What the process and the database had at one moment."""

    memory: int
    files: int
    threads: int
    connections: int
    undone: int
    held: int
    old_windows: int  # of limits that ended long ago
    over: int  # sign-ins that ended long ago


def run(place: Place, size: Size) -> str:
    """Half an hour and two and a half days of the shop's; in the short form twenty seconds and three hours."""
    return soak(place, seconds=size.of(20, 1800), every=size.of(4, 20), most=MEMORY if size.full else MEMORY_AT_ONCE)


def soak(place: Place, *, seconds: float, every: float, most: float) -> str:
    """Look at the process so often while it is under load; raises AssertionError when something has grown."""
    with ticking(place) as clock, serving(place) as shop:
        with under_load(place, shop.port) as load:
            looks = list(_looks(place, shop, clock, until=time.monotonic() + seconds, every=every))
        load.check(place=place)
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
        warm, last = looks[int(len(looks) * WARM)], looks[-1]
        _flat(warm, last, most=most)
    place.prove(now=clock())
    memory = f"{warm.memory / 1e6:.0f} MB, then {last.memory / 1e6:.0f} MB"
    return f"{load.said()} in {seconds:.0f} s; {memory}, {last.files} files, {last.threads} threads, {last.connections} lines"


def _flat(warm: Look, last: Look, *, most: float) -> None:
    grown = (
        last.memory > warm.memory * most,
        last.files > warm.files + FILES,
        last.threads > warm.threads + THREADS,
        last.connections > warm.connections + CONNECTIONS,
        last.undone > UNDONE,
        last.held > warm.held + UNDONE,
        last.old_windows or last.over,
    )
    assert not any(grown), (warm, last)


def _looks(place: Place, shop: Shop, clock: Clock, *, until: float, every: float) -> Iterator[Look]:
    database = Database(place.url)
    while time.monotonic() < until:
        _work(shop)
        time.sleep(every)
        yield _look(database, shop, now=clock())
        clock.later(minutes=STAYS.total_seconds() / 60)
    database.close()


def _work(shop: Shop) -> None:
    """Somebody signs in, looks around, and goes without signing out."""
    with httpx.Client(base_url=f"http://127.0.0.1:{shop.port}", headers={"origin": shop.base}, timeout=30) as staff:
        answer = staff.post("/sign-in", data={"email": "mere@harbourbench.example", "password": PASSWORD})
        assert answer.status_code in (303, 503), answer.text
        for page in STAFF_PAGES if answer.status_code == 303 else ():
            assert staff.get(page).status_code in (200, 503), page


def _look(database: Database, shop: Shop, *, now: datetime) -> Look:
    long_ago = now - DAY - timedelta(hours=3)  # the hourly work forgets them
    undone = col(Effect.done_at).is_(None), col(Effect.dead_at).is_(None)
    with database.reading() as db:

        def number(*where: object) -> int:
            return int(db.exec(select(func.count()).where(*where)).one())  # type: ignore[arg-type, call-overload]

        return Look(
            memory=memory_bytes(shop.pid),
            files=open_files(shop.pid),
            threads=threads(shop.pid),
            connections=0 if database.sqlite else db.connection().execute(_CONNECTIONS).scalar_one(),
            undone=number(*undone),
            held=number(Hold.state == "held"),
            old_windows=number(RateWindow.started < int(long_ago.timestamp())),
            over=number(SignedIn.expires_at < long_ago),
        )


_CONNECTIONS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")

FAULT = Fault("soak", "customers and staff come and go for half an hour, and nothing grows", run)
