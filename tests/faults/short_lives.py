"""Processes with a short life: each buys, pays, asks money back and sends mails below the doors, until it is killed.

python -m tests.faults.short_lives URL FOLDER LIVES SEED

A parent that has loaded everything forks them one after the other, so that a life costs next to nothing to begin. What
a life has done it says through a pipe, as a shop answers its customer; the parent hands on all that was said, as JSON.
"""

import gc
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col
from sqlmodel import select as query

from shop import jobs
from shop.base.logs import set_up_logs
from shop.base.outbox import carry_out_due
from shop.base.payments import PaymentRefused
from shop.base.settings import Settings
from shop.base.till import DemoTill
from shop.checkout.bounds import unpaid_by
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import Cashier, begin, settle_by_session
from shop.checkout.refunds import ask_refund
from shop.checkout.webhook import take_notice
from shop.house import assemble
from tests.buying import BLENDER, BUYER, visit, wish
from tests.world import ORIGIN, TUESDAY, StoppedClock, World

LONGEST_LIFE = 0.25  # seconds from its first word: most lives end in their first purchase or their second
GIVES_UP_AFTER = 60.0  # seconds without a word, or to the end of a life that nobody ended

Word = tuple[str, int, str]  # what was done, for which purchase, and its number, session or key
Say = Callable[[str, int, str], None]


def main() -> None:
    """Live and die so often, then say what was said."""
    url, folder, lives, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    house = below_the_doors(url, folder)
    said = purchase(house, 0)  # everything is loaded by it, once for all that follow
    house.house.database.close()
    gc.freeze()
    chance, unfinished = random.Random(seed), 1
    for life in range(lives):
        house.clock.now = TUESDAY + timedelta(seconds=life + 1)
        heard = _life(house, unfinished, seconds=chance.uniform(0, LONGEST_LIFE))
        said += heard
        unfinished = max([unfinished, *(number + 1 for what, number, _which in heard if what == "over")])
    json.dump(said, sys.stdout)


def below_the_doors(url: str, folder: Path) -> World:
    """The house without its doors, and without a thread of its own."""
    settings = Settings(database_url=url, data_dir=folder, base_url=ORIGIN, secret_key=b"k" * 32, log_format="off")
    clock = StoppedClock()
    house = assemble(settings, clock=clock)
    set_up_logs("off")
    house.revisions.refresh()
    house.policies.refresh()
    return World(house, None, None, clock)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One customer's purchase, the same however often it is begun anew."""

    number: int

    @property
    def key(self) -> str:
        """The order form's."""
        return f"{self.number:032x}"


def purchase(world: World, number: int, say: Say | None = None) -> list[Word]:
    """Everything that is done about one purchase, each step safe to be taken again; says each step when it is done."""
    heard: list[Word] = []
    told = say or (lambda what, which, about: heard.append((what, which, about)))
    house, now, till = world.house, world.clock.now, world.house.payments
    assert isinstance(till, DemoTill)
    begun = _begin(world, number)
    told("placed", number, begun)
    session = _session(world, begun)
    with suppress(PaymentRefused):  # the life before has paid, and was killed before it could say so
        notice = till.pay(session, now=now)
        told("charged", number, begun)
        take_notice(house.database, till, *notice, now=now)
    settle_by_session(house.database, till, session, now=now)
    told("paid", number, begun)
    if number % 3 == 0:
        with house.database.writing() as db:
            order = db.get_one(Order, begun)
            ask_refund(db, order, order.total, ground="goodwill", key=f"back-{number}", person="mere", now=now)
        told("refund", number, f"back-{number}")
    carry_out_due(house.database, jobs.effects(house), clock=world.clock, at_most=3)
    told("over", number, begun)
    return heard


def _begin(world: World, number: int) -> str:
    house, at = world.house, visit(world)
    cashier = Cashier(
        database=house.database,
        payments=house.payments,
        policies=house.policies,
        languages=house.languages,
        base_url=ORIGIN,
    )
    with house.database.reading() as db:
        wanted = wish(db, world, at, f"{number:032x}", {BLENDER: 1})
    email = f"life-{number}@example.com"
    who = unpaid_by(house.signer, "de", address=f"10.9.{number >> 8}.{number & 255}", email=email)
    return begin(cashier, at, wanted, replace(BUYER, email=email, unpaid_by=who)).number


def _session(world: World, order: str) -> str:
    with world.house.database.reading() as db:
        mine = query(PaymentAttempt.session).where(col(PaymentAttempt.order_number) == order)
        session = db.exec(mine).one()
    assert session is not None
    return session


def _life(world: World, first: int, *, seconds: float) -> list[Word]:
    """One life, from its first word on so many seconds long; what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _live(world, first, writing)
    os.close(writing)
    heard = _listen(reading, child, seconds)
    os.close(reading)
    return heard


def _live(world: World, first: int, pipe: int) -> None:
    """Never comes back."""

    def say(what: str, number: int, about: str) -> None:
        os.write(pipe, f"{json.dumps([what, number, about])}\n".encode())  # short: whole or not at all

    try:
        signal.alarm(int(GIVES_UP_AFTER))  # should the parent be gone
        say("born", first, "")
        number = first
        while True:
            purchase(world, number, say)
            number += 1
    except BaseException as fault:  # noqa: BLE001 - a fault of a life must reach the parent as such
        say("fault", first, repr(fault)[:1000])
    finally:
        os._exit(1)


def _listen(pipe: int, child: int, seconds: float) -> list[Word]:
    """Hear the child out until its time has come, kill it, and read what is still in the pipe."""
    said, end = b"", time.monotonic() + GIVES_UP_AFTER
    while (now := time.monotonic()) < end:
        if select.select([pipe], [], [], end - now)[0]:
            read = os.read(pipe, 65_536)
            if not said:
                end = time.monotonic() + seconds
            said += read
            if not read:
                break
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(pipe, 65_536):
        said += more
    words: list[Any] = [json.loads(line) for line in said.splitlines()]
    faults = [word for word in words if word[0] == "fault"]
    if faults or not words:
        raise SystemExit(f"a life ended by itself: {faults}")
    return [(what, number, about) for what, number, about in words]


if __name__ == "__main__":
    main()
