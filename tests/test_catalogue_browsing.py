"""What a market offers in a language, at each instant: listed, begun, not over, in stock, not stopped; and on its pages."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shop.catalogue.browsing import next_change, offer_by_slug
from shop.catalogue.price_words import tax_words
from shop.catalogue.words import standing_chip
from shop.checkout.stopping import lift_stop, stop_sale
from shop.ground.errors import NotFound
from shop.markets.models import Market
from tests.buying import BLENDER, set_stock, visit
from tests.doors import change_market
from tests.offering import offered, one, relist
from tests.world import TUESDAY, World, text

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("market", "language", "shown", "hidden"),
    [
        ("de", "de", BLENDER, "HB-BL-100"),
        ("jp", "ja", "HB-BL-100", BLENDER),
        ("nz", "en", "HB-GM-230", "HB-BL-120"),
        ("ae", "ar", BLENDER, "HB-BL-100"),
    ],
)
def test_a_market_shows_its_own_goods_in_its_own_money(
    sqlite_world: World, market: str, language: str, shown: str, hidden: str
) -> None:
    found = offered(sqlite_world, market, language)
    skus = [each.sku for each in found]
    assert shown in skus and hidden not in skus and len(skus) == len(set(skus))
    currency = sqlite_world.house.directory.now().market(market).currency
    assert {each.price.currency for each in found} == {currency} and {each.text.language for each in found} == {
        language
    }
    assert all(each.levied and sum(each.levied.parts[:2]) == each.levied.parts.gross for each in found)


def test_goods_stand_in_the_exporters_order(sqlite_world: World) -> None:
    positions = [each.listing.position for each in offered(sqlite_world)]
    assert positions == sorted(positions)


def test_without_a_text_in_the_language_a_product_is_not_shown_in_it(sqlite_world: World) -> None:
    before = {each.sku for each in offered(sqlite_world, "ch", "fr")}
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM product_text WHERE sku = 'HB-BL-230' AND language = 'fr'")
    assert {each.sku for each in offered(sqlite_world, "ch", "fr")} == before - {BLENDER}
    assert BLENDER in {each.sku for each in offered(sqlite_world, "ch", "it")}


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({"visible_from": TUESDAY}, True),
        ({"visible_from": TUESDAY + HOUR}, False),
        ({"visible_from": None}, True),
        ({"until": TUESDAY}, False),
        ({"until": TUESDAY + HOUR}, True),
        ({"until": TUESDAY - HOUR}, False),
    ],
)
def test_a_listing_is_shown_from_its_first_instant_until_its_last(
    sqlite_world: World, values: dict[str, datetime | None], seen: bool
) -> None:
    relist(sqlite_world, **values)
    assert (offered(sqlite_world, skus=[BLENDER]) != []) == seen


@pytest.mark.parametrize(
    ("values", "on_hand", "standing"),
    [
        ({}, 1, "buyable"),
        ({}, 0, "sold_out"),
        ({"buyable_from": TUESDAY}, 1, "buyable"),
        ({"buyable_from": TUESDAY + HOUR}, 1, "not_yet"),
        ({"buyable_from": TUESDAY + HOUR}, 0, "not_yet"),
    ],
)
def test_how_an_offer_stands(sqlite_world: World, values: dict[str, datetime], on_hand: int, standing: str) -> None:
    relist(sqlite_world, max_per_order=3, **values)
    set_stock(sqlite_world, on_hand)
    assert one(sqlite_world).standing == standing
    chip = standing_chip(one(sqlite_world), visit(sqlite_world))
    assert (chip is None) == (standing == "buyable")


def test_a_product_without_stock_of_its_own_is_sold_out(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM stock WHERE sku = 'HB-BL-230'")
    assert (one(sqlite_world).standing, one(sqlite_world).free) == ("sold_out", 0)


@pytest.mark.parametrize(
    ("market", "sku", "stopped"),
    [
        ("de", BLENDER, {BLENDER}),
        ("", BLENDER, {BLENDER}),
        ("nz", BLENDER, set()),
        ("de", "", None),
    ],
)
def test_a_stop_holds_where_it_was_said_and_ends_when_lifted(
    sqlite_world: World, market: str, sku: str, stopped: set[str] | None
) -> None:
    with sqlite_world.house.database.writing() as db:
        stop = stop_sale(db, sku=sku, market=market, reason="a test", person="mere", now=TUESDAY)
        db.flush()
        number = stop.id
    found = offered(sqlite_world)
    assert {each.sku for each in found if each.standing == "stopped"} == (
        {each.sku for each in found} if stopped is None else stopped
    )
    with sqlite_world.house.database.writing() as db:
        assert number is not None
        lift_stop(db, number, now=TUESDAY)
    assert "stopped" not in {each.standing for each in offered(sqlite_world)}


def test_an_address_names_a_product_in_one_language_and_market(sqlite_world: World) -> None:
    slug = one(sqlite_world).text.slug
    with sqlite_world.house.database.reading() as db:
        assert offer_by_slug(db, visit(sqlite_world), slug).sku == BLENDER
        for at, asked in (
            (visit(sqlite_world, "nz", "en"), slug),
            (visit(sqlite_world), slug.upper()),
            (visit(sqlite_world), ""),
            (visit(sqlite_world), "x" * 10_000),
        ):
            with pytest.raises(NotFound):
                offer_by_slug(db, at, asked)


def test_the_next_change_is_the_nearest_ahead(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        market = db.get_one(Market, "de")
        before = next_change(db, market, TUESDAY)
    assert before is not None and before > TUESDAY  # the kettle's first day of sale
    relist(sqlite_world, until=TUESDAY + HOUR, visible_from=TUESDAY - HOUR)
    with sqlite_world.house.database.reading() as db:
        assert next_change(db, market, TUESDAY) == TUESDAY + HOUR
        assert next_change(db, market, TUESDAY + HOUR) == before


def test_a_page_changes_by_itself_at_the_instant_a_listing_ends(sqlite_world: World) -> None:
    relist(sqlite_world, until=TUESDAY + HOUR)
    change_market(sqlite_world, "de", position=1)
    browser = sqlite_world.browser("de")
    slug = one(sqlite_world).text.slug
    for _again in range(2):
        assert browser.get(f"/de/de/products/{slug}").status_code == 200 and slug in browser.get("/de/de/").text
    sqlite_world.clock.now = TUESDAY + HOUR
    assert "/cart/lines" not in browser.get(f"/de/de/products/{slug}").text and slug not in browser.get("/de/de/").text


def test_the_last_piece_that_is_held_is_sold_out_on_every_markets_page_at_once(sqlite_world: World) -> None:
    set_stock(sqlite_world, 1)
    change_market(sqlite_world, "de", position=1)
    browser = sqlite_world.browser("de")
    slug = one(sqlite_world).text.slug
    page = browser.get(f"/de/de/products/{slug}")
    assert page.status_code == 200 and 'name="sku"' in page.text
    assert sqlite_world.browser().post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 303
    assert browser.get(f"/de/de/products/{slug}").text == page.text  # a cart holds nothing


@pytest.mark.parametrize(
    ("market", "language", "words"),
    [
        ("de", "de", "inkl.\xa019\xa0%\xa0MwSt."),
        ("nz", "en", "GST"),
        ("ch", "de", "inkl.\xa08.1%\xa0MWST"),
        ("ch", "fr", "8,1"),
        ("jp", "ja", "税込"),
        ("ae", "en", "VAT"),
    ],
)
def test_how_the_price_stands_to_the_tax_is_said_the_local_way(
    sqlite_world: World, market: str, language: str, words: str
) -> None:
    sku = "HB-BL-100" if market == "jp" else BLENDER
    at = visit(sqlite_world, market, language, staff=True)
    assert words in tax_words(one(sqlite_world, sku, market, language), at)


def test_a_price_without_a_known_tax_is_never_shown(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM tax_rate WHERE market = 'de'")
    change_market(sqlite_world, "de", position=1)
    assert offered(sqlite_world) == []
    page = sqlite_world.browser("de").get("/de/de/")
    assert page.status_code == 200 and "229,00" not in page.text


def rate(world: World) -> int:
    levied = one(world).levied
    assert levied is not None
    return levied.rate_e5


def test_a_rate_holds_from_its_own_midnight(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql(
            "INSERT INTO tax_rate (market, tax_class, region, starts_on, rate_e5) "
            "VALUES ('de', 'standard', '', '2026-11-25', 20000)"
        )
    change_market(sqlite_world, "de", position=1)
    assert rate(sqlite_world) == 19_000
    sqlite_world.clock.now = TUESDAY.replace(hour=22, minute=59)  # 23:59 in Berlin
    assert rate(sqlite_world) == 19_000
    sqlite_world.clock.now = TUESDAY.replace(hour=23, minute=0)
    assert rate(sqlite_world) == 20_000


def test_a_product_page_says_beside_the_button_what_is_promised(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    slug = one(sqlite_world, BLENDER, "nz", "en").text.slug
    words = text(browser.get(f"/nz/en/products/{slug}").text)
    for promise in ("$349.00", "GST", "Add to cart", "days to return", "guarantee", "Tane"):
        assert promise.lower() in words.lower(), promise


def stop(world: World, *, market: str = "de", sku: str = BLENDER, **told: Any) -> None:
    with world.house.database.writing() as db:
        stop_sale(db, sku=sku, market=market, reason="LEAK-7", person="mere", now=TUESDAY, **told)


NOTICE = "Der Mixbehälter kann brechen.\nBitte benutzen Sie ihn nicht <weiter>."


@pytest.mark.parametrize("state", [{"state": "open"}, {"state": "paused", "pause_mode": "safety", "audience": ""}])
def test_a_stopped_product_has_an_honest_page_that_sells_nothing(sqlite_world: World, state: dict[str, str]) -> None:
    change_market(sqlite_world, "de", **state)
    stop(sqlite_world, texts={"de": NOTICE}, link="https://example.org/rueckruf")
    browser, slug = sqlite_world.browser("de"), one(sqlite_world).text.slug
    answer = browser.get(f"/de/de/products/{slug}")
    assert answer.status_code == 200
    assert "Bitte benutzen Sie ihn nicht &lt;weiter&gt;." in answer.text and "LEAK-7" not in answer.text
    assert 'href="https://example.org/rueckruf"' in answer.text
    assert "/cart/lines" not in answer.text and "229,00" not in answer.text
    for door in ("/de/de/support", "/de/de/policies/returns", "/de/de/policies/warranty"):
        assert f'href="{door}"' in answer.text.partition("<main")[2].partition("</main>")[0]
    shown = browser.get("/de/de/").text
    assert slug in shown and ("Sicherheitshinweis" in shown or "Safety notice" in shown) == (state["state"] == "paused")
    assert browser.post("/de/de/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 409


def test_a_safety_pause_leaves_the_other_products_pages_as_they_were(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="paused", pause_mode="safety", audience="")
    stop(sqlite_world, market="nz", texts={"en": "The jar may break."})
    browser = sqlite_world.browser()
    other = text(browser.get(f"/nz/en/products/{one(sqlite_world, 'HB-GM-230', 'nz', 'en').text.slug}").text)
    assert "For safety reasons we are not taking orders here" in other and "Facts" in other and "$" in other
    assert "Add to cart" not in other and "The jar may break." not in other
    affected = text(browser.get(f"/nz/en/products/{one(sqlite_world, BLENDER, 'nz', 'en').text.slug}").text)
    assert "Safety notice" in affected and "The jar may break." in affected and "Facts" not in affected


@pytest.mark.parametrize(("mode", "said"), [("", "is not on sale"), ("safety", "please do not use it before")])
def test_without_a_text_in_the_language_one_general_sentence_is_said(sqlite_world: World, mode: str, said: str) -> None:
    change_market(sqlite_world, "nz", state="paused" if mode else "open", pause_mode=mode, audience="")
    stop(sqlite_world, market="", texts={"de": NOTICE}, link="javascript:alert(1)")
    page = sqlite_world.browser().get(f"/nz/en/products/{one(sqlite_world, BLENDER, 'nz', 'en').text.slug}").text
    assert said in page and "Mixbehälter" not in page and "javascript:" not in page


def test_a_stop_of_everything_is_told_on_every_page_until_it_is_lifted(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    browser, slug = sqlite_world.browser(), one(sqlite_world, BLENDER, "nz", "en").text.slug
    assert "Add to cart" in browser.get(f"/nz/en/products/{slug}").text
    stop(sqlite_world, market="nz", sku="", texts={"en": "All is quiet."})
    assert "All is quiet." in browser.get(f"/nz/en/products/{slug}").text
    with sqlite_world.house.database.writing() as db:
        lift_stop(db, 1, now=TUESDAY)
    assert "Add to cart" in browser.get(f"/nz/en/products/{slug}").text


def test_a_stopped_product_keeps_its_notice_when_its_listing_has_ended_but_shows_none_before_it_begins(
    sqlite_world: World,
) -> None:
    slug = one(sqlite_world).text.slug
    stop(sqlite_world)
    relist(sqlite_world, until=TUESDAY - HOUR)
    assert sqlite_world.browser("de").get(f"/de/de/products/{slug}").status_code == 200
    relist(sqlite_world, until=None, visible_from=TUESDAY + HOUR)
    change_market(sqlite_world, "de", position=1)
    assert sqlite_world.browser("de").get(f"/de/de/products/{slug}").status_code == 404


@pytest.mark.parametrize("hash", ["0", "x" * 5000, "%00", "..%2f..%2fx"])
def test_a_picture_that_is_not_there_is_not_found(sqlite_world: World, hash: str) -> None:
    assert sqlite_world.browser().get(f"/pictures/{hash}").status_code == 404
