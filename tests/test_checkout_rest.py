"""One thing of a cart is gone while the customer pays: what is left of it is offered with its sum."""

import re

from tests.buying import set_stock
from tests.doors import BLENDER, fill_cart, to_review
from tests.world import TAMA, Browser, World, text

SHOP, OTHER = "/nz/en/", "HB-TM-CC"


def reviewed(world: World, blenders: int = 1, others: int = 1) -> Browser:
    """A customer at the button, with both things in the cart."""
    browser = world.browser()
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


def test_what_is_left_is_offered_with_its_sum_and_one_press_keeps_it(sqlite_world: World) -> None:
    browser = reviewed(sqlite_world)
    set_stock(sqlite_world, 0, OTHER)
    refused = browser.submit("/orders", accept="yes")
    offered = re.search(r"Go on with the rest: \$([0-9.,]+)", text(refused.text))
    assert refused.status_code == 409 and offered, text(refused.text)
    browser.follow(browser.submit(f"/cart/lines/{OTHER}"))
    review = browser.get(f"{SHOP}checkout/review")
    assert total(review.text) == offered[1] and OTHER not in review.text
    assert browser.submit("/orders", accept="yes").status_code == 303


def test_of_what_there_are_too_few_as_many_as_there_are_stay(sqlite_world: World) -> None:
    browser = reviewed(sqlite_world, blenders=3)
    set_stock(sqlite_world, 2)
    refused = browser.submit("/orders", accept="yes")
    assert '<input type="hidden" name="quantity" value="2">' in refused.text
    browser.follow(browser.submit(f"/cart/lines/{BLENDER}"))
    assert browser.get(f"{SHOP}checkout/review").text.count("2 pieces") == 1


def test_where_nothing_would_be_left_or_several_things_are_in_the_way_nothing_is_proposed(sqlite_world: World) -> None:
    alone = sqlite_world.browser()
    to_review(alone, SHOP, TAMA)
    both = reviewed(sqlite_world)
    set_stock(sqlite_world, 0)
    assert "Go on with the rest" not in alone.submit("/orders", accept="yes").text
    set_stock(sqlite_world, 0, OTHER)
    refused = both.submit("/orders", accept="yes")
    assert refused.status_code == 409 and "Go on with the rest" not in refused.text
    assert f'href="{SHOP}cart"' in refused.text
