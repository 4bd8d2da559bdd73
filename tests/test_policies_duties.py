"""What is said of import duties comes from the policy in force, and nothing is said where nothing crosses a border."""

import dataclasses

import pytest

from shop.policies.duties import duties_words
from shop.policies.library import PolicyLibrary
from tests.buying import visit
from tests.doors import change_market, fill_cart, to_review
from tests.world import ANNA, TUESDAY, World, text

INCLUDED = "Import duties are included: the carrier collects nothing from you."
NAMED = "Duties and import taxes are not included: the carrier collects them on delivery."


@pytest.mark.parametrize(
    ("market", "words"), [("nz", ""), ("ae", INCLUDED), ("ca", INCLUDED), ("us", INCLUDED), ("kw", INCLUDED)]
)
def test_each_market_says_who_pays_them(sqlite_world: World, market: str, words: str) -> None:
    assert duties_words(sqlite_world.house.policies, visit(sqlite_world, market, "en")) == words


def test_where_they_are_collected_on_delivery_it_is_said_in_words(sqlite_world: World) -> None:
    at = visit(sqlite_world, "br", "en")
    assert duties_words(sqlite_world.house.policies, at) == NAMED


def test_of_a_market_without_such_a_policy_nothing_is_said(sqlite_world: World) -> None:
    at = dataclasses.replace(visit(sqlite_world, "kw", "en"), now=TUESDAY.replace(year=2020))
    assert duties_words(sqlite_world.house.policies, at) == ""


def test_before_the_shipping_policy_begins_the_one_it_follows_says_so(sqlite_world: World) -> None:
    library: PolicyLibrary = sqlite_world.house.policies
    at = dataclasses.replace(visit(sqlite_world, "ae", "en"), now=TUESDAY.replace(month=10, day=20))
    assert "legal" in library.kinds("ae", at.now.date()) and duties_words(library, at) == INCLUDED


def test_it_stands_beside_delivery_on_product_cart_and_review(sqlite_world: World) -> None:
    change_market(sqlite_world, "ae", state="open", audience="")
    browser = sqlite_world.browser()
    first = _links(browser.get("/ae/en/").text, "/ae/en/products/")[0]
    assert INCLUDED in text(browser.get(first).text)
    fill_cart(browser, "/ae/en/")
    assert INCLUDED in text(browser.get("/ae/en/cart").text)
    german = sqlite_world.browser("de")
    to_review(german, "/de/de/", ANNA)
    assert duties_words(sqlite_world.house.policies, visit(sqlite_world)) in text(
        german.page.text if german.page else ""
    )


def _links(page: str, path: str) -> list[str]:
    return [part for part in page.split('"') if part.startswith(path)]
