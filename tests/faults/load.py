"""A light, steady load: customers who look around and buy at so many requests a second while something goes wrong.

They repeat what the shop is too busy for, as browsers do. What is counted: every answer, whatever was a fault of the
shop, when forms were taken, and which orders were acknowledged as paid.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlmodel import col, select

from shop.base.db import Database
from shop.checkout.models import Order
from tests.faults.browsers import Answer, Gone, Unexpected
from tests.faults.customers import BLENDER, Customer, on_shelf
from tests.faults.fault import Place

PER_SECOND = 20
BUYERS = 8
HEALED_SECONDS = 5
PATIENCE_SECONDS = 120
PAID = ("paid", "dispatched", "delivered")


@dataclass
class Load:
    """What came of the load so far."""

    answers: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    faults: list[str] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)  # when a form was taken, by the monotonic clock
    told_to_wait: float = 0  # seconds, at most
    _next: float = 0

    @property
    def asked(self) -> int:
        """How many requests were sent."""
        return self.answers.total() + self.cut

    async def turn(self) -> None:
        """Wait for one's turn: there are so many a second, whoever asks."""
        now = time.monotonic()
        self._next = max(self._next, now) + 1 / PER_SECOND
        await asyncio.sleep(self._next - now)

    def wait_for(self, orders: int) -> None:
        """Until so many orders were acknowledged."""
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self.bought) < orders:
            assert time.monotonic() < until and not self.faults, (self.said(), self.faults[:5])
            time.sleep(0.1)

    def saw(self, answer: Answer) -> None:
        """Count an answer."""
        self.answers[answer.status] += 1
        if answer.status == 303:
            self.taken.append(time.monotonic())
        if answer.status == 503:
            self.told_to_wait = max(self.told_to_wait, answer.retry_after or 0)
        if answer.status >= 500 and (answer.status != 503 or answer.retry_after is None):
            self.faults.append(f"{answer.path} answered {answer.status}: {answer.text[:500]}")

    def was_cut(self) -> None:
        """Count a request without an answer."""
        self.cut += 1

    def check(self, *, place: Place, well_since: float | None = None) -> None:
        """Nothing but 503 while it lasted, well again within five seconds, and every acknowledged order is there.

        Well again is when a form is taken, besides the seconds for which whoever sends it was told to wait.
        """
        assert not self.faults, self.faults[:5]
        if well_since is not None:
            first = next((each - well_since for each in self.taken if each > well_since), None)
            allowed = HEALED_SECONDS + self.told_to_wait
            assert first is not None and first <= allowed, f"first taken {first} s after it was over"
        database = Database(place.url)
        with database.reading() as db:
            kept = set(db.exec(select(Order.number).where(col(Order.state).in_(PAID))).all())
        database.close()
        assert set(self.bought) <= kept, f"acknowledged and lost: {sorted(set(self.bought) - kept)}"

    def said(self) -> str:
        """The figures in a few words."""
        return f"{self.asked} requests, {self.answers[503]} put off, {self.cut} cut, {len(self.bought)} orders"


class Paced(Customer):
    """A customer who takes turns with all others, and whose answers are counted."""

    load: Load

    async def asks(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        await self.load.turn()
        try:
            answer = await super().asks(method, path, fields)
        except Gone:
            self.load.was_cut()
            raise
        self.load.saw(answer)
        return answer


@contextmanager
def under_load(place: Place, port: int, *, buyers: int = BUYERS, first: int = 300_000) -> Iterator[Load]:
    """So many customers at a time come and buy at the port while the block runs; whoever has begun then ends what they do.

    Others who buy in the same place at the same time have other numbers, far from `first`.
    """
    on_shelf(place, {BLENDER: 100_000})
    load, over = Load(), threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_customers(load, port, over, range(first, first + buyers))), name="load"
    )
    thread.start()
    try:
        yield load
    finally:
        over.set()
        thread.join()


async def _customers(load: Load, port: int, over: threading.Event, numbers: range) -> None:
    async with asyncio.TaskGroup() as group:
        for number in numbers:
            group.create_task(_buyer(load, port, count(number, len(numbers)), over))


async def _buyer(load: Load, port: int, numbers: Iterator[int], over: threading.Event) -> None:
    while not over.is_set():
        customer = Paced(port, next(numbers))
        customer.load = load
        try:
            await customer.insists("GET", customer.shop)
            await customer.insists("GET", "/readyz")
            number_of_order = await customer.buys({BLENDER: 1})
            await customer.insists("GET", f"{customer.shop}orders/{number_of_order}/paid")
            load.bought.append(number_of_order)
        except Gone:
            continue  # counted already; they try again another day
        except Unexpected as unexpected:
            load.faults.append(str(unexpected))
        finally:
            await customer.leaves()
