"""Carts and order forms that no page of ours makes: told, and nothing is half-written."""

from urllib.parse import quote

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.models import Listing
from tests.doors import BLENDER, ask, fill_cart, to_review
from tests.town import SHOP, Town, another_window, tampered, town
from tests.world import ANNA, text

__all__ = ["another_window", "town"]  # fixtures


@pytest.mark.parametrize(
    ("quantity", "status"),
    [
        ("1", 303),
        ("3", 303),
        ("٣", 303),
        ("３", 303),
        (" 2 ", 303),
        ("4", 422),
        ("-1", 422),
        ("0", 422),
        ("1000000000", 422),
        ("1e2", 422),
        ("1.5", 422),
        ("", 422),
        ("two", 422),
        ("+1", 422),
        ("1 2", 422),
        ("²", 422),
        ("\u202e1", 422),
        ("1" * 400, 422),
    ],
)
def test_only_a_whole_number_of_pieces_up_to_the_most_is_taken(town: Town, quantity: str, status: int) -> None:
    browser = town.world.browser("de")
    answer = browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": quantity})
    assert answer.status_code == status
    if status == 422:
        assert "cart-de" not in browser.cookies
        assert town.german("Please enter a whole number from 1 to %(most)s.", most="3") in text(answer.text)


def test_an_arabic_three_is_three(town: Town) -> None:
    browser = town.world.browser("de")
    page = browser.follow(browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "٣"}))
    assert 'value="3"' in page.text


@pytest.mark.parametrize("sku", ["", "HB-NO-THING", "HB-BL-100", "HB-GM-230", "hb-bl-230", "' OR 1=1--", "a" * 5000])
def test_what_this_market_does_not_sell_is_not_put_into_its_cart(town: Town, sku: str) -> None:
    browser = town.world.browser("de")
    answer = browser.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1"})
    assert answer.status_code == 404
    assert "cart-de" not in browser.cookies
    assert browser.post(f"{SHOP}cart/lines/{quote(sku or 'x', safe='')}", {"quantity": "2"}).status_code == 303
    assert BLENDER not in browser.get(f"{SHOP}cart").text


@pytest.mark.parametrize("quantity", ["-1", "1e2", "", "x", "100"])
def test_a_line_is_changed_only_to_a_number(town: Town, quantity: str) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP, quantity="2")
    before = browser.cookies["cart-de"]
    assert browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": quantity}).status_code == 422
    assert browser.cookies["cart-de"] == before


def test_more_different_things_than_a_cart_holds_are_refused(town: Town) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP)
    cart = {"mark": "a mark", "lines": [[f"SKU-{number}", 1, ""] for number in range(30)]}
    browser.cookies.set("cart-de", town.world.house.signer.signed("cart-de", cart))
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 409


CART_LOST = "We could not read your cart any more, so it starts empty. Nothing was ordered."


def test_a_cart_that_was_tampered_with_is_empty_and_says_so(town: Town) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP)
    for value in tampered(browser.cookies["cart-de"]):
        page = ask(town.world, "GET", f"{SHOP}cart", headers={"cookie": f"cart-de={value}"})
        assert page.status == 200
        words = text(page.text)
        assert town.german("Your cart is empty.") in words and town.german(CART_LOST) in words, words


def test_another_markets_cart_is_no_cart_here(town: Town) -> None:
    browser = town.world.browser()
    fill_cart(browser, "/nz/en/")
    page = ask(town.world, "GET", f"{SHOP}cart", headers={"cookie": f"cart-de={browser.cookies['cart-nz']}"})
    assert BLENDER not in page.text and town.german(CART_LOST) in text(page.text)
    assert browser.get(f"{SHOP}cart").headers["location"] == f"{SHOP}cart/switch"  # told before anything is taken over


def test_without_the_tick_the_form_comes_back_in_the_visitors_language(town: Town) -> None:
    browser, before = town.world.browser("de"), town.written()
    to_review(browser, SHOP, ANNA)
    answer = browser.submit("/orders")
    assert answer.status_code == 303  # so that Back and reload never send the form again
    answer = browser.follow(answer)
    assert answer.status_code == 422 and browser.get(str(answer.url)).status_code == 422
    words = text(answer.text)
    assert "Elbchaussee 5" in words and "Zahlungspflichtig bestellen" in words
    assert town.german("Please tick that you agree, or leave without ordering. Nothing has been ordered yet.") in words
    assert town.written() == before
    assert browser.submit("/orders", accept="yes").status_code == 303


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("money", "The price has changed"),
        ("policies", "Nothing was charged."),
    ],
)
def test_what_differs_from_what_was_shown_is_told_and_nothing_is_written(town: Town, field: str, words: str) -> None:
    browser, before = town.world.browser("de"), town.written()
    to_review(browser, SHOP, ANNA)
    for value in ("", "0" * 24, "x" * 3000):
        review = browser.page
        answer = browser.submit("/orders", accept="yes", **{field: value})
        assert answer.status_code == 409 and town.german(words) in text(answer.text)
        assert town.written() == before
        browser.page = review


def test_a_price_raised_meanwhile_is_told_before_it_is_paid(town: Town) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    review, before = browser.page, town.written()
    _set_price(town, 239_00)
    browser.page = review
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 409 and "239,00" in text(answer.text)
    assert town.written() == before
    _set_price(town, 229_00)


def test_a_cart_that_was_changed_in_another_tab_is_not_called_a_price_that_changed(town: Town) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    review, before = browser.page, town.written()
    assert browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": "2"}).status_code == 303
    browser.page = review
    answer = browser.submit("/orders", accept="yes")
    words = text(answer.text)
    assert answer.status_code == 409 and town.german("Your cart has changed") in words and "458,00" in words
    assert town.german("The price has changed") not in words and town.written() == before
    browser.get(f"{SHOP}checkout/review")
    assert browser.submit("/orders", accept="yes").status_code == 303


def _set_price(town: Town, price: int) -> None:
    with town.world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "de", col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(price=price))


def test_the_same_form_with_other_content_is_refused(town: Town) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    review = browser.page
    assert browser.submit("/orders", accept="yes").status_code == 303
    before = town.written()
    browser.post(f"{SHOP}checkout", {**ANNA, "street_address": "Anderswo 1"})
    browser.page = review
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 409
    assert town.written() == before


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 31, "0" * 33, "g" * 32, "٣" * 32])
def test_a_key_that_we_did_not_make_begins_again(town: Town, key: str) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    before = town.written()
    answer = browser.submit("/orders", accept="yes", key=key)
    assert answer.status_code == 303 and answer.headers["location"] == f"{SHOP}checkout"
    assert town.written() == before


def test_the_order_button_without_cart_or_address_leads_back(town: Town) -> None:
    fields = {"key": "0" * 32, "accept": "yes", "money": "", "policies": ""}
    browser = town.world.browser("de")
    assert browser.post(f"{SHOP}orders", fields).headers["location"] == f"{SHOP}cart"
    fill_cart(browser, SHOP)
    assert browser.post(f"{SHOP}orders", fields).headers["location"] == f"{SHOP}checkout"
