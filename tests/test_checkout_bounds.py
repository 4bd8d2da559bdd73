"""What may be kept without paying: bounded for one address and one mailbox, free again at once, and then forgotten."""

import pytest
from sqlmodel import select

from shop.base.payments import PaymentState
from shop.base.tokens import Signer
from shop.checkout.booking import HOLD_OUTLIVES, SESSION_LASTS, Buyer
from shop.checkout.bounds import MOST_ORDERS, StillUnpaid, TooManyUnpaid, unpaid_by
from shop.checkout.models import Hold, Order, PaymentAttempt
from shop.ground.errors import Busy
from tests.buying import (
    BLENDER,
    BUYER,
    EXPIRED,
    at_once,
    exposure,
    ordered,
    paid_state,
    settled,
    stock_of,
    the_order,
    visit,
    wish,
)
from tests.doors import fill_cart, pay, place, to_review
from tests.world import TAMA, World, text

SHOP, CLOTH = "/nz/en/", "HB-TM-CC"
SIGNER = Signer(b"s" * 32)


def buy_from(
    world: World, key: str, address: str = "192.0.2.1", sku: str = CLOTH, pieces: int = 1, email: str = ""
) -> PaymentAttempt:
    at, email = visit(world), email or f"{key}@example.com"
    who = unpaid_by(SIGNER, "de", address=address, email=email)
    buyer = Buyer(email=email, phone="", name=BUYER.name, address=BUYER.address, unpaid_by=who)
    with world.house.database.reading() as db:
        wanted = wish(db, world, at, key, {sku: pieces})
    with world.house.database.writing() as db:
        return ordered(db, world, at, wanted, buyer)


def counted(world: World) -> int:
    """How many places are taken."""
    with world.house.database.reading() as db:
        return len([each for each in db.exec(select(Hold.place)).all() if each])


def known(world: World) -> list[tuple[str, str | None]]:
    with world.house.database.reading() as db:
        return [(each.address, each.mailbox) for each in db.exec(select(Hold)).all()]


def test_one_address_keeps_so_many_unpaid_orders_and_no_more(world: World) -> None:
    attempts = [buy_from(world, f"k{number}") for number in range(MOST_ORDERS)]
    before = stock_of(world, CLOTH), exposure(world)
    with pytest.raises(TooManyUnpaid) as refused:
        buy_from(world, "more")
    assert refused.value.values["until"] == world.clock.now + SESSION_LASTS + HOLD_OUTLIVES
    assert (stock_of(world, CLOTH), exposure(world)) == before and counted(world) == MOST_ORDERS
    assert buy_from(world, "elsewhere", "192.0.2.2")
    settled(world, attempts[0], EXPIRED)
    assert buy_from(world, "again")


@pytest.mark.parametrize("word", ["expired", "paid"])
def test_what_is_paid_or_has_ended_counts_no_more_and_nothing_is_known_of_it(sqlite_world: World, word: str) -> None:
    attempt = buy_from(sqlite_world, "k1")
    assert all(len(each) == 64 and "192" not in each for each in known(sqlite_world)[0] if each)
    told = EXPIRED if word == "expired" else paid_state(the_order(sqlite_world, attempt))
    for _again in range(2):
        settled(sqlite_world, attempt, told)
    assert counted(sqlite_world) == 0 and known(sqlite_world) == [("", None)]


def test_a_neighbourhood_of_ipv6_is_one_address(sqlite_world: World) -> None:
    for number in range(MOST_ORDERS):
        buy_from(sqlite_world, f"k{number}", f"2001:db8:1:2::{number}")
    with pytest.raises(TooManyUnpaid):
        buy_from(sqlite_world, "more", "2001:db8:1:2:ffff::9")
    assert buy_from(sqlite_world, "next door", "2001:db8:1:3::1")


def test_few_orders_of_many_pieces_do_not_empty_the_shelf_either(sqlite_world: World) -> None:
    for number in range(2):
        buy_from(sqlite_world, f"k{number}", sku=BLENDER, pieces=3)  # as many as one order may have
    with pytest.raises(TooManyUnpaid):
        buy_from(sqlite_world, "more", sku=BLENDER)
    assert stock_of(sqlite_world)[1] == 6 and buy_from(sqlite_world, "another thing")


