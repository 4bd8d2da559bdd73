"""Buying below the doors: a visit, what it would cost, and the order itself, for tests of the actions behind the forms."""

from collections.abc import Callable, Mapping
from threading import Barrier, Thread
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from shop.base.outbox import Effect
from shop.base.payments import PaymentState
from shop.base.tokens import Signer
from shop.catalogue.models import Stock
from shop.checkout.admitting import NotForSale
from shop.checkout.booking import Buyer, Wish
from shop.checkout.bounds import unpaid_by
from shop.checkout.consents import consents
from shop.checkout.machines import NOT_AT_HAND
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.placing import place_order
from shop.checkout.quote import Quote, money_digest, policies_now, quote
from shop.checkout.settling import settle
from shop.ground.money import Money
from shop.markets.exposure_models import Exposure
from shop.markets.gate import Visitor, seeing
from shop.markets.visit import Keeps, Visit
from shop.policies.seen import seen_mark
from tests.world import ANNA, ORIGIN, World

BLENDER = "HB-BL-230"
BUYER = Buyer(email=ANNA["email"], phone="", name=ANNA["name"], address=ANNA)
SIGNER = Signer(b"k" * 32)


def visit(world: World, market: str = "de", language: str = "de", *, visitor: str = "", staff: bool = False) -> Visit:
    """A visit as the door would hand it over."""
    snapshot = world.house.directory.now()
    found = snapshot.market(market)
    seen = seeing(snapshot.facts(found), Visitor(staff=staff, invited=True))
    tongue = world.house.languages.tongue(language, found.country)
    return Visit(found, tongue, snapshot, seen, Keeps(visitor, None), world.clock.now, staff, ORIGIN)


def wish(db: Session, world: World, at: Visit, key: str, lines: Mapping[str, int]) -> Wish:
    """The wish of one who has seen what holds now."""
    shown = policies_now(world.house.policies, at)
    return Wish(
        key=key,
        lines=lines,
        money_seen=money_digest(quote(db, at, lines)),
        policies_seen=seen_mark(shown),
        wording="I agree.",
        ticked=frozenset(each.box.field for each in consents(db, at, lines)),
        serials=dict.fromkeys(lines, NOT_AT_HAND),
    )


def buy(world: World, key: str, lines: Mapping[str, int] | None = None, **changed: Any) -> PaymentAttempt:
    """Step one of paying, in a transaction of its own."""
    at = visit(world, **changed)
    with world.house.database.reading() as db:
        wanted = wish(db, world, at, key, lines or {BLENDER: 1})
    with world.house.database.writing() as db:
        return ordered(db, world, at, wanted)


def ordered(db: Session, world: World, at: Visit, wanted: Wish, buyer: Buyer = BUYER) -> PaymentAttempt:
    """Step one of paying, within the caller's transaction."""
    house = world.house
    return place_order(db, at, wanted, buyer, policies=house.policies, payments=house.payments).attempt


def paid_state(order: Order) -> PaymentState:
    """The provider's word that all of the order is paid."""
    return PaymentState("s", "paid", f"pay-{order.number}", Money(order.due_now, order.currency))


EXPIRED = PaymentState("s", "expired")


def settled(world: World, attempt: PaymentAttempt, state: PaymentState) -> None:
    """The provider's word, settled in a transaction of its own."""
    with world.house.database.writing() as db:
        settle(db, attempt, state, now=world.clock.now)


def the_order(world: World, attempt: PaymentAttempt) -> Order:
    """The order as it stands."""
    with world.house.database.reading() as db:
        return db.get_one(Order, attempt.order_number)


def stock_of(world: World, sku: str = BLENDER) -> tuple[int, int, int]:
    """On hand, held and sold."""
    with world.house.database.reading() as db:
        row = db.get_one(Stock, sku)
        return row.on_hand, row.held, row.sold


def set_stock(world: World, on_hand: int, sku: str = BLENDER) -> None:
    """So many pieces, none of them held or sold."""
    with world.house.database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == sku).values(on_hand=on_hand, held=0, sold=0))


def exposure(world: World, market: str = "de") -> tuple[int, int]:
    """Orders being paid, and paid."""
    with world.house.database.reading() as db:
        row = db.get(Exposure, market)
        return (row.held, row.paid) if row else (0, 0)


def effect_keys(world: World, number: str) -> list[str]:
    """The effects caused for an order, without its number."""
    with world.house.database.reading() as db:
        return sorted(each.key.replace(number, "N") for each in db.exec(select(Effect)).all() if number in each.key)


def until_it_waits(world: World, thread: Thread) -> None:
    """Return once the thread's transaction waits for another one's lock, or the thread has ended (PostgreSQL)."""
    waits = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    while thread.is_alive():
        with world.house.database.reading() as db:
            if db.connection().execute(waits).first() is not None:
                return


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """What came of `number` threads that begin together: what each returned, or what it raised."""
    came: list[Any] = [None] * number
    start = Barrier(number)

    def run(place: int) -> None:
        start.wait()
        try:
            came[place] = act(place)
        except Exception as raised:  # noqa: BLE001 - what was raised is what the test looks at
            came[place] = raised

    threads = [Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def quoted(world: World, lines: dict[str, int], market: str = "de", language: str = "de") -> Quote:
    """What a cart of these would cost now."""
    at = visit(world, market, language, staff=True)
    with world.house.database.reading() as db:
        return quote(db, at, lines)


def paid(world: World, lines: dict[str, int], key: str = "k1") -> Order:
    """An order of these that is paid."""
    attempt = buy(world, key, lines)
    settled(world, attempt, paid_state(the_order(world, attempt)))
    return the_order(world, attempt)


def buy_as(world: World, key: str, email: str = "", pieces: int = 1) -> PaymentAttempt:
    """Step one of paying, by a mailbox of its own unless one is given."""
    at, email = visit(world), email or f"{key}@example.com"
    who = unpaid_by(SIGNER, "de", address=f"192.0.2.{crc32(key.encode()) % 250}", email=email)
    buyer = Buyer(email=email, phone="", name=BUYER.name, address=BUYER.address, unpaid_by=who)
    with world.house.database.reading() as db:
        wanted = wish(db, world, at, key, {BLENDER: pieces})
    with world.house.database.writing() as db:
        return ordered(db, world, at, wanted, buyer)


def refused(world: World, key: str, email: str = "", pieces: int = 1) -> str:
    """Why the gate is closed."""
    with pytest.raises(NotForSale) as closed:
        buy_as(world, key, email, pieces)
    return str(closed.value.values["reason"])
