"""Paying a part now and the rest on delivery, and ways of paying that take days: said in words, reckoned to the last cent."""

import pytest
from sqlmodel import select

from shop.base.payments import PaymentState
from shop.base.till import TillSession
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.placing import PriceChanged
from shop.checkout.prepayment import due
from shop.ground.money import Money
from tests.buying import (
    BLENDER,
    EXPIRED,
    buy,
    effect_keys,
    exposure,
    ordered,
    paid_state,
    quoted,
    set_stock,
    settled,
    stock_of,
    the_order,
    visit,
    wish,
)
from tests.doors import change_market, pay, place, to_review
from tests.stripe_purchase import Purchase, purchase
from tests.world import ANNA, TAMA, World, text

__all__ = ["purchase"]
SHOP = "/nz/en/"
WAITING, FAILED = PaymentState("s", "waiting"), PaymentState("s", "failed")


@pytest.mark.parametrize(
    ("total", "percent", "step", "now"),
    [
        (10_000, 100, 1, 10_000),
        (10_000, 50, 1, 5_000),
        (10_001, 50, 1, 5_000),
        (10_009, 50, 5, 5_000),
        (33_330, 50, 10, 16_660),
        (3, 50, 10, 3),
        (100, 0, 5, 5),
        (999, 99, 1, 989),
    ],
)
def test_the_part_is_rounded_down_to_the_step_and_both_make_the_total(
    total: int, percent: int, step: int, now: int
) -> None:
    parts = due(total, percent, step)
    assert parts.now == now and sum(parts) == total


