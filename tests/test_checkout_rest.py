"""One thing of a cart is gone while the customer pays: what is left of it is offered with its sum."""

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.models import Listing
from shop.checkout.stopping import stop_sale
from tests.buying import set_stock
from tests.doors import BLENDER, change_market, fill_cart, to_review
from tests.world import TAMA, TUESDAY, Browser, World, text

SHOP, OTHER = "/nz/en/", "HB-TM-CC"
REVIEW = f"{SHOP}checkout/review"


def reviewed(browser: Browser, blenders: int = 1, others: int = 1) -> Browser:
    """A customer at the button, with both things in the cart."""
    fill_cart(browser, SHOP, OTHER, str(others))
    if blenders > 1:
        fill_cart(browser, SHOP, BLENDER, str(blenders - 1))
    to_review(browser, SHOP, TAMA)
    return browser


def total(page: str) -> str:
    """What the review says that all costs together."""
    found = re.search(r" Total \$([0-9.,]+)", text(page))
    assert found, text(page)
    return found[1]


def relist(world: World, sku: str, **values: Any) -> None:
    """The product is sold on other terms from now on."""
    with world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "nz", col(Listing.sku) == sku)
        db.connection().execute(mine.values(**values))
    change_market(world, "nz", position=1)


def gone_on(browser: Browser, refused: Response, sku: str) -> str:
    """The review that the one press leads to, its total the one that was offered."""
    offered = re.search(r"Go on with the rest: \$([0-9.,]+)", text(refused.text))
    assert refused.status_code == 409 and offered, text(refused.text)
    answer = browser.submit(f"/cart/lines/{sku}")
    assert (answer.status_code, answer.headers["location"]) == (303, REVIEW)
    review = browser.follow(answer).text
    assert total(review) == offered[1]
    return review


@pytest.mark.parametrize("why", ["sold out", "gone", "not yet"])
def test_what_is_left_is_offered_with_its_sum_and_one_press_leads_to_its_button(sqlite_world: World, why: str) -> None:
    browser = reviewed(sqlite_world.browser())
    if why == "sold out":
        set_stock(sqlite_world, 0, OTHER)
    else:
        day = timedelta(days=1)
        now = {"gone": {"until": TUESDAY - day}, "not yet": {"buyable_from": TUESDAY + day}}[why]
        relist(sqlite_world, OTHER, **now)
    assert OTHER not in gone_on(browser, browser.submit("/orders", accept="yes"), OTHER)
    assert browser.submit("/orders", accept="yes").status_code == 303


@pytest.mark.parametrize("why", ["too few", "too many"])
def test_of_what_there_are_too_few_as_many_as_there_are_stay(sqlite_world: World, why: str) -> None:
    browser = reviewed(sqlite_world.browser(), blenders=3)
    if why == "too few":
        set_stock(sqlite_world, 2)
    else:
        relist(sqlite_world, BLENDER, max_per_order=2)
    assert gone_on(browser, browser.submit("/orders", accept="yes"), BLENDER).count("2 pieces") == 1
    assert browser.submit("/orders", accept="yes").status_code == 303


def test_a_test_order_goes_on_without_what_was_stopped(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="ready")
    mere = reviewed(sqlite_world.signed_in("mere"))
    with sqlite_world.house.database.writing() as db:
        stop_sale(db, sku=OTHER, market="nz", reason="cracked", person="mere", now=sqlite_world.clock.now, texts={})
    change_market(sqlite_world, "nz", position=1)
    assert OTHER not in gone_on(mere, mere.submit("/orders", accept="yes"), OTHER)


def test_whom_the_review_cannot_serve_is_led_on_to_where_that_is_put_right(sqlite_world: World) -> None:
    browser = reviewed(sqlite_world.browser())
    set_stock(sqlite_world, 0, OTHER)
    refused = browser.submit("/orders", accept="yes")
    set_stock(sqlite_world, 0)
    review = browser.follow(browser.submit(f"/cart/lines/{OTHER}"))
    assert "Sold out: Stand blender" in text(review.text) and f'href="{SHOP}cart#quantity-{BLENDER}"' in review.text
    browser.page = refused
    browser.cookies.delete("draft-nz")
    answer = browser.submit(f"/cart/lines/{OTHER}")
    assert str(browser.follow(answer).url).endswith(f"{SHOP}checkout")
    browser.page = refused
    browser.cookies.delete("cart-nz")
    answer = browser.submit(f"/cart/lines/{OTHER}")
    assert str(browser.follow(answer).url).endswith(f"{SHOP}cart")


def test_a_change_in_the_cart_itself_stays_there(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    fill_cart(browser, SHOP, OTHER)
    answer = browser.post(f"{SHOP}cart/lines/{OTHER}", {"quantity": "0", "back": "//elsewhere.example"})
    assert answer.headers["location"] == f"{SHOP}cart"


def test_where_nothing_would_be_left_or_several_things_are_in_the_way_nothing_is_proposed(sqlite_world: World) -> None:
    alone = sqlite_world.browser()
    to_review(alone, SHOP, TAMA)
    both = reviewed(sqlite_world.browser())
    set_stock(sqlite_world, 0)
    assert "Go on with the rest" not in alone.submit("/orders", accept="yes").text
    set_stock(sqlite_world, 0, OTHER)
    refused = both.submit("/orders", accept="yes")
    assert refused.status_code == 409 and "Go on with the rest" not in refused.text
    assert f'href="{SHOP}cart"' in refused.text
