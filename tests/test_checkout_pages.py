"""What the customer reads between the review and the parcel: nothing that is not so, and always a way on."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base.mail import as_sent
from shop.checkout.booking import SESSION_LASTS
from shop.checkout.models import Order, PaymentAttempt
from tests.buying import at_once
from tests.doors import change_market, fill_cart, pay, place, to_review
from tests.world import CLAIRE, TAMA, Browser, World, forms, text

SHOP = "/nz/en/"


def words(browser: Browser, number: str) -> str:
    return text(browser.get(f"{SHOP}orders/{number}").text)


def test_the_button_without_the_tick_leads_to_a_page_that_may_be_reloaded_and_left(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    sent = browser.submit("/orders")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{SHOP}checkout/review?unticked=1")
    for _reload in range(2):
        page = browser.get(sent.headers["location"])
        assert (
            page.status_code == 422 and text(page.text).count("Please tick that you agree") == 2
        )  # above, at the tick
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Order)).all() == []
    assert browser.submit("/orders", accept="yes").status_code == 303


def test_beside_the_button_stands_which_tick_it_needs_with_the_way_to_it(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    assert browser.page is not None
    summary = browser.page.text.partition('<aside class="aside">')[2]
    needed = '<a href="#f-accept">Please tick first that you agree.</a>'
    assert summary.index('class="sums"') < summary.index(needed) < summary.index("<button")
    assert 'id="f-accept"' in browser.page.text
    assert browser.submit("/orders", accept="yes").status_code == 303
    fill_cart(browser, SHOP)
    again = browser.get(f"{SHOP}checkout/review").text  # agreed to once, nothing has to be ticked
    assert "You agreed to these same terms" in again and needed not in again and "Please tick first" not in again


def test_a_form_sent_before_with_another_cart_leads_back_to_the_cart(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    review = browser.page
    assert browser.submit("/orders", accept="yes").status_code == 303
    fill_cart(browser, SHOP)
    browser.page = review
    page = browser.submit("/orders", accept="yes")
    assert page.status_code == 409 and f'href="{SHOP}cart"' in page.text


def test_an_unpaid_order_says_until_when_it_is_kept_and_promises_nothing_about_money(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    page = words(browser, place(browser, SHOP, TAMA))
    assert "No payment has reached us yet" in page and "Go on to payment" in page
    assert "Nothing has been charged" not in page and "Nothing was charged" not in page


def test_when_the_time_to_pay_is_over_the_page_waits_for_word_and_offers_no_payment(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    sqlite_world.clock.now += SESSION_LASTS
    page = words(browser, number)
    assert "the time to start one is over" in page and "this order ends by itself" in page
    assert "Go on to payment" not in page and "Do not pay" not in page


def test_an_order_whose_payment_never_opened_leads_back_to_the_cart(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(PaymentAttempt).values(session=None, url=""))
    page = browser.get(f"{SHOP}orders/{number}")
    assert "Nothing was charged" in text(page.text) and f'href="{SHOP}cart"' in page.text
    assert "Go on to payment" not in page.text


def test_an_order_that_ended_unpaid_says_that_nothing_was_charged(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    sqlite_world.later(seconds=SESSION_LASTS.total_seconds() + 60)
    assert "Nothing was charged." in words(browser, number)


@pytest.mark.parametrize("sent", [False, True])
def test_money_that_goes_back_says_why_only_where_it_is_so(sqlite_world: World, sent: bool) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    pay(sqlite_world, browser, SHOP, number)
    day_before = sqlite_world.clock.now - timedelta(days=1)
    with sqlite_world.house.database.writing() as db:
        change = update(Order).where(col(Order.number) == number)
        db.connection().execute(change.values(state="refunded", dispatched_at=day_before if sent else None))
    page = words(browser, number)
    assert "The whole sum goes back" in page and ("could no longer deliver" in page) is not sent


def test_the_button_pressed_many_times_at_once_leads_every_press_to_the_same_order(world: World) -> None:
    first = world.browser()
    to_review(first, SHOP, TAMA)
    pressers = [world.browser() for _press in range(12)]
    for each in pressers:
        each.page = first.page
        each.cookies.update(first.cookies)

    def press(place: int) -> tuple[str, int]:
        answer = pressers[place].submit("/orders", accept="yes")
        number = next(name.removeprefix("order-") for name in pressers[place].cookies if name.startswith("order-"))
        assert answer.status_code == 303 and "/till/" in answer.headers["location"], answer.text
        return number, pressers[place].get(f"{SHOP}orders/{number}").status_code

    assert len(set(at_once(len(pressers), press))) == 1
    with world.house.database.reading() as db:
        assert len(db.exec(select(Order)).all()) == 1


def test_the_language_can_be_changed_on_every_step_and_the_step_is_kept(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", percent_bp=10_000)
    browser = sqlite_world.browser("de")
    fill_cart(browser, "/ch/de/")
    for step in ("checkout", "checkout/review"):
        page = browser.get(f"/ch/de/{step}")
        chosen = next(each for each in forms(page.text) if each.fields.get("language") == "fr")
        assert chosen.action == "/choice" and chosen.fields["next"] == f"/ch/fr/{step}"
        there = browser.follow(browser.post(chosen.action, chosen.fields))
        assert str(there.url).endswith(f"/ch/fr/{step}") and 'lang="fr-CH"' in there.text
        browser.post("/ch/de/checkout", dict(CLAIRE))
    assert CLAIRE["street_address"] in browser.get("/ch/fr/checkout/review").text


def test_a_mailbox_in_letters_of_its_own_country_can_order(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    typed = "tama@kākāpō.example"
    number = place(browser, SHOP, {**TAMA, "email": typed})
    pay(sqlite_world, browser, SHOP, number)
    sqlite_world.work()
    [mail] = sqlite_world.mails(as_sent(typed))
    assert as_sent(typed).isascii() and mail["To"].startswith("tama@xn--")
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Order, number).email == typed
    assert typed in text(sqlite_world.signed_in("mere").get(f"/desk/orders/{number}").text)
    for each in (typed, as_sent(typed)):
        sqlite_world.clock.now += timedelta(minutes=11)
        browser.post(f"{SHOP}link", {"number": number, "email": each})
        sqlite_world.work()
    assert len(sqlite_world.mails(as_sent(typed))) == 3


def test_letters_before_the_at_sign_that_no_mail_reaches_are_told_as_such(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, SHOP)
    answer = browser.post(f"{SHOP}checkout", {**TAMA, "email": "tāma@example.com"})
    assert answer.status_code == 422 and "Before the @ we can only write to plain Latin letters" in text(answer.text)
