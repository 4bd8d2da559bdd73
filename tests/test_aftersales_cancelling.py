"""An order that has not been sent is cancelled where the rules say so: nothing comes back, and delivery is paid back too."""

import pytest

from shop.checkout.models import Order
from tests.aftersales import arrived, body, bought, cases, change_case, mails_of
from tests.buying import stock_of
from tests.doors import change_market
from tests.world import YUKI, Browser, World, text

JAPAN = "/jp/ja/"
SKU = "HB-BL-100"
MEANWHILE = "It has been sent meanwhile. You can send it back once it is there."
TAKE = {f"take-{SKU}": "yes"}
Ordered = tuple[World, Browser, str]


@pytest.fixture
def ordered(sqlite_world: World) -> Ordered:
    change_market(sqlite_world, "jp", state="open", audience="")
    browser = sqlite_world.browser("ja")
    return sqlite_world, browser, bought(sqlite_world, browser, JAPAN, YUKI, SKU)


def say(world: World, message: str) -> str:
    """The message as the Japanese customer reads it."""
    return text(world.house.languages.tongue("ja", "JP").say(message))


def cancel(browser: Browser, number: str) -> str:
    browser.get(f"{JAPAN}orders/{number}/return")
    return str(browser.submit("/return", **TAKE).headers["location"])


def test_until_it_is_sent_the_order_offers_to_cancel_and_then_to_send_back(ordered: Ordered) -> None:
    world, browser, number = ordered
    order = text(browser.get(f"{JAPAN}orders/{number}").text)
    assert say(world, "Cancel before it is sent") in order and say(world, "Send something back") not in order
    form = browser.get(f"{JAPAN}orders/{number}/return").text
    assert 'name="cancels"' in form and say(world, "You pay for the way back.") not in text(form)
    arrived(world, number)
    order = text(browser.get(f"{JAPAN}orders/{number}").text)
    assert say(world, "Cancel before it is sent") not in order and say(world, "Send something back") in order


def test_who_cancels_is_asked_for_no_parcel(ordered: Ordered) -> None:
    world, browser, number = ordered
    page = browser.get(cancel(browser, number)).text
    [case] = cases(world)
    assert (case.door, case.kind, case.verdict) == ("return", "unsent", "in_time")
    assert say(world, "Sending it back") not in text(page) and "/label" not in page and "/sending" not in page
    [mail] = mails_of(world, YUKI["email"], case.number)
    assert "/sending" not in body(mail) and case.number in body(mail)


def test_with_the_whole_order_the_delivery_is_given_back_and_the_goods_can_be_sold(ordered: Ordered) -> None:
    world, browser, number = ordered
    sold = stock_of(world, SKU)[2]
    cancel(browser, number)
    [case] = cases(world)
    mere = world.signed_in("mere")
    assert "Cancellation" in text(mere.get(f"/desk/cases/{case.number}").text)
    decided = mere.post(f"/desk/cases/{case.number}/decision", {"act": "accept", "remedy": "refund"})
    assert decided.status_code == 303
    mere.get(f"/desk/cases/{case.number}")
    assert mere.submit("/refunds").status_code == 303
    world.work()
    with world.house.database.reading() as db:
        order = db.get_one(Order, number)
    assert order.given_back == order.total and order.state == "refunded"
    assert cases(world)[0].state == "done" and stock_of(world, SKU)[2] == sold - 1


def test_one_that_left_while_the_form_was_open_is_not_taken_for_a_return(ordered: Ordered) -> None:
    world, browser, number = ordered
    browser.get(f"{JAPAN}orders/{number}/return")
    arrived(world, number)
    answer = browser.submit("/return", **TAKE)
    assert answer.status_code == 422 and say(world, MEANWHILE) in text(answer.text) and not cases(world)


def test_the_form_sent_twice_is_one_cancellation(ordered: Ordered) -> None:
    world, browser, number = ordered
    browser.get(f"{JAPAN}orders/{number}/return")
    form = browser.page
    first = browser.submit("/return", **TAKE).headers["location"]
    browser.page = form
    assert browser.submit("/return", **TAKE).headers["location"] == first and len(cases(world)) == 1


def test_one_cancelled_in_time_and_sent_all_the_same_comes_back_at_our_cost(ordered: Ordered) -> None:
    world, browser, number = ordered
    page = cancel(browser, number)
    arrived(world, number)
    change_case(world, cases(world)[0].number, state="accepted")
    assert say(world, "We pay for the way back.") in text(browser.get(page).text)