def test_only_the_part_is_asked_for_and_both_amounts_are_said_everywhere(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", prepayment_percent=50)
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    assert browser.page is not None
    shown = text(browser.page.text)
    assert "To be paid now $174.50" in shown and "To be paid on delivery $174.50" in shown
    till = browser.get(browser.submit("/orders", accept="yes").headers["location"])
    assert "$174.50" in till.text and "To be paid on delivery: NZ$174.50" in text(till.text)
    with sqlite_world.house.database.reading() as db:
        [order], [session] = db.exec(select(Order)).all(), db.exec(select(TillSession)).all()
    assert (order.total, order.due_now, order.due_later, session.amount) == (349_00, 174_50, 174_50, 174_50)
    pay(sqlite_world, browser, SHOP, order.number)
    assert "To be paid on delivery $174.50" in text(browser.get(f"{SHOP}orders/{order.number}").text)
    sqlite_world.work()
    [mail] = sqlite_world.mails(TAMA["email"])
    body = mail.get_body(("plain",))
    assert body is not None and "To be paid on delivery: $174.50" in body.get_content()


def test_a_service_alone_is_paid_at_once_as_nothing_is_delivered(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", prepayment_percent=50)
    assert quoted(sqlite_world, {"HB-SV-MC12": 1}).due.later == 0
    assert quoted(sqlite_world, {"HB-SV-MC12": 1, BLENDER: 1}).due.later > 0
    assert the_order(sqlite_world, buy(sqlite_world, "k1", {"HB-SV-MC12": 1})).due_later == 0


def test_another_part_than_was_shown_is_not_charged_unseen(sqlite_world: World) -> None:
    at = visit(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        wanted = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    change_market(sqlite_world, "de", prepayment_percent=50)
    with pytest.raises(PriceChanged), sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, visit(sqlite_world), wanted)


def test_an_order_whose_money_is_on_its_way_is_led_to_and_not_placed_again(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.stripe.complete(purchase.session, delayed=True)  # notice lost
    purchase.browser.post(f"/de/de/cart/lines/{BLENDER}", {"quantity": "2"})
    purchase.browser.get("/de/de/checkout/review")
    again = purchase.browser.submit("/orders", accept="yes")
    assert again.headers["location"] == f"/de/de/orders/{number}" and stock_of(purchase.world)[1:] == (1, 0)


def test_the_whole_total_is_not_the_part_and_pays_for_nothing(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", prepayment_percent=50)
    attempt = buy(sqlite_world, "k1")
    order = the_order(sqlite_world, attempt)
    settled(sqlite_world, attempt, PaymentState("s", "paid", "p", Money(order.total, order.currency)))
    assert the_order(sqlite_world, attempt).state == "cancelled"


def test_what_cannot_be_delivered_gives_back_what_was_paid(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", prepayment_percent=50)
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, EXPIRED)
    set_stock(sqlite_world, 0)
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "refunded"


def test_the_ways_to_pay_are_fixed_with_the_attempt(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", payment_methods="card sepa_debit")
    attempt = buy(sqlite_world, "k1")
    change_market(sqlite_world, "de", payment_methods="card")
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(PaymentAttempt, attempt.key).methods == "card sepa_debit"


@pytest.mark.parametrize(("end", "state"), [("paid", "paid"), ("failed", "cancelled"), ("expired", "cancelled")])
def test_a_delayed_payment_keeps_what_is_held_until_it_is_known(sqlite_world: World, end: str, state: str) -> None:
    before, attempt = stock_of(sqlite_world), buy(sqlite_world, "k1")
    for _again in range(2):
        settled(sqlite_world, attempt, WAITING)
    assert the_order(sqlite_world, attempt).state == "placed" and stock_of(sqlite_world)[1] == 1
    word = paid_state(the_order(sqlite_world, attempt)) if end == "paid" else PaymentState("s", end)  # type: ignore[arg-type]
    for _again in range(2):
        settled(sqlite_world, attempt, word)
    settled(sqlite_world, attempt, WAITING)
    assert the_order(sqlite_world, attempt).state == state
    assert (stock_of(sqlite_world) == before) is (end != "paid")
    last = {"paid": "confirmed"}.get(end, end)
    assert effect_keys(sqlite_world, attempt.order_number) == sorted([f"order:N:{last}", "order:N:waiting"])


def test_at_stripe_a_delayed_payment_is_awaited_told_and_settled(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.stripe.complete(purchase.session, delayed=True)
    assert purchase.notice() == 200
    returned = purchase.browser.follow(purchase.browser.get(f"/de/de/orders/{number}/paid"))
    assert "/till/" not in returned.text and "/cancellation" not in returned.text
    assert "cart-de" not in purchase.browser.cookies
    purchase.world.later(days=3)
    assert stock_of(purchase.world)[1:] == (1, 0) and len(purchase.world.mails(ANNA["email"])) == 1
    purchase.stripe.settle(purchase.session)
    assert purchase.notice("checkout.session.async_payment_succeeded") == 200
    purchase.world.work()
    assert stock_of(purchase.world)[1:] == (0, 1) and len(purchase.world.mails(ANNA["email"])) == 2


def test_at_stripe_a_delayed_payment_that_fails_is_told_and_frees_everything(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.stripe.complete(purchase.session, delayed=True)
    assert purchase.notice() == 200
    purchase.stripe.fail(purchase.session)
    assert purchase.notice("checkout.session.async_payment_failed") == 200
    purchase.world.work()
    assert stock_of(purchase.world)[1:] == (0, 0) and exposure(purchase.world) == (0, 0)
    assert len(purchase.world.mails(ANNA["email"])) == 2
    page = purchase.browser.get(f"/de/de/orders/{number}")
    assert page.status_code == 200 and 'href="/de/de/cart"' in page.text


def test_an_order_that_expires_is_told_by_mail_and_one_that_is_given_up_is_not(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    browser.get(f"{SHOP}orders/{number}")
    assert browser.follow(browser.submit("/cancellation")).status_code == 200
    sqlite_world.later(hours=2)
    assert sqlite_world.mails(TAMA["email"]) == []
    place(sqlite_world.browser(), SHOP, TAMA)
    sqlite_world.later(hours=2)
    [mail] = sqlite_world.mails(TAMA["email"])
    assert "was not paid" in mail["Subject"]
