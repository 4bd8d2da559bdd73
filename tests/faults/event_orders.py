"""Every order in which six notices of the payment provider can arrive, each once or twice: they all end the same.

The notices go through the shop's own function for them. One that is refused is delivered again, as Stripe does, and
those that come twice come again when all have come. Every order is tried from the same rows, within one transaction
that is wound back.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from random import Random
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import select

from shop.base.db import Database
from shop.base.payments import PaymentsAway
from shop.base.web import BadRequest
from shop.checkout.giving_back import give_back
from shop.checkout.models import Order
from shop.checkout.refunds import ask_refund
from shop.checkout.webhook import take_notice
from shop.ground.errors import Busy, NotFound
from tests.aftersales import DE
from tests.doors import place
from tests.faults import provider_history as told
from tests.faults.copying import copied
from tests.faults.fault import Fault, Place, Size
from tests.faults.provider_history import Happenings, History, Unanswered, Wired
from tests.faults.side_by_side import side_by_side
from tests.stripe_stand_in import StripeStandIn
from tests.world import ANNA, TUESDAY, World
from tests.world import world as open_world

# How it stands. What is told on the way (a delayed payment, a dispute that is open) depends on when the shop hears of it.
STANDS = (
    "SELECT state, given_back, paid_at IS NULL, due_later FROM orders",
    "SELECT state, payment <> '', declined_at IS NULL FROM payment_attempt",
    "SELECT state FROM hold",
    "SELECT sku, on_hand, held, sold FROM stock WHERE held + sold > 0",
    "SELECT market, held, paid FROM exposure WHERE held + paid > 0",
    "SELECT sku, pieces FROM customer_allowance",
    "SELECT key, state, minor, provider_id, reason FROM refund",
    "SELECT provider_id, state, minor, reason FROM dispute",
    "SELECT kind FROM order_event WHERE kind <> 'waiting' ORDER BY kind",
    "SELECT key FROM effect WHERE kind = 'order mail' AND payload NOT LIKE '%waiting%' ORDER BY key",
)


def _as_placed(_world: World, _stand_in: StripeStandIn, _session: str) -> None:
    """Nothing has happened yet but the order."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened at the provider; `before` brings the shop to where the notices begin."""

    name: str
    happens: Callable[[StripeStandIn, str], Happenings]
    before: Callable[[World, StripeStandIn, str], None] = _as_placed


class OneTransaction(Database):
    """A database whose every transaction is a savepoint of one that is never committed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.connection: Connection = self._for_writing.connect()
        self._whole = self.connection.begin()
        self.engine = self._for_writing = self._for_reading = self.connection  # type: ignore[assignment]

    @contextmanager
    def wound_back(self) -> Iterator[None]:
        """Whatever happens within has not happened afterwards."""
        savepoint = self.connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def close(self) -> None:
        """Nothing was done."""
        engine = self.connection.engine
        self._whole.rollback()
        self.connection.close()
        engine.dispose()


class Telling:
    """Every order of a history's events told to the shop."""

    def __init__(self, database: OneTransaction, payments: Wired, history: History, now: datetime) -> None:
        self._database, self._payments, self._history, self._now = database, payments, history, now
        self.ends: set[tuple[Any, ...]] = set()
        self.orders = self.deliveries = 0
        self._told: tuple[int, ...] = ()

    def every(self, firsts: Sequence[tuple[int, ...]]) -> None:
        """Each of these orders, followed by each choice of events that are told once more."""
        for order in firsts:
            with self._database.wound_back():
                late = [event for at, event in enumerate(order) if not self._taken(event, stage=max(order[: at + 1]))]
                for _round in range(len(late)):
                    late = [event for event in late if not self._taken(event, stage=max(order))]
                assert not late, f"{order}: {late} are never taken"
                self._again(order, 0, order)

    def _again(self, order: tuple[int, ...], place: int, so_far: tuple[int, ...]) -> None:
        if place == len(order):
            self.orders += 1
            self.ends.add(self._end())
            assert len(self.ends) == 1, f"told in the order {so_far} it ends otherwise: {self.ends}"
            return
        self._again(order, place + 1, so_far)
        with self._database.wound_back():
            assert self._taken(order[place], stage=max(order))
            self._again(order, place + 1, (*so_far, order[place]))

    def _taken(self, event: int, *, stage: int) -> bool:
        self._history.rewind(stage + 1)
        self.deliveries += 1
        try:
            take_notice(self._database, self._payments, *self._history.events[event], now=self._now)
        except (NotFound, Busy):
            return False
        except BadRequest:
            raise AssertionError(f"the shop does not understand event {event}") from None
        return True

    def _end(self) -> tuple[Any, ...]:
        execute = self._database.connection.execute
        return tuple(tuple(map(tuple, execute(text(each)).all())) for each in STANDS)


