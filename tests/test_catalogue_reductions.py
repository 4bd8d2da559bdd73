"""A reduced price is shown with the lowest price of the 30 days before, in words; what is no reduction is not shown as one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from shop.catalogue.browsing import offers
from shop.catalogue.models import PriceChange
from shop.catalogue.price_words import reduced_words
from shop.ground.money import Money
from tests.buying import visit
from tests.offering import offered, one, relist
from tests.world import TUESDAY, World, text

CREAM = "HB-CO-FC"
DAYS = timedelta(days=1)
WORDS = "Lowest price of the last 30 days before the reduction: {}"


def priced(world: World, sku: str, market: str, *history: tuple[int, int]) -> None:
    """Prices with the days since which they hold."""
    with world.house.database.writing() as db:
        db.add_all(
            [PriceChange(market=market, sku=sku, at=TUESDAY - ago * DAYS, price=price) for ago, price in history]
        )


def test_the_demo_has_a_reduction_in_germany_and_one_in_japan(sqlite_world: World) -> None:
    for market, language, sku, price, prior in (
        ("de", "de", CREAM, Money(34_90, "EUR"), Money(42_90, "EUR")),
        ("jp", "ja", "HB-YM-UNI", Money(9_800, "JPY"), Money(10_800, "JPY")),
    ):
        found = one(sqlite_world, sku, market, language)
        assert (found.price, found.prior) == (price, prior)
        assert {each.sku for each in offered(sqlite_world, market, language) if each.prior} == {sku}


def test_card_and_page_show_the_new_price_and_say_the_old_one_in_words(sqlite_world: World) -> None:
    priced(sqlite_world, "HB-CO-HB", "nz", (90, 30_00), (20, 28_00), (2, 24_00))
    relist(sqlite_world, "HB-CO-HB", "nz", reduced_since=TUESDAY - 2 * DAYS)
    found, browser = one(sqlite_world, "HB-CO-HB", "nz", "en"), sqlite_world.browser()
    for path in ("/nz/en/", f"/nz/en/products/{found.text.slug}"):
        words = text(browser.get(path).text)
        assert WORDS.format("$28.00") in words and "$24.00" in words and "%" not in words.partition("GST")[0][-40:-8]


@pytest.mark.parametrize(
    ("history", "since", "shown"),
    [
        (((90, 30_00),), 2, "$30.00"),
        (((90, 22_00),), 2, ""),  # it was cheaper before
        (((90, 24_00),), 2, ""),  # it was as cheap before
        (((90, 30_00), (10, 23_00), (5, 30_00)), 2, ""),  # and cheaper within the 30 days
        ((), 2, ""),  # nothing was priced before
        (((90, 30_00),), None, ""),  # the price is not announced as one
        (((90, 30_00),), -1, ""),  # it is announced for tomorrow only
    ],
)
def test_what_is_no_reduction_is_not_shown_as_one(
    sqlite_world: World, history: tuple[tuple[int, int], ...], since: int | None, shown: str
) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM price_change WHERE sku = 'HB-CO-HB'")
    priced(sqlite_world, "HB-CO-HB", "nz", *history)
    relist(sqlite_world, "HB-CO-HB", "nz", reduced_since=None if since is None else TUESDAY - since * DAYS)
    at = visit(sqlite_world, "nz", "en", staff=True)
    words = reduced_words(one(sqlite_world, "HB-CO-HB", "nz", "en"), at)
    assert words == (WORDS.format(shown) if shown else "")


def test_all_of_a_market_is_read_with_its_reductions_in_one_query(sqlite_world: World) -> None:
    at, seen = visit(sqlite_world, staff=True), []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with sqlite_world.house.database.reading() as db:
        engine = db.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        found = offers(db, at)
        event.remove(engine, "before_cursor_execute", note)
    assert any(each.prior for each in found) and len([each for each in seen if "SELECT" in each]) == 1
