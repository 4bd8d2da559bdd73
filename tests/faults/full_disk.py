"""The disk that holds database, attachments and outbox is full, and then it is not.

Buying goes on where nothing has to be written; else 503 and when to come again. Nothing is half-written, no mail is
lost, and with room again all goes on without anybody starting anything anew. Where no small disk may be mounted, SQLite
is told that it has no more pages.
"""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import event

from tests.buying import set_stock, stock_of
from tests.doors import pay, to_review
from tests.faults.fault import Fault, Place, Size
from tests.faults.load import under_load
from tests.faults.processes import serving, ticking
from tests.world import ANNA, World
from tests.world import world as open_world

ROOM = 24 * 2**20  # bytes besides the database
SHOP = "/de/de/"


def run(place: Place, size: Size) -> str:
    """Without pages in this process, then on a small disk of its own under load, where one may be mounted."""
    refused = _without_pages(place)
    with _small_disk(place) as small:
        if small is None:
            return f"without pages: {refused} purchases put off; no disk may be mounted here"
        said = _without_room(small, size)
    return f"without pages: {refused} purchases put off; on a full disk: {said}"


def _without_pages(place: Place) -> int:
    refused = 0
    with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"))) as database:
        database.execute("VACUUM")  # no page is free: the first order with its texts needs more
    with open_world(place.folder, place.url) as world:
        set_stock(world, 100)
        for _customer in range(3):
            browser = world.browser("de")
            to_review(browser, SHOP, {**ANNA, "email": f"anna{_customer}@example.com"})
            review, before = browser.page, stock_of(world)
            with _no_more_pages(world):
                answer = browser.submit("/orders", accept="yes")
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) > 0 and stock_of(world) == before, answer.text
                refused += 1
                browser.page = review
                answer = browser.submit("/orders", accept="yes")
            assert answer.status_code == 303, answer.text
            number = next(name.removeprefix("order-") for name in browser.cookies if name.startswith("order-"))
            pay(world, browser, SHOP, number)
        world.work()
        assert refused, "there were pages left: nobody was put off"
    place.prove(now=world.clock.now)
    return refused


@contextmanager
def _no_more_pages(world: World) -> Iterator[None]:
    """SQLite may not let the file grow, and no page in it is free."""
    engine = world.house.database.engine

    def full(connection: object, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA max_page_count = 1").close()  # type: ignore[attr-defined]

    def room(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1073741823").close()  # type: ignore[attr-defined]

    event.listen(engine, "checkout", full)
    event.listen(engine, "checkin", room)
    try:
        yield
    finally:
        event.remove(engine, "checkout", full)
        event.remove(engine, "checkin", room)


@contextmanager
def _small_disk(place: Place) -> Iterator[Place | None]:
    """The place on a disk of its own with little room; None where that may not be had."""
    disk, file = place.folder / "disk", Path(place.url.removeprefix("sqlite:///"))
    disk.mkdir()
    size = file.stat().st_size + ROOM
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        yield None
        return
    try:
        shutil.copy(file, disk / "softlaunch.db")
        url = f"sqlite:///{disk / 'softlaunch.db'}"
        own = {"SOFTLAUNCH_DATABASE_URL": url, "SOFTLAUNCH_DATA_DIR": str(disk)}
        # The clock and the logs stay on the other disk: they are the harness's.
        yield replace(place, url=url, environment={**place.environment, **own})
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)  # gone at once, whoever still has a file open there


def _without_room(place: Place, size: Size) -> str:
    filler = Path(place.url.removeprefix("sqlite:///")).with_name("filler")
    with ticking(place) as clock, serving(place) as shop:
        with under_load(place, shop.port) as load:
            time.sleep(size.of(3, 15))
            _fill(filler)
            time.sleep(size.of(5, 60))
            filler.unlink()
            well_since = time.monotonic()
            time.sleep(size.of(8, 20))
        load.check(well_since=well_since, place=place)
        assert load.answers[503], "nobody was put off: the disk was not full"
    clock.later(minutes=5)
    with open_world(filler.parent, place.url) as world:
        world.at(clock())
        mails = len(list((filler.parent / "outbox").glob("*.eml")))
        assert mails >= len(load.bought) and not list((filler.parent / "outbox").glob("*.part"))
    place.prove(now=clock())
    return load.said()


def _fill(filler: Path) -> None:
    """Leave no byte of the disk."""
    chunk = b"x" * 65_536
    with filler.open("wb", buffering=0) as opened:
        while chunk:
            try:
                opened.write(chunk)
            except OSError:
                chunk = chunk[: len(chunk) // 2]


FAULT = Fault("full disk", "the disk with database, attachments and outbox is full", run, ("sqlite",))
