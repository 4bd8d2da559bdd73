"""What a cart costs now: the market's prices, delivery and tax, adding up in every market and currency."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.models import Listing
from shop.checkout.quote import NoDelivery, money_digest, policies_now
from shop.checkout.views import quote_sums
from shop.markets.taxes import NoTaxRate
from shop.policies.seen import seen_mark
from tests.buying import BLENDER, quoted, set_stock, visit
from tests.doors import change_market
from tests.world import World


@pytest.mark.parametrize(
    ("market", "language", "sku"),
    [
        ("nz", "en", "HB-FD-HN"),
        ("de", "de", "HB-FD-GR"),
        ("ch", "fr", BLENDER),
        ("jp", "ja", "HB-BL-100"),
        ("ae", "ar", BLENDER),
    ],
)
def test_in_every_market_net_and_tax_are_the_total(sqlite_world: World, market: str, language: str, sku: str) -> None:
    for pieces in (1, 2, 3):
        found = quoted(sqlite_world, {sku: pieces}, market, language)
        sums = [*(line.sums for line in found.lines), found.shipping]
        assert all(each.net + each.tax == each.gross for each in sums)
        assert found.total.minor == sum(each.gross for each in sums) == found.goods + found.delivery.price
        assert found.tax == sum(each.tax for each in sums) > 0
        assert found.currency == sqlite_world.house.directory.now().market(market).currency and not any(
            each.problem for each in found.lines
        )


def test_delivery_is_free_from_its_threshold_on(sqlite_world: World) -> None:
    assert quoted(sqlite_world, {"HB-TM-CC": 1}).delivery.price == 12_90
    assert quoted(sqlite_world, {BLENDER: 1}).delivery.price == 0


def test_food_and_goods_are_taxed_each_at_its_own_rate(sqlite_world: World) -> None:
    found = quoted(sqlite_world, {"HB-FD-GR": 1, "HB-TM-CC": 1})
    assert [(line.sums.gross, line.sums.tax) for line in found.lines] == [
        (11_90, 78),
        (19_90, 3_18),
    ]  # 7 % and 19 % inside


@pytest.mark.parametrize(
    ("sku", "pieces", "problem"),
    [
        (BLENDER, 1, ""),
        (BLENDER, 4, "too_many"),
        (BLENDER, 3, "too_few"),
        ("HB-KT-230", 1, "not_yet"),
        ("HB-FD-CH", 1, "sold_out"),
    ],
)
def test_what_keeps_a_line_from_being_bought_is_said(sqlite_world: World, sku: str, pieces: int, problem: str) -> None:
    set_stock(sqlite_world, 2)
    [line] = quoted(sqlite_world, {sku: pieces}).lines
    assert line.problem == problem


def test_what_the_market_does_not_show_is_gone(sqlite_world: World) -> None:
    found = quoted(sqlite_world, {BLENDER: 1, "HB-BL-100": 1, "HB-NO-THING": 2})
    assert found.gone == ("HB-BL-100", "HB-NO-THING") and len(found.lines) == 1


def test_an_empty_cart_can_be_shown_and_not_bought(sqlite_world: World) -> None:
    found = quoted(sqlite_world, {})
    assert found.gone == () and found.lines == ()


def test_the_fingerprint_of_the_money_changes_with_anything_that_is_paid(sqlite_world: World) -> None:
    lines = {BLENDER: 1, "HB-TM-CC": 1}
    first = money_digest(quoted(sqlite_world, lines))
    assert money_digest(quoted(sqlite_world, lines)) == first
    assert money_digest(quoted(sqlite_world, {**lines, BLENDER: 2})) != first
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Listing).where(col(Listing.sku) == "HB-TM-CC").values(price=19_91))
    assert money_digest(quoted(sqlite_world, lines)) != first


def test_the_fingerprint_of_the_policies_is_that_of_the_versions_in_force(sqlite_world: World) -> None:
    library = sqlite_world.house.policies
    versions = policies_now(library, visit(sqlite_world))
    assert [each.kind for each in versions] == ["returns", "warranty", "terms"]
    assert seen_mark(versions) != seen_mark(policies_now(library, visit(sqlite_world, "nz", "en")))
    assert seen_mark(versions) == seen_mark(policies_now(library, visit(sqlite_world)))


def test_without_delivery_or_tax_nothing_can_be_sold(sqlite_world: World) -> None:
    for table, refusal in (("shipping_rate", NoDelivery), ("tax_rate", NoTaxRate)):
        with sqlite_world.house.database.writing() as db:
            db.connection().exec_driver_sql(f"DELETE FROM {table} WHERE market = 'de'")  # noqa: S608
        change_market(sqlite_world, "de", position=1)
        with pytest.raises(refusal):
            quoted(sqlite_world, {BLENDER: 1})
        with sqlite_world.house.database.writing() as db:
            db.connection().exec_driver_sql(
                "INSERT INTO shipping_rate (market, price, days_min, days_max, carrier, origin) VALUES ('de', 1, 1, 2, 'c', '') "
                "ON CONFLICT DO NOTHING"
            )
        change_market(sqlite_world, "de", position=2)


def test_where_tax_stands_on_top_the_sums_say_so_in_that_order(sqlite_world: World) -> None:
    inside = [
        row["label"]
        for row in quote_sums(quoted(sqlite_world, {"HB-TM-CC": 1}, "nz", "en"), visit(sqlite_world, "nz", "en"))
    ]
    change_market(sqlite_world, "nz", tax_display="exclusive")
    found = quoted(sqlite_world, {"HB-TM-CC": 1}, "nz", "en")
    on_top = [row["label"] for row in quote_sums(found, visit(sqlite_world, "nz", "en"))]
    assert inside == ["Goods", "Delivery cost", "Total", "Tax included in the total"] and on_top == [
        "Goods",
        "Delivery cost",
        "Tax",
        "Total",
    ]
    assert found.lines[0].sums == (29_00, 4_35, 33_35)
