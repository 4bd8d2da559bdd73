"""A crowd at one shelf: many more checkouts at once than there are pieces. What is there is sold, and nothing else.

First one product, then carts of three out of five, where no cart may go away empty-handed while all it wants is there.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tests.faults.browsers import Answer, together
from tests.faults.customers import BLENDER, Customer, customers, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import free, order_states
from tests.faults.processes import Shop, serving_many, ticking

FIVE = ("HB-TM-CC", "HB-CO-HB", "HB-CO-LB", "HB-FD-GR", "HB-FD-CH")
PROCESSES = {"sqlite": 1, "postgres": 2}
AT_THE_DOOR = 40  # at a time, while the crowd fills its carts


@dataclass(frozen=True, slots=True)
class Rush:
    """What came of one rush: who may pay, who was told that it is sold out, and how often somebody was asked to wait."""

    led: list[tuple[Customer, Answer]]
    refused: list[Customer]
    repeated: int


def run(place: Place, size: Size) -> str:
    """One product, then carts; each rush is checked piece by piece."""
    parallel, units = size.of(20, 200), size.of(10, 100)
    on_shelf(place, dict.fromkeys((BLENDER, *FIVE), units))
    with ticking(place) as clock, serving_many(place, PROCESSES[place.engine]) as shops:
        one = _one_product(place, shops, customers_number=size.of(60, 10_000), units=units, parallel=parallel)
        carts = _carts(place, shops, size.random(), number=size.of(24, 2_000), units=units, parallel=parallel)
    for shop in shops:
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
    place.prove(now=clock())
    return f"{one}; {carts}"


def _one_product(place: Place, shops: Sequence[Shop], *, customers_number: int, units: int, parallel: int) -> str:
    crowd = customers([shop.port for shop in shops], customers_number)
    rush = asyncio.run(_rush({each.number: {BLENDER: 1} for each in crowd}, crowd, parallel=parallel))
    assert len(rush.led) == units, f"{len(rush.led)} were led to pay for {units} pieces"
    assert free(place, [BLENDER]) == {BLENDER: 0}
    _all_pay(place, rush)
    return _counted(rush)


def _carts(
    place: Place, shops: Sequence[Shop], chance: random.Random, *, number: int, units: int, parallel: int
) -> str:
    crowd = customers([shop.port for shop in shops], number, first=100_000)
    kinds = list(combinations(FIVE, 3))
    wanted = {each.number: dict.fromkeys(chance.choice(kinds), 1) for each in crowd}
    rush = asyncio.run(_rush(wanted, crowd, parallel=parallel))
    sold = Counter(sku for customer, _led in rush.led for sku in wanted[customer.number])
    left = free(place, FIVE)
    assert {sku: units - sold[sku] for sku in FIVE} == left, (sold, left)
    for customer in rush.refused:
        assert any(left[sku] == 0 for sku in wanted[customer.number]), (wanted[customer.number], left)
    _all_pay(place, rush)
    return f"carts of three: {_counted(rush)}"


async def _rush(wanted: Mapping[int, Mapping[str, int]], crowd: Sequence[Customer], *, parallel: int) -> Rush:
    """Everybody stands at the button before the first one presses it."""
    forms = await _forms(wanted, crowd)

    async def prepare(each: Customer) -> None:
        await each.fills_cart(wanted[each.number])
        await each.gives_address()
        # What the review would hand out: the digests of what is shown are everybody's, the key each one's own.
        each.order_form = forms[frozenset(wanted[each.number])] | {"key": f"{each.number:032x}"}
        await each.leaves()

    async def press(each: Customer) -> Answer:
        answer = await each.orders()
        await each.leaves()
        return answer

    await together(crowd, prepare, parallel=AT_THE_DOOR)
    for each in crowd:
        each.repeated = 0
    came = await together(crowd, press, parallel=parallel)
    for customer, answer in came:
        assert answer.status in (303, 409), f"{customer.number} was answered {answer.status}: {answer.text[:2000]}"
    led = [(customer, answer) for customer, answer in came if answer.status == 303]
    refused = [(customer, answer) for customer, answer in came if answer.status == 409]
    assert all(answer.location.startswith("/till/") and customer.ordered for customer, answer in led)
    # The page of what is sold out, and of nothing else, offers to tell when there is more.
    assert all("/waitlist" in answer.text for _customer, answer in refused), refused[0][1].text
    return Rush(led, [customer for customer, _answer in refused], sum(each.repeated for each in crowd))


async def _forms(
    wanted: Mapping[int, Mapping[str, int]], crowd: Sequence[Customer]
) -> dict[frozenset[str], dict[str, str]]:
    """The form of the review of every kind of cart, by what is in it; read by one visitor for all."""
    read = {}
    for number, kind in enumerate({frozenset(each): each for each in wanted.values()}.values()):
        reader = Customer(crowd[0].port, 1_000_000 + number)
        await reader.fills_cart(kind)
        await reader.gives_address()
        await reader.reviews()
        await reader.leaves()
        read[frozenset(kind)] = reader.order_form
    return read


def _all_pay(place: Place, rush: Rush) -> None:
    """Whoever was led to the till pays there; then exactly they have a paid order."""

    async def pay(one: tuple[Customer, Answer]) -> None:
        customer, answer = one
        await customer.pays(answer.location)
        await customer.leaves()

    asyncio.run(together(rush.led, pay, parallel=AT_THE_DOOR))
    bought = {customer.ordered for customer, _answer in rush.led}
    states = order_states(place)
    assert len(bought) == len(rush.led)
    assert all(states[number] == "paid" for number in bought), {number: states[number] for number in bought}


def _counted(rush: Rush) -> str:
    number = len(rush.led) + len(rush.refused)
    return f"{number} checkouts, {len(rush.led)} paid, {len(rush.refused)} told sold out, {rush.repeated} repeats"


FAULT = Fault("crowd", "10,000 checkouts, 200 at a time, for 100 pieces; then carts of three products", run)
