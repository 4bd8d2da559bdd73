"""From one market to another with a filled cart: what would change is told first, and nothing is changed by looking."""

from typing import Any

import pytest

from shop.checkout.cart import LASTS
from tests.doors import BLENDER, change_market, fill_cart
from tests.world import ANNA, TAMA, World, forms, text

FROM, TO = "/nz/en/", "/de/de/"


def test_coming_with_another_markets_cart_is_told_what_would_change(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM, quantity="2")
    fill_cart(browser, FROM, "HB-FD-HN")
    for path in ("cart", "checkout"):
        answer = browser.get(TO + path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{TO}cart/switch")
    page = browser.get(f"{TO}cart/switch")
    shown = text(page.text)
    assert page.headers["cache-control"] == "private, no-store" and "noindex" in page.headers["x-robots-tag"]
    assert "349,00" in shown and "229,00" in shown and "59,00" in shown  # both prices, each in its currency
    assert "Neuseeland" in shown and "Deutschland" in shown
    assert 'value="2"' in browser.get(f"{FROM}cart").text  # looking has changed nothing


def test_switching_keeps_what_can_be_kept(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM, quantity="2")
    fill_cart(browser, FROM, "HB-FD-HN")
    browser.post(f"{FROM}checkout", dict(TAMA))
    browser.get(f"{TO}cart/switch")
    page = browser.follow(browser.submit(f"{TO}cart/switch"))
    assert page.status_code == 200 and 'value="2"' in page.text and "HB-FD-HN" not in page.text
    assert "cart-nz" not in browser.cookies and "draft-nz" not in browser.cookies
    assert browser.follow(browser.post(f"{TO}checkout", dict(ANNA))).status_code == 200


def test_staying_changes_nothing_but_the_choice(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM)
    browser.get(f"{TO}cart/switch")
    page = browser.follow(browser.submit("/choice"))
    assert str(page.url).endswith(f"{FROM}cart") and BLENDER in page.text


def test_the_choice_of_another_market_leads_there_and_the_choice_of_a_language_does_not(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    assert browser.post("/choice", {"market": "de", "language": "de"}).headers["location"] == TO
    fill_cart(browser, FROM)
    assert browser.post("/choice", {"market": "de", "language": "de"}).headers["location"] == f"{TO}cart/switch"
    switched = browser.post("/choice", {"market": "ch", "language": "fr", "next": "/ch/fr/cart"})
    assert switched.headers["location"] == "/ch/fr/cart"
    assert browser.post("/choice", {"market": "nz", "language": "en"}).headers["location"] == FROM


def test_without_another_cart_there_is_nothing_to_tell(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    assert browser.get(f"{TO}cart/switch").headers["location"] == TO
    assert browser.post(f"{TO}cart/switch").headers["location"] == f"{TO}cart"
    assert browser.get(f"{TO}cart").status_code == 200
    fill_cart(browser, FROM)
    fill_cart(browser, TO)
    assert browser.get(f"{TO}cart").status_code == 200  # who has both keeps both


def test_a_closed_gate_takes_no_cart_over(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM)
    change_market(sqlite_world, "de", state="paused", pause_mode="sell_stop")
    assert browser.post(f"{TO}cart/switch").status_code == 409
    assert BLENDER in browser.get(f"{FROM}cart").text


CLOSED = [
    ({"state": "paused", "pause_mode": "sell_stop"}, "We are not taking orders in this country at the moment.", True),
    ({"state": "soft", "audience": "percentage", "percent_bp": 0}, "not everybody can order yet", True),
    ({"state": "paused", "pause_mode": "hidden"}, "We are not taking orders in this country at the moment.", False),
    ({"state": "winding_down"}, "We no longer take orders in this country.", False),
    ({"state": "closed"}, "We no longer take orders in this country.", False),
]


@pytest.mark.parametrize(("values", "said", "shown"), CLOSED)
def test_where_one_cannot_buy_the_reason_stands_for_the_button(
    sqlite_world: World, values: dict[str, Any], said: str, shown: bool
) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/de/de/")
    change_market(sqlite_world, "nz", **values)
    page = browser.get("/nz/en/cart/switch")
    assert page.status_code == 200 and said in text(page.text) and "Stay with" in text(page.text)
    assert [each.action for each in forms(page.text) if each.action.endswith("/cart/switch")] == []
    assert ("349.00" in page.text) == shown and ("New Zealand Dollar" in text(page.text)) == shown


def test_who_was_not_drawn_yet_may_try(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, "/de/de/")
    change_market(sqlite_world, "nz", state="soft", audience="percentage", percent_bp=5000)
    page = browser.get("/nz/en/cart/switch")
    assert any(each.action.endswith("/cart/switch") for each in forms(page.text))


def test_a_market_that_one_may_not_see_is_not_told_of(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM)
    assert browser.get("/ae/ar/cart/switch").status_code == 404
    change_market(sqlite_world, "nz", state="paused", pause_mode="hidden")
    assert browser.get(f"{TO}cart").status_code == 200


def test_a_tampered_cart_is_an_empty_cart_with_a_word(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, FROM)
    signed = sqlite_world.house.signer.signed("cart-nz", [["HB-BL-230", 1]])  # as it was written once, with no mark
    for value in (browser.cookies["cart-nz"][:-3] + "xyz", "nonsense", "a" * 3000, signed):
        browser.cookies.delete("cart-nz")
        browser.cookies.set("cart-nz", value, domain="127.0.0.1")
        page = browser.get(f"{FROM}cart")
        assert page.status_code == 200 and "We could not read your cart any more" in text(page.text)
    assert LASTS == 30 * 86_400
