"""When a market's header offers search and categories."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from shop.markets.shelves import Shelved, categories_shown, is_searched, stock_of_shelves

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("shelves", "searched", "categories"),
    [
        ({}, False, ()),
        ({"kitchen": 12}, False, ()),
        ({"kitchen": 13}, True, ()),
        ({"kitchen": 6, "skin": 6}, False, ()),
        ({"kitchen": 6, "skin": 7}, True, ("kitchen", "skin")),
        ({"parts": 1, "food": 4, "kitchen": 9}, True, ("kitchen", "food", "parts")),
    ],
)
def test_thirteen_goods_are_many_and_one_shelf_is_no_choice(
    shelves: dict[str, int], searched: bool, categories: tuple[str, ...]
) -> None:
    assert is_searched(Counter(shelves)) == searched
    assert categories_shown(Counter(shelves)) == categories


def test_only_what_is_shown_now_in_this_market_and_language_is_counted() -> None:
    shelved = [
        Shelved("de", "de", "kitchen", None, None, "X"),
        Shelved("de", "de", "parts", NOW, NOW + HOUR, "X"),
        Shelved("de", "de", "service", NOW - HOUR, None, "X"),
        Shelved("de", "de", "skin", NOW + HOUR, None, "X"),
        Shelved("de", "de", "food", None, NOW, "X"),
        Shelved("de", "en", "kitchen", None, None, "X"),
        Shelved("ch", "de", "kitchen", None, None, "X"),
        Shelved("de", "de", "kitchen", None, None, "UNFIT"),
    ]
    assert stock_of_shelves(shelved, "de", "de", now=NOW, unfit=frozenset({"UNFIT"})) == {"kitchen": 1, "parts": 2}
