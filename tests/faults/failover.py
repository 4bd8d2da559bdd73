"""The primary's machine dies while customers buy: its standby takes over, and nothing that was acknowledged is lost.

The shop knows both hosts (`DATABASE_URL` with two) and nobody touches it: it answers 503 with Retry-After until one of
them takes writes, and goes on by itself.
"""

import asyncio
import threading
import time
from dataclasses import dataclass, field, replace

from shop.base.database_address import primary_address
from tests.conftest import prepare
from tests.faults.browsers import together
from tests.faults.customers import BLENDER, Customer, customers, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import order_states
from tests.faults.processes import Clock, serving_many, ticking
from tests.postgres_pair import Pair, running_pair

BUYERS = 20  # at a time
SETTLED_SECONDS = 60
DEAD_SECONDS = 2  # until somebody, or something, notices that the primary is gone and promotes the standby


@dataclass
class Till:
    """What was acknowledged, and when, in this machine's own steady time."""

    enough: int
    sold: list[tuple[str, float]] = field(default_factory=list)
    sold_enough: threading.Event = field(default_factory=threading.Event)

    async def serves(self, customer: Customer) -> None:
        """One whole purchase; its order counts as acknowledged once the customer was told that it is paid."""
        number = await customer.buys({BLENDER: 1})
        self.sold.append((number, time.monotonic()))
        if len(self.sold) >= self.enough:
            self.sold_enough.set()

    def before(self, instant: float) -> int:
        """How many orders were acknowledged by then."""
        return sum(at < instant for _number, at in self.sold)

    def pause_after(self, instant: float) -> float:
        """For how many seconds from then on nothing was acknowledged."""
        return min(at for _number, at in self.sold if at >= instant) - instant


@dataclass
class PowerCut:
    """The end of the primary, as soon as enough was sold, and some time later the promotion of its standby."""

    pair: Pair
    till: Till
    at: float = 0.0
    over: float = 0.0

    def comes(self) -> None:
        """Wait for it, and bring it about."""
        if self.till.sold_enough.wait(timeout=300):
            self.at = time.monotonic()
            self.pair.primary.kill()
            time.sleep(DEAD_SECONDS)
            self.pair.promote()
            self.over = time.monotonic()


def run(place: Place, size: Size) -> str:
    """The first purchases go to the primary; it dies; the standby is promoted; all customers get what they came for."""
    number = size.of(20, 1_000)
    with running_pair() as pair:
        there = _with_the_demo(place, pair)
        on_shelf(there, {BLENDER: number})
        till = Till(enough=size.of(6, 300))
        cut = PowerCut(pair, till)
        with ticking(there) as clock, serving_many(there, 2) as shops:
            thread = threading.Thread(target=cut.comes, name="power cut")
            thread.start()
            crowd = customers([shop.port for shop in shops], number)
            try:
                asyncio.run(together(crowd, till.serves, parallel=BUYERS))
            finally:
                till.sold_enough.set()
                thread.join()
            _nothing_lost(there, clock, till, cut)
            there.prove(now=clock())
        for shop in shops:
            assert "Traceback" not in shop.said(), shop.said()[-4000:]
    pause, repeated = till.pause_after(cut.over), sum(each.repeated for each in crowd)
    return (
        f"{number} bought, {BUYERS} at a time; {till.before(cut.at)} of them before the primary died, all kept; "
        f"{repeated} requests repeated; the next order was paid {pause:.1f} s after the standby had taken over"
    )


def _with_the_demo(place: Place, pair: Pair) -> Place:
    """The place over the pair, in a database of its own with the demo in it."""
    pair.primary.do("CREATE DATABASE shop")
    url = primary_address(pair.url("shop"))
    prepare(url)
    return replace(place, url=url, environment=place.environment | {"SOFTLAUNCH_DATABASE_URL": url})


def _nothing_lost(place: Place, clock: Clock, till: Till, cut: PowerCut) -> None:
    bought = {order for order, _at in till.sold}
    assert 0 < till.before(cut.at) < len(bought), "the primary was to die while customers buy"
    assert not (lost := bought - order_states(place).keys()), f"acknowledged and lost: {lost}"
    until = time.monotonic() + SETTLED_SECONDS
    while unpaid := {number: state for number, state in order_states(place).items() if state != "paid"}:
        assert time.monotonic() < until, f"paid at the till, and the order does not say so: {unpaid}"
        clock.later(minutes=1)  # who did not come back from the till is asked about when their time is over
        time.sleep(0.5)


FAULT = Fault(
    "failover",
    "the primary dies while customers buy, and its standby takes over",
    run,
    engines=("postgres",),
)
