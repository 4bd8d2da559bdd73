"""Templates: what is drawn once and found again is never another thing's drawing."""

import re
from typing import Any

import pytest
from jinja2 import Environment

from shop.base.pages import MOST_DRAWN, _Once, with_whole_postcodes
from tests.doors import change_market
from tests.world import World

TEMPLATE = (
    "{% macro card(it, lazy=True) %}{{ drawn() or '' }}<b>{{ it.name }}{{ it.chip.word if it.chip }}{{ lazy }}</b>"
    "{% endmacro %}{% for each in cards %}{{ once(card, each, lazy=loop.first) }}{% endfor %}"
)


def test_a_macro_is_drawn_once_for_the_same_values() -> None:
    drawn: list[None] = []
    cards = [{"name": "a", "chip": None}] + [{"name": "<x>", "chip": {"word": "new"}} for _ in range(3)]
    page = page_of(drawn, cards)
    assert page == "<b>aTrue</b>" + "<b>&lt;x&gt;newFalse</b>" * 3 and len(drawn) == 2


@pytest.mark.parametrize(
    "other", [{"name": "b", "chip": None}, {"name": "a", "chip": {"word": "!"}}], ids=["its own", "of its chip"]
)
def test_another_value_is_drawn_anew(other: dict[str, Any]) -> None:
    drawn: list[None] = []
    page_of(drawn, [{"name": "c", "chip": None}, {"name": "a", "chip": None}, other])
    assert len(drawn) == 3


def test_what_was_drawn_is_let_go_before_it_grows_without_end() -> None:
    once = _Once()
    for number in range(MOST_DRAWN + 5):
        once(str, {"number": str(number)})
    assert len(once._drawn) <= MOST_DRAWN


@pytest.mark.parametrize(
    ("address", "drawn"),
    [
        ("〒530-0000 大阪市<9-9>", '<span class="postcode">〒530-0000</span> 大阪市&lt;9-9&gt;'),
        ("架空、〒530-0000", '架空、<span class="postcode">〒530-0000</span>'),
        ("Wijnhaven 900, 3011 Rotterdam", "Wijnhaven 900, 3011 Rotterdam"),
        ("+81 530-0000", "+81 530-0000"),
    ],
)
def test_a_japanese_postcode_is_drawn_on_one_line_and_nothing_is_added_to_it(address: str, drawn: str) -> None:
    assert with_whole_postcodes(address) == drawn


def test_a_japanese_product_page_keeps_the_postcode_of_who_is_responsible_whole(sqlite_world: World) -> None:
    change_market(sqlite_world, "jp", state="open", audience="")
    browser = sqlite_world.browser("ja")
    product = re.search(r'href="(/jp/ja/products/[^"]+)"', browser.get("/jp/ja/").text)
    assert product and '<span class="postcode">〒530-0000</span>' in browser.get(product[1]).text


def page_of(drawn: list[None], cards: list[dict[str, Any]]) -> str:
    house = Environment(autoescape=True)
    house.globals |= {"once": _Once(), "drawn": lambda: drawn.append(None)}
    return house.from_string(TEMPLATE).render(cards=cards)