def test_money_under_way_still_keeps_the_address_but_frees_the_mailbox(sqlite_world: World) -> None:
    attempt = buy_from(sqlite_world, "k1", email="anna@example.com")
    with pytest.raises(StillUnpaid):
        buy_from(sqlite_world, "k2", email="Anna+2@Example.com")
    settled(sqlite_world, attempt, PaymentState("s", "waiting"))
    assert counted(sqlite_world) == 1 and buy_from(sqlite_world, "k3", email="anna@example.com")


def test_who_comes_at_once_passes_no_bound(world: World) -> None:
    came = at_once(12, lambda place: buy_from(world, f"k{place}"))
    assert all(isinstance(each, PaymentAttempt | TooManyUnpaid | Busy) for each in came), came
    assert sum(isinstance(each, PaymentAttempt) for each in came) == stock_of(world, CLOTH)[1] <= MOST_ORDERS


@pytest.mark.postgres
def test_two_orders_of_one_mailbox_at_once_are_one_there_too(postgres_world: World) -> None:
    came = at_once(2, lambda place: buy_from(postgres_world, f"k{place}", email="anna@example.com"))
    assert sorted(type(each).__name__ for each in came) == ["PaymentAttempt", "StillUnpaid"], came


def test_the_page_says_when_it_is_possible_again_and_the_cart_stays(sqlite_world: World) -> None:
    for number in range(MOST_ORDERS):
        place(sqlite_world.browser(), SHOP, {**TAMA, "email": f"tama{number}@example.com"})
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    answer = browser.submit("/orders", accept="yes")
    span = (SESSION_LASTS + HOLD_OUTLIVES).total_seconds()
    assert answer.status_code == 429 and answer.headers["retry-after"] == str(int(span))
    assert "at the latest from 11:36" in text(answer.text) and f'href="{SHOP}cart"' in answer.text
    assert BLENDER in browser.get(f"{SHOP}cart").text
    sqlite_world.later(seconds=span)
    browser.get(f"{SHOP}checkout/review")
    assert browser.submit("/orders", accept="yes").status_code == 303


def test_a_new_order_of_a_mailbox_takes_the_place_of_the_unpaid_one_before(sqlite_world: World) -> None:
    place(sqlite_world.browser(), SHOP, TAMA)
    place(sqlite_world.browser(), SHOP, {**TAMA, "email": "TAMA@example.com"})
    with sqlite_world.house.database.reading() as db:
        assert sorted(each.state for each in db.exec(select(Order)).all()) == ["cancelled", "placed"]
    assert stock_of(sqlite_world)[1] == 1
    sqlite_world.work()
    assert sqlite_world.mails(TAMA["email"]) == []


def test_who_knows_a_mailbox_is_led_to_no_order_of_it(sqlite_world: World) -> None:
    first, stranger = sqlite_world.browser(), sqlite_world.browser()
    number = place(first, SHOP, TAMA)
    with sqlite_world.house.database.reading() as db:
        session = db.exec(select(PaymentAttempt)).one().session
    sqlite_world.house.payments.pay(session, now=sqlite_world.clock.now)  # type: ignore[attr-defined] # notice lost
    mine = place(stranger, SHOP, TAMA)
    assert mine != number and f"order-{number}" not in stranger.cookies
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Order, number).state == "paid"


def test_one_whose_payment_was_never_opened_gives_way_too(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    with monkeypatch.context() as patch:
        patch.setattr("shop.checkout.pay.remember_session", _crash)
        assert browser.submit("/orders", accept="yes").status_code == 500
    fill_cart(browser, SHOP)
    number = place(browser, SHOP, TAMA)
    with sqlite_world.house.database.reading() as db:
        assert {each.number for each in db.exec(select(Order).where(Order.state == "placed")).all()} == {number}


def _crash(*_given: object, **_named: object) -> None:
    raise MemoryError


def test_after_paying_the_same_customer_buys_on(sqlite_world: World) -> None:
    for _time in range(MOST_ORDERS + 1):
        browser = sqlite_world.browser()
        pay(sqlite_world, browser, SHOP, place(browser, SHOP, TAMA, CLOTH))
    assert counted(sqlite_world) == 0