def _refund_unanswered(world: World, stand_in: StripeStandIn, session: str) -> None:
    stand_in.complete(session)
    body, signature = stand_in.signed_event("checkout.session.completed", session)
    take_notice(world.house.database, world.house.payments, body, signature, now=world.clock.now)
    world.work()
    with world.house.database.writing() as db:
        order = db.exec(select(Order)).one()
        ask_refund(db, order, 50_00, ground="goodwill", key="form", person="mere", now=world.clock.now)
    with suppress(PaymentsAway):
        give_back(world.house.database, Unanswered(stand_in), {"refund": "form"}, now=world.clock.now)
    assert stand_in.refunds


STORIES = (
    Story("paid and disputed", told.paid_and_disputed),
    Story("paid by a slow method", told.paid_by_a_slow_method),
    Story("a slow method that fails", told.a_slow_method_that_fails),
    Story("declined until over", told.declined_until_over),
    Story("refunded", told.refunded, _refund_unanswered),
    Story("refunded in vain", told.refunded_in_vain, _refund_unanswered),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A story to be told in so many of its orders."""

    place: Place
    story: Story
    seed: int
    orders: int


def run(place: Place, size: Size) -> str:
    """Every order of every story's events on SQLite; on PostgreSQL, and in the short form, a sample of them."""
    orders = size.of(3, 40) if place.engine == "postgres" else size.of(6, 720)
    tasks = [Task(place, story, size.seed, orders) for story in STORIES]
    came = side_by_side(_told, tasks, apart=size.full)
    told, deliveries = sum(each[0] for each in came), sum(each[1] for each in came)
    return f"{told} orders of {len(STORIES)} sets of events, {deliveries} deliveries: one end for each set"


def _told(task: Task) -> tuple[int, int]:
    """How many orders were told, with how many deliveries."""
    with ExitStack() as stack:
        stand_in = stack.enter_context(StripeStandIn(lambda: TUESDAY))
        payments = stack.enter_context(closing(Wired(stand_in)))
        place = stack.enter_context(copied(task.place))
        world = stack.enter_context(open_world(place.folder, place.url, payments=payments))
        session = _placed(world)
        task.story.before(world, stand_in, session)
        history = History(stand_in)
        for act in task.story.happens(stand_in, session):
            history.happen(act)
        database = stack.enter_context(closing(OneTransaction(place.url)))
        telling = Telling(database, payments, history, world.clock.now)
        every = list(permutations(range(len(history.events))))
        telling.every(Random(task.seed).sample(every, min(task.orders, len(every))))
    return telling.orders, telling.deliveries


def _placed(world: World) -> str:
    """Anna's order, waiting to be paid; its session."""
    place(world.browser("de"), DE, ANNA)
    assert isinstance(world.house.payments, Wired)
    return next(iter(world.house.payments.stand_in.sessions))


FAULT = Fault(
    "event orders",
    "Six notices of the payment provider arrive in every order, each once or twice.",
    run,
)
