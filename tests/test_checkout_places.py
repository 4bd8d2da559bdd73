"""The caps of a market: each counted by the statement that takes it, given back or kept once, and never passed at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.checkout.admitting import NotForSale, ask_gate
from shop.checkout.allowance import customer_key
from shop.checkout.models import Hold, PaymentAttempt
from shop.checkout.places import Place, hold_place, recount_customers, recount_day
from shop.ground.errors import Busy
from shop.markets.exposure_models import Capacity, Exposure, ExposureCustomer, ExposureDay
from shop.markets.models import Market
from tests.buying import (
    BLENDER,
    EXPIRED,
    SIGNER,
    at_once,
    buy_as,
    paid_state,
    refused,
    settled,
    stock_of,
    the_order,
    visit,
)
from tests.doors import change_market
from tests.statements import STEPS, purchase
from tests.world import World

ANNA = "anna@example.com"


def all_of(world: World, model: Any) -> list[Any]:
    with world.house.database.reading() as db:
        return list(db.exec(select(model)).all())


def counts(world: World) -> tuple[int, int, int, int]:
    """Orders and values, being paid and paid, in Germany."""
    row = next(each for each in all_of(world, Exposure) if each.market == "de")
    return row.held, row.paid, row.held_value, row.paid_value


def days(world: World) -> list[tuple[str, int, int]]:
    return [(each.day.isoformat(), each.held, each.paid) for each in all_of(world, ExposureDay)]


def customers(world: World) -> list[int]:
    return sorted(each.orders for each in all_of(world, ExposureCustomer))


def pay(world: World, attempt: PaymentAttempt) -> None:
    settled(world, attempt, paid_state(the_order(world, attempt)))


def test_a_day_takes_so_many_orders_and_the_next_as_many_again(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", daily_cap=2)
    buy_as(sqlite_world, "k1"), buy_as(sqlite_world, "k2")
    assert refused(sqlite_world, "k3") == "daily_cap"
    # 23:59:59 in Hamburg is still today; a second later, at midnight there, is another day.
    sqlite_world.clock.now = sqlite_world.clock.now.replace(hour=22, minute=59, second=59)
    assert refused(sqlite_world, "k4") == "daily_cap"
    sqlite_world.clock.now += timedelta(seconds=1)
    buy_as(sqlite_world, "k5")
    assert days(sqlite_world) == [("2026-11-24", 2, 0), ("2026-11-25", 1, 0)]


def test_an_order_counts_on_the_day_it_was_placed_however_late_it_is_paid(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", daily_cap=5)
    sqlite_world.clock.now = sqlite_world.clock.now.replace(hour=22, minute=55)
    attempt, other = buy_as(sqlite_world, "k1"), buy_as(sqlite_world, "k2")
    sqlite_world.clock.now += timedelta(minutes=30)
    for _again in range(2):
        pay(sqlite_world, attempt)
        settled(sqlite_world, other, EXPIRED)
    assert days(sqlite_world) == [("2026-11-24", 0, 1)]


def test_the_order_that_would_cross_the_value_is_refused_and_a_smaller_one_is_not(sqlite_world: World) -> None:
    buy_as(sqlite_world, "k1")
    _held, _paid, one, _value = counts(sqlite_world)
    change_market(sqlite_world, "de", value_cap=one * 2)
    assert refused(sqlite_world, "k2", pieces=3) == "value_cap"
    buy_as(sqlite_world, "k3")
    assert refused(sqlite_world, "k4") == "value_cap"
    change_market(sqlite_world, "de", value_cap=one - 1)
    assert refused(sqlite_world, "k5") == "value_cap"


def test_a_customer_is_their_mailbox_and_has_so_many_orders(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", customer_cap=2)
    for key in ("k1", "k2"):
        pay(sqlite_world, buy_as(sqlite_world, key, ANNA))
    assert refused(sqlite_world, "k3", "Anna+again@EXAMPLE.com") == "customer_cap"
    buy_as(sqlite_world, "k4", "bert@example.com")
    assert customers(sqlite_world) == [1, 2]
    kept = [each.customer for each in all_of(sqlite_world, ExposureCustomer)]
    assert customer_key(SIGNER, ANNA) in kept and not any("anna" in each for each in kept)


def test_what_is_not_paid_is_given_back_once_to_every_cap(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", order_cap=9, daily_cap=9, value_cap=10**7, customer_cap=9)
    attempt = buy_as(sqlite_world, "k1", ANNA)
    held, paid, value, _none = counts(sqlite_world)
    assert (held, paid, days(sqlite_world), customers(sqlite_world)) == (1, 0, [("2026-11-24", 1, 0)], [1]) and value
    for _again in range(3):
        settled(sqlite_world, attempt, EXPIRED)
    assert (counts(sqlite_world), days(sqlite_world), customers(sqlite_world)) == (
        (0, 0, 0, 0),
        [("2026-11-24", 0, 0)],
        [0],
    )


def test_what_is_paid_is_kept_once_by_every_cap(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", order_cap=9, daily_cap=9, value_cap=10**7, customer_cap=9)
    attempt = buy_as(sqlite_world, "k1", ANNA)
    value = counts(sqlite_world)[2]
    for _again in range(3):
        pay(sqlite_world, attempt)
    assert (counts(sqlite_world), days(sqlite_world), customers(sqlite_world)) == (
        (0, 1, 0, value),
        [("2026-11-24", 0, 1)],
        [1],
    )


def test_money_that_comes_after_the_place_was_given_back_is_honoured_beyond_every_cap(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", order_cap=1, daily_cap=1, customer_cap=1)
    late = buy_as(sqlite_world, "k1", ANNA)
    settled(sqlite_world, late, EXPIRED)
    buy_as(sqlite_world, "k2", "bert@example.com")
    for _again in range(2):
        pay(sqlite_world, late)
    assert the_order(sqlite_world, late).state == "paid"
    assert (counts(sqlite_world)[:2], days(sqlite_world), customers(sqlite_world)) == (
        (1, 1),
        [("2026-11-24", 1, 1)],
        [1, 1],
    )
    assert sorted(each.state for each in all_of(sqlite_world, Hold)) == ["held", "sold"]


def test_a_cap_set_later_counts_what_was_ordered_before(sqlite_world: World) -> None:
    pay(sqlite_world, buy_as(sqlite_world, "k1", ANNA))
    buy_as(sqlite_world, "k2", ANNA)
    settled(sqlite_world, buy_as(sqlite_world, "k3", "bert@example.com"), EXPIRED)
    assert (days(sqlite_world), customers(sqlite_world)) == ([], [])
    with sqlite_world.house.database.writing() as db:
        market = db.get_one(Market, "de")
        recount_day(db, market, now=sqlite_world.clock.now)
        recount_customers(db, market)
    assert (days(sqlite_world), customers(sqlite_world)) == ([("2026-11-24", 1, 1)], [2])
    change_market(sqlite_world, "de", customer_cap=2, daily_cap=3)
    assert refused(sqlite_world, "k4", ANNA) == "customer_cap"
    buy_as(sqlite_world, "k5")
    assert refused(sqlite_world, "k6") == "daily_cap"


def test_orders_are_taken_only_while_the_agents_have_the_time(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", minutes_per_contact=12)
    buy_as(sqlite_world, "k0")  # nobody has counted yet
    with sqlite_world.house.database.writing() as db:
        now = sqlite_world.clock.now
        db.add(Capacity(market="de", native_minutes=60, contacts=3, orders_left=2, counted_at=now))
    buy_as(sqlite_world, "k1"), buy_as(sqlite_world, "k2")
    assert refused(sqlite_world, "k3") == "support_capacity"
    change_market(sqlite_world, "de", minutes_per_contact=0)
    buy_as(sqlite_world, "k4")


def test_a_refused_order_leaves_nothing_behind(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", customer_cap=1, daily_cap=9)
    pay(sqlite_world, buy_as(sqlite_world, "k1", ANNA))
    before = counts(sqlite_world), days(sqlite_world), stock_of(sqlite_world)
    assert refused(sqlite_world, "k2", ANNA) == "customer_cap"
    assert (counts(sqlite_world), days(sqlite_world), stock_of(sqlite_world)) == before


def test_pages_are_told_the_same_before_the_button(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", value_cap=30_000)
    at = visit(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        asked = [ask_gate(db, at, frozenset({BLENDER}), value=value).reason for value in (30_000, 30_001)]
        short = ask_gate(db, at, frozenset({BLENDER}), short=frozenset({BLENDER})).reason
    assert (asked, short) == (["open", "value_cap"], "stock_cap")


def test_every_cap_costs_one_statement_more_and_none_that_is_not_set(sqlite_world: World) -> None:
    for cap, more in (
        ({"order_cap": 50}, 0),
        ({"order_cap": 50, "value_cap": 10**7}, 0),
        ({"daily_cap": 50}, 1),
        ({"customer_cap": 50}, 1),
        ({"minutes_per_contact": 0}, 0),
    ):
        none = {"order_cap": None, "value_cap": None, "daily_cap": None, "customer_cap": None}
        change_market(sqlite_world, "de", **{**none, **cap})
        browser = sqlite_world.browser("de")
        browser.get("/de/de/"), browser.get("/de/de/products/tasman-1000-standmixer-230v")
        assert purchase(sqlite_world, browser)["order"] <= STEPS["order"] + more, cap


# At once, on both engines.

CAPS: list[tuple[dict[str, Any], int]] = [
    ({"order_cap": 3}, 3),
    ({"daily_cap": 3}, 3),
    ({"order_cap": 4, "daily_cap": 3, "customer_cap": 5}, 3),
]


@pytest.mark.parametrize(("caps", "room"), CAPS)
def test_coming_at_once_passes_no_cap(world: World, caps: dict[str, Any], room: int) -> None:
    change_market(world, "de", **caps)
    came = at_once(12, lambda place: buy_as(world, f"k{place}"))
    assert all(isinstance(each, PaymentAttempt | NotForSale | Busy) for each in came), came
    assert sum(isinstance(each, PaymentAttempt) for each in came) == counts(world)[0] == stock_of(world)[1] == room


def test_coming_at_once_passes_no_value(world: World) -> None:
    buy_as(world, "first")
    one = counts(world)[2]
    change_market(world, "de", value_cap=one * 4 + 1)
    at_once(10, lambda place: buy_as(world, f"k{place}"))
    assert counts(world)[:3] == (4, 0, one * 4)


def _customer(db: Any, market: Market, day: Any) -> str:
    return hold_place(db, market, Place(100, day, "hash"))


def test_one_customer_at_once_passes_no_cap(world: World) -> None:
    change_market(world, "de", customer_cap=3, minutes_per_contact=10)
    with world.house.database.writing() as db:
        db.add(Capacity(market="de", native_minutes=60, contacts=3, orders_left=9, counted_at=world.clock.now))
    market = next(each for each in all_of(world, Market) if each.id == "de")

    def take(act: Callable[..., str]) -> str:
        with world.house.database.writing() as db:
            full = act(db, market, world.clock.now.date())
            if full:
                db.rollback()
            return full

    came = at_once(9, lambda _place: take(_customer))
    assert sorted(came) == [""] * 3 + ["customer_cap"] * 6
    assert customers(world) == [3] and all_of(world, Capacity)[0].orders_left == 6


def test_the_last_orders_the_agents_have_time_for_are_taken_once(world: World) -> None:
    change_market(world, "de", minutes_per_contact=10)
    with world.house.database.writing() as db:
        db.add(Capacity(market="de", native_minutes=60, contacts=3, orders_left=2, counted_at=world.clock.now))
    came = at_once(8, lambda place: buy_as(world, f"k{place}"))
    assert sum(isinstance(each, PaymentAttempt) for each in came) == 2
    assert all_of(world, Capacity)[0].orders_left == 0


def test_settling_at_once_settles_the_place_once(world: World) -> None:
    change_market(world, "de", daily_cap=9, customer_cap=9)
    attempt = buy_as(world, "k1", ANNA)
    word = paid_state(the_order(world, attempt))
    at_once(6, lambda place: settled(world, attempt, word if place % 2 else EXPIRED))
    assert counts(world)[:2] == (0, 1) and days(world) == [("2026-11-24", 0, 1)] and customers(world) == [1]


def test_caps_that_are_set_while_orders_end_count_those_that_are_left(world: World) -> None:
    attempts = [buy_as(world, f"k{number}", f"k{number}@example.com") for number in range(3)]

    def act(place: int) -> None:
        if place < 3:
            return settled(world, attempts[place], EXPIRED)
        with world.house.database.writing() as db:
            db.connection().execute(update(Market).where(col(Market.id) == "de").values(daily_cap=9, customer_cap=9))
            market = db.get_one(Market, "de")
            recount_day(db, market, now=world.clock.now)
            recount_customers(db, market)

    assert at_once(4, act) == [None] * 4
    assert counts(world)[:2] == (0, 0) and sum(held for _day, held, _paid in days(world)) == 0
    assert sum(customers(world)) == 0
