"""The cart: a signed wish of one market, whose numbers are read in the digits of any script."""

from typing import Any

import pytest

from shop.checkout.cart import MOST_LINES, Cart, CartFull, read_quantity
from tests.buying import set_stock
from tests.doors import BLENDER, change_market, fill_cart
from tests.tongues import ENGLISH
from tests.world import TAMA, World, text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1", 1),
        ("12", 12),
        (" 7 ", 7),
        ("٣", 3),
        ("１２", 12),
        ("०७", 7),
        ("007", 7),
        ("0", 0),
        ("13", 0),
        ("-1", 0),
        ("1e1", 0),
        ("", 0),
        ("²", 0),
        ("①", 0),
        ("½", 0),
        ("1½", 0),
        ("一", 0),
        ("3個", 0),
        ("1\u200b", 0),
        ("9" * 10_000, 0),
        ("1,0", 0),
        ("0x1", 0),
        ("1_0", 0),
    ],
)
def test_a_number_of_pieces_is_whole_and_plain(written: str, number: int) -> None:
    read, sentence = read_quantity(written, 12, ENGLISH)
    assert read == number and bool(sentence) == (number == 0)
    assert not sentence or "12" in sentence


def test_a_line_of_none_is_no_line() -> None:
    cart = Cart({"A": 1}).with_line("B", 2).with_line("A", 0)
    assert cart.lines == {"B": 2} and cart.pieces == 2


def test_a_full_cart_takes_more_of_what_it_holds_and_nothing_else() -> None:
    full = Cart({f"S{number}": 1 for number in range(MOST_LINES)})
    assert full.with_line("S0", 5).pieces == MOST_LINES + 4
    with pytest.raises(CartFull):
        full.with_line("another", 1)


def test_the_cart_adds_up_to_what_one_may_order_and_no_further(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    for _time in range(3):
        fill_cart(browser, "/nz/en/", quantity="2")
    page = browser.get("/nz/en/cart")
    assert 'value="3"' in page.text and browser.cookies["cart_count"].strip('"') == "3"
    assert "Not all of what you wanted" not in text(page.text)


def test_what_did_not_go_in_is_said_with_its_reason_once(sqlite_world: World) -> None:
    browser, add = sqlite_world.browser(), {"sku": BLENDER, "quantity": "2"}
    page = browser.follow(browser.post("/nz/en/cart/lines", add))
    assert "Not all of what you wanted" not in text(page.text)
    page = browser.follow(browser.post("/nz/en/cart/lines", add))
    assert text(page.text).count("one order may have at most 3 pieces") == 1
    browser.post(f"/nz/en/cart/lines/{BLENDER}", {"quantity": "2"})
    set_stock(sqlite_world, 2)
    page = browser.follow(browser.post("/nz/en/cart/lines", add))
    assert text(page.text).count("there are only 2 pieces left") == 1 and 'value="2"' in page.text


@pytest.mark.parametrize("cut", ["HB-TM-CC", "nothing", "<b>", "a" * 3000])
def test_a_notice_says_only_what_is_so(sqlite_world: World, cut: str) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    page = browser.get("/nz/en/cart", params={"cut": cut})
    assert page.status_code == 200 and "Not all of what you wanted" not in page.text and "<b>" not in page.text


@pytest.mark.parametrize("written", ["1000000000", "4"])
def test_a_line_has_one_limit_however_it_is_written(sqlite_world: World, written: str) -> None:
    browser = sqlite_world.browser()
    first = browser.post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1000000000"})
    fill_cart(browser, "/nz/en/")
    then = browser.post(f"/nz/en/cart/lines/{BLENDER}", {"quantity": written})
    for answer in (first, then):
        assert answer.status_code == 422 and "whole number from 1 to 3." in text(answer.text)
        assert "#f-quantity" not in answer.text
    assert browser.post(f"/nz/en/cart/lines/{BLENDER}", {"quantity": "3"}).status_code == 303


def test_each_market_has_a_cart_of_its_own(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    fill_cart(browser, "/de/de/", "HB-TM-CC")
    assert BLENDER in browser.get("/nz/en/cart").text and BLENDER not in browser.get("/de/de/cart").text


@pytest.mark.parametrize("fields", [{"quantity": "0"}, {"act": "remove", "quantity": "2"}])
def test_a_line_is_taken_out(sqlite_world: World, fields: dict[str, str]) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    assert browser.follow(browser.post(f"/nz/en/cart/lines/{BLENDER}", fields)).status_code == 200
    assert browser.page is not None and "Your cart is empty." in text(browser.page.text)


def test_what_was_taken_out_of_the_market_meanwhile_is_said(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM listing WHERE market = 'nz' AND sku = 'HB-BL-230'")
    page = browser.get("/nz/en/cart")
    assert page.status_code == 200 and "is no longer shown here" in text(page.text)
    assert browser.get("/nz/en/checkout/review").headers["location"] == "/nz/en/checkout"
    assert browser.submit(f"/cart/lines/{BLENDER}", act="remove").status_code == 303
    assert "is no longer shown here" not in text(browser.get("/nz/en/cart").text)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"state": "soft", "order_cap": 0}, "all places are taken"),
        ({"state": "paused", "pause_mode": "sell_stop"}, "We are not taking orders in this country"),
    ],
)
def test_where_one_cannot_order_the_cart_says_so_before_its_lines(
    sqlite_world: World, values: dict[str, Any], told: str
) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    change_market(sqlite_world, "nz", **values)
    page = browser.get("/nz/en/cart").text
    notice = page.index('id="closed"')
    assert notice < page.index("<h2>You cannot order here right now") < page.index('class="lines"')
    assert told in page[notice : page.index('class="lines"')]
    assert 'href="/nz/en/support"' in page[notice : page.index('class="lines"')]
    assert '<a href="#closed">' in page


def test_an_announced_market_leads_on_to_its_waiting_list(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    values = {"state": "soft", "audience": "percentage", "percent_bp": 0, "announced": True, "in_chooser": False}
    change_market(sqlite_world, "nz", **values)
    page = browser.get("/nz/en/cart").text
    assert 'href="/nz/en/waitlist"' in page and "not everybody can order yet" in page
    assert browser.get("/nz/en/waitlist").status_code == 200


def test_what_keeps_one_from_paying_leads_to_where_it_is_mended(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/nz/en/")
    assert 'id="closed"' not in browser.get("/nz/en/cart").text
    set_stock(sqlite_world, 0)
    page = browser.get("/nz/en/cart").text
    assert f'href="#quantity-{BLENDER}"' in page and f'id="quantity-{BLENDER}"' in page
    assert '<li><a href="/nz/en/cart">' not in page
    browser.post("/nz/en/checkout", dict(TAMA))
    assert f'href="/nz/en/cart#quantity-{BLENDER}"' in browser.get("/nz/en/checkout/review").text
