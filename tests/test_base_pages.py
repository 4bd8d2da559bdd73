"""Templates: what is drawn once and found again is never another thing's drawing."""

from typing import Any

import pytest
from jinja2 import Environment

from shop.base.pages import MOST_DRAWN, _Once

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


def page_of(drawn: list[None], cards: list[dict[str, Any]]) -> str:
    house = Environment(autoescape=True)
    house.globals |= {"once": _Once(), "drawn": lambda: drawn.append(None)}
    return house.from_string(TEMPLATE).render(cards=cards)
