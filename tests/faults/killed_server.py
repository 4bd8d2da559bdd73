"""Serving processes killed at any moment while customers buy: nobody loses an order, and nobody gets one twice.

The shop is killed, and on PostgreSQL the process that does the periodic work with it; both are started again while
twenty customers keep pressing the same buttons with the same keys.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

from sqlmodel import col, select

from shop.base.outbox import Effect
from shop.checkout.models import Order
from tests.faults.customers import BLENDER, Customer, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import looking
from tests.faults.processes import Clock, Process, Shop, serving, ticking, working
from tests.smtp import Post, smtp_server

LONGEST_LIFE = 120  # answers; a purchase takes six
REST_SECONDS = 90  # at the end, in which at least something of what was cut off is tidied up


@dataclass
class Day:
    """What happens while the processes come and go: customers number on, and each says what they were told."""

    shop: Shop
    at_once: int  # customers
    numbers: "count[int]" = field(default_factory=count)
    bought: dict[int, str] = field(default_factory=dict)  # by customer, the number of the order they were told is paid
    everybody: list[Customer] = field(default_factory=list)
    over: bool = False

    @property
    def answered(self) -> int:
        """How many answers there were."""
        return sum(each.answered for each in self.everybody)

    async def customers(self) -> None:
        """One customer after the other, until the day is over; who has begun finishes."""
        while not self.over:
            customer = Customer(self.shop.port, next(self.numbers))
            self.everybody.append(customer)
            self.bought[customer.number] = await customer.buys({BLENDER: 1})


def run(place: Place, size: Size) -> str:
    """Kill so many times, let time pass, and compare what customers were told with what is there."""
    kills, at_once = size.of(2, 100), size.of(10, 20)
    on_shelf(place, {BLENDER: 100 * at_once * kills})
    with ExitStack() as stack:
        clock, post = stack.enter_context(ticking(place)), stack.enter_context(smtp_server())
        shop = stack.enter_context(serving(place, smtp_url=post.url))
        others = [stack.enter_context(working(place, smtp_url=post.url))] if place.engine == "postgres" else []
        day = Day(shop, at_once)
        asyncio.run(_day(day, [shop, *others], size.random(), kills))
        asyncio.run(_rest(place, clock))
    for process in (shop, *others):
        assert "Traceback" not in process.said(), process.said()[-4000:]
    _each_once(place, day)
    mails = _mails_once(place, post)
    place.prove(now=clock())
    killed = " and ".join(process.name for process in (shop, *others))
    repeated = sum(each.repeated for each in day.everybody)
    return f"{kills} kills of {killed}, {len(day.bought)} purchases, {repeated} requests repeated, {mails}"


async def _day(day: Day, processes: Sequence[Process], chance: random.Random, kills: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _customer in range(day.at_once):
            group.create_task(day.customers())
        for _kill in range(kills):
            enough = day.answered + chance.randint(1, LONGEST_LIFE)
            while day.answered < enough:
                await asyncio.sleep(chance.uniform(0, 0.02))
            for process in processes:
                process.kill()
            for process in reversed(processes):  # the shop last: it is the one that is waited for
                await asyncio.to_thread(process.start)
        day.over = True


async def _rest(place: Place, clock: Clock) -> None:
    """Let leases, holds and sessions run out, until nothing is left to do. Raises AssertionError when that never comes."""
    left, seconds = _left(place), 0
    while left:
        assert seconds < REST_SECONDS, f"still not done: {left}"
        clock.later(minutes=5)
        await asyncio.sleep(1)
        before, left = left, _left(place)
        seconds = 0 if len(left) < len(before) else seconds + 1


def _left(place: Place) -> list[str]:
    with looking(place) as db:
        open_effects = db.exec(select(Effect.key).where(col(Effect.done_at).is_(None))).all()
        unpaid = db.exec(select(Order.number).where(Order.state == "placed")).all()
    return [*open_effects, *unpaid]


def _each_once(place: Place, day: Day) -> None:
    """Every customer has the one order they were told of, and it is paid."""
    with looking(place) as db:
        orders = db.exec(select(Order.email, Order.number, Order.state)).all()
    by_email = {email: (number, state) for email, number, state in orders}
    assert len(by_email) == len(orders), Counter(email for email, _number, _state in orders).most_common(3)
    for number, bought in day.bought.items():
        assert by_email.get(Customer(0, number).email) == (bought, "paid"), (number, bought)
    assert len(orders) == len(day.bought), "orders of which nobody was told"


def _mails_once(place: Place, post: Post) -> str:
    """One confirmation each; a second one has the same Message-ID, and its effect says that it was tried again."""
    sent = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in post.mails)
    with looking(place) as db:
        told = select(Order.email, Effect.attempts).join(Effect, col(Effect.key) == _CONFIRMED)
        attempts = dict(db.exec(told).all())
    confirmed = Counter({to: times for (to, name), times in sent.items() if "-confirmed" in name})
    assert confirmed.keys() == attempts.keys(), confirmed.keys() ^ attempts.keys()
    for email, times in confirmed.items():
        assert times <= attempts[email], (email, times, attempts[email])
    assert sum(1 for _to, name in sent if "-confirmed" in name) == len(confirmed), "two names for one confirmation"
    return f"{len(confirmed)} confirmed, {sum(times > 1 for times in confirmed.values())} of them twice"


_CONFIRMED = "order:" + col(Order.number) + ":confirmed"

FAULT = Fault("killed server", "100 kills of the serving processes while 20 customers buy", run)
