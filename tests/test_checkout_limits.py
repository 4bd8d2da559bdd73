"""A market's allotment and a customer's share: held with the order, given back with it once, never passed by coming at once."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base.revisions import Revision, market_scope
from shop.catalogue.browsing import offers
from shop.catalogue.models import Listing
from shop.checkout.allowance import customers
from shop.checkout.booking import Buyer
from shop.checkout.models import CustomerAllowance, PaymentAttempt
from shop.checkout.placing import OutOfStock
from shop.ground.errors import Busy
from tests.buying import (
    BLENDER,
    BUYER,
    EXPIRED,
    at_once,
    buy,
    ordered,
    paid_state,
    settled,
    stock_of,
    the_order,
    visit,
    wish,
)
from tests.doors import fill_cart, to_review
from tests.world import TAMA, World, text


def limit(world: World, market: str = "de", **values: Any) -> None:
    with world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == market, col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(**values))


def taken(world: World, market: str = "de") -> int:
    with world.house.database.reading() as db:
        return db.get_one(Listing, (market, BLENDER)).taken


def counted(world: World) -> list[int]:
    with world.house.database.reading() as db:
        return sorted(each.pieces for each in db.exec(select(CustomerAllowance)).all())


def buy_as(world: World, key: str, email: str, pieces: int = 1, visitor: str = "") -> PaymentAttempt:
    at = visit(world, visitor=visitor)
    with world.house.database.reading() as db:
        wanted = wish(db, world, at, key, {BLENDER: pieces})
    with world.house.database.writing() as db:
        return ordered(db, world, at, wanted, Buyer(email=email, phone="", name=BUYER.name, address=BUYER.address))


def standing(world: World) -> str:
    at = visit(world)
    with world.house.database.reading() as db:
        return offers(db, at, [BLENDER])[0].standing


def revision(world: World) -> int:
    with world.house.database.reading() as db:
        row = db.get(Revision, market_scope("de"))
        return row.number if row else 0


def test_what_is_used_up_is_sold_out_in_this_market_and_comes_back_with_an_unpaid_order(sqlite_world: World) -> None:
    limit(sqlite_world, allotment=2)
    before = revision(sqlite_world)
    attempt = buy(sqlite_world, "k1", {BLENDER: 2})
    assert (taken(sqlite_world), standing(sqlite_world), revision(sqlite_world)) == (2, "sold_out", before + 1)
    with pytest.raises(OutOfStock):
        buy(sqlite_world, "k2")
    assert buy(sqlite_world, "k3", market="nz", language="en")
    for _again in range(2):
        settled(sqlite_world, attempt, EXPIRED)
    assert (taken(sqlite_world), standing(sqlite_world), revision(sqlite_world)) == (0, "buyable", before + 2)


def test_what_is_sold_stays_taken(sqlite_world: World) -> None:
    limit(sqlite_world, allotment=1)
    attempt = buy(sqlite_world, "k1")
    for word in (paid_state(the_order(sqlite_world, attempt)), EXPIRED):
        settled(sqlite_world, attempt, word)
    assert taken(sqlite_world) == 1 and standing(sqlite_world) == "sold_out"


def test_a_late_payment_is_honoured_only_while_the_allotment_lasts(sqlite_world: World) -> None:
    limit(sqlite_world, allotment=1)
    first = buy(sqlite_world, "k1")
    settled(sqlite_world, first, EXPIRED)
    second = buy_as(sqlite_world, "k2", "bert@example.com")
    before = stock_of(sqlite_world)
    settled(sqlite_world, first, paid_state(the_order(sqlite_world, first)))
    assert the_order(sqlite_world, first).state == "refunded" and stock_of(sqlite_world) == before
    settled(sqlite_world, second, EXPIRED)
    assert taken(sqlite_world) == 0 and counted(sqlite_world) == [0, 0]


def test_a_test_order_takes_nothing_of_either(sqlite_world: World) -> None:
    limit(sqlite_world, "ae", allotment=1, max_per_customer=1)
    for key in ("k1", "k2"):
        buy(sqlite_world, key, market="ae", language="ar", staff=True)
    assert taken(sqlite_world, "ae") == 0 and counted(sqlite_world) == []


@pytest.mark.parametrize("again", ["anna@example.com", "Anna@EXAMPLE.com", "anna+second@example.com"])
def test_the_same_mailbox_is_the_same_customer(sqlite_world: World, again: str) -> None:
    limit(sqlite_world, max_per_customer=2)
    attempt = buy_as(sqlite_world, "k1", "anna@example.com", 2)
    with pytest.raises(OutOfStock) as refused:
        buy_as(sqlite_world, "k2", again)
    assert [each.code for each in refused.value.values["needs"]] == ["line.too_many_for_customer"]
    buy_as(sqlite_world, "k3", "bert@example.com", 2)
    settled(sqlite_world, attempt, EXPIRED)
    buy_as(sqlite_world, "k4", again, 2)


def test_the_same_browser_is_the_same_customer_whatever_address_it_gives(sqlite_world: World) -> None:
    limit(sqlite_world, max_per_customer=1)
    settled(
        sqlite_world,
        first := buy_as(sqlite_world, "k1", "anna@example.com", visitor="v1"),
        paid_state(the_order(sqlite_world, first)),
    )
    with pytest.raises(OutOfStock):
        buy_as(sqlite_world, "k2", "bert@example.com", visitor="v1")
    assert len(customers("anna@example.com", "v1")) == 2 and stock_of(sqlite_world)[1:] == (0, 1)


def test_the_limit_is_told_before_the_button(sqlite_world: World) -> None:
    limit(sqlite_world, "nz", max_per_customer=1)
    first = sqlite_world.browser()
    to_review(first, "/nz/en/", TAMA)
    assert first.submit("/orders", accept="yes").status_code == 303
    second = sqlite_world.browser()
    fill_cart(second, "/nz/en/")
    page = second.follow(second.post("/nz/en/checkout", dict(TAMA)))
    assert "At most 1 piece per customer" in text(page.text) and ">Place order and pay<" not in page.text


def test_coming_at_once_passes_no_limit(world: World) -> None:
    limit(world, allotment=5)
    came = at_once(12, lambda place: buy_as(world, f"k{place}", f"c{place}@example.com"))
    assert all(isinstance(each, PaymentAttempt | OutOfStock | Busy) for each in came), came
    assert sum(isinstance(each, PaymentAttempt) for each in came) == taken(world) == stock_of(world)[1] == 5


def test_one_customer_at_once_passes_no_limit(world: World) -> None:
    limit(world, max_per_customer=3)
    came = at_once(10, lambda place: buy_as(world, f"k{place}", "anna@example.com", visitor="v1"))
    assert all(isinstance(each, PaymentAttempt | OutOfStock | Busy) for each in came), came
    assert sum(isinstance(each, PaymentAttempt) for each in came) == stock_of(world)[1] == 3
    assert counted(world) == [3, 3]
