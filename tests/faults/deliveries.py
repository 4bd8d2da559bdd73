"""One notice delivered fifty times at once, event after event: every payment is one order and one mail.

Each delivery is a request of its own through the shop's door, answered by the threads that answer everybody. One that
the database is too busy for is told so, with when to come again, and does: as the provider would.
"""

from collections import Counter
from collections.abc import Iterable

import anyio
import httpx
from sqlmodel import col, func, select

from shop.base.till import DemoTill
from shop.catalogue.models import Stock
from shop.checkout.models import Order, OrderEvent
from shop.checkout.pay import remember_session, session_ask
from shop.checkout.settling import lines_of
from tests.buying import BLENDER, buy, set_stock, stock_of
from tests.faults.end_state import mails
from tests.faults.fault import Fault, Place, Size
from tests.world import ANNA, ORIGIN, World
from tests.world import world as open_world

TRIES = 20  # of one delivery


def run(place: Place, size: Size) -> str:
    """Pay so many orders, and have each payment's notice delivered so often at once."""
    events, at_once = size.of(6, 200), size.of(10, 50)
    with open_world(place.folder, place.url) as world:
        set_stock(world, events)
        answers: Counter[int] = Counter()
        for number in range(events):
            body, signature = _paid(world, f"k{number}")
            answers.update(world.portal.call(_deliver, world, body, signature, at_once))
        world.work()
        _every_payment_once(world, events)
        with world.house.database.reading() as db:
            assert db.get_one(Stock, BLENDER).held == 0
    confirmed = [times for (to, _mail), times in mails(place).items() if to == ANNA["email"]]
    assert confirmed == [1] * events, f"{events} payments, and so many of each mail: {confirmed}"
    place.prove(now=world.clock.now)
    assert answers[200] == events * at_once, answers
    return (
        f"{events} events, each {at_once} times at once ({answers[503]} told to come again): {events} orders and mails"
    )


async def _deliver(world: World, body: bytes, signature: str, times: int) -> Iterable[int]:
    """The statuses of all answers."""
    statuses: list[int] = []
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    transport = httpx.ASGITransport(app=world.app)

    async def deliver(client: httpx.AsyncClient) -> None:
        for _try in range(TRIES):
            answer = await client.post("/webhooks/stripe", content=body, headers=headers)
            statuses.append(answer.status_code)
            if answer.status_code != 503:
                return
            assert answer.headers["retry-after"]

    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client, anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(deliver, client)
    return statuses


def _paid(world: World, key: str) -> tuple[bytes, str]:
    """An order whose payment the till has taken, and the notice of it."""
    attempt, till = buy(world, key), world.house.payments
    assert isinstance(till, DemoTill)
    with world.house.database.reading() as db:
        order = db.get_one(Order, attempt.order_number)
        ask = session_ask(order, lines_of(db, order), attempt, base_url=ORIGIN, languages=world.house.languages)
    session = till.open_session(ask)
    remember_session(world.house.database, attempt.key, session.id, session.url)
    return till.pay(session.id, now=world.clock.now)


def _every_payment_once(world: World, events: int) -> None:
    with world.house.database.reading() as db:
        paid = db.exec(select(func.count()).select_from(Order).where(Order.state == "paid")).one()
        told = db.exec(select(func.count()).select_from(OrderEvent).where(col(OrderEvent.kind) == "paid")).one()
    assert (paid, told, stock_of(world)) == (events, events, (events, 0, events))


FAULT = Fault("deliveries", "One notice of the payment provider is delivered fifty times at once.", run)
