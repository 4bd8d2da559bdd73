"""The product feed: what Google Merchant's format asks for, in each market's own money, and only of listed markets."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.feeds import xml_text
from shop.catalogue.models import Listing, ProductText
from shop.checkout.stopping import stop_sale
from tests.buying import BLENDER, set_stock
from tests.doors import ask, change_market
from tests.world import TUESDAY, World

G = "{http://base.google.com/ns/1.0}"
OPEN = {"state": "open", "audience": "", "pause_mode": ""}


def items(world: World, place: str = "de/de") -> dict[str, dict[str, str]]:
    """The feed's items by id; the parts of shipping stand under their own names."""
    answer = world.browser().get(f"/feeds/{place}.xml")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/xml; charset=utf-8"
    channel = ElementTree.fromstring(answer.text).find("channel")  # noqa: S314 - our own
    assert channel is not None
    found = {}
    for each in channel.findall("item"):
        fields = {child.tag.replace(G, "g:"): child.text or "" for child in each if child.tag != f"{G}shipping"}
        shipping = each.find(f"{G}shipping")
        fields |= {f"shipping.{part.tag.replace(G, '')}": part.text or "" for part in shipping or ()}
        found[fields["g:id"]] = fields
    return found


def test_an_item_says_what_the_format_asks_for(sqlite_world: World) -> None:
    item = items(sqlite_world)[BLENDER]
    assert item.pop("description").startswith("1000\u00a0W, 68\u00a0dB")
    assert item.pop("g:image_link").startswith("http://127.0.0.1:8000/pictures/")
    assert item == {
        "g:id": BLENDER,
        "title": "Standmixer Tasman 1000 (230\u00a0V)",
        "link": "http://127.0.0.1:8000/de/de/products/tasman-1000-standmixer-230v",
        "g:availability": "in_stock",
        "g:price": "229.00 EUR",
        "g:brand": "Harbourbench",
        "g:identifier_exists": "no",
        "g:condition": "new",
        "shipping.country": "DE",
        "shipping.service": "Long Tide Parcel (demo)",
        "shipping.price": "0.00 EUR",
        "shipping.min_transit_time": "7",
        "shipping.max_transit_time": "12",
    }


@pytest.mark.parametrize(
    ("place", "sku", "price", "shipping"),
    [
        ("jp/ja", "HB-YM-UNI", "10800 JPY", "1800 JPY"),
        ("ch/fr", "HB-YM-UNI", "72.50 CHF", "14.50 CHF"),
        ("nz/en", "HB-YM-UNI", "99.00 NZD", "7.00 NZD"),
    ],
)
def test_money_stands_in_the_decimals_of_its_currency(
    sqlite_world: World, place: str, sku: str, price: str, shipping: str
) -> None:
    change_market(sqlite_world, place[:2], **OPEN)
    item = items(sqlite_world, place)[sku]
    assert (item["g:price"], item["shipping.price"]) == (price, shipping)


def test_three_decimals_and_a_price_without_tax(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", currency="KWD", tax_display="exclusive")
    item = items(sqlite_world)[BLENDER]
    assert item["g:price"] == "22.900 KWD"  # the displayed 22900 fils, no tax put on


def test_a_reduced_price_stands_beside_the_one_that_the_page_measures_it_by(sqlite_world: World) -> None:
    found = items(sqlite_world)
    assert (found["HB-CO-FC"]["g:price"], found["HB-CO-FC"]["g:sale_price"]) == ("42.90 EUR", "34.90 EUR")
    assert [sku for sku, each in found.items() if "g:sale_price" in each] == ["HB-CO-FC"]


def test_availability_follows_stock_begin_and_the_market(sqlite_world: World) -> None:
    set_stock(sqlite_world, 0)
    with sqlite_world.house.database.writing() as db:
        later = update(Listing).where(col(Listing.market) == "de", col(Listing.sku) == "HB-YM-UNI")
        db.connection().execute(later.values(buyable_from=TUESDAY + timedelta(days=7)))
    change_market(sqlite_world, "de", **OPEN)
    found = items(sqlite_world)
    assert found[BLENDER]["g:availability"] == "out_of_stock"
    assert found["HB-YM-UNI"]["g:availability"] == "out_of_stock"  # it cannot be ordered before
    assert "g:availability_date" not in found["HB-YM-UNI"]
    sqlite_world.clock.now = TUESDAY + timedelta(days=7)
    assert items(sqlite_world)["HB-YM-UNI"]["g:availability"] == "in_stock"
    change_market(sqlite_world, "de", **{**OPEN, "state": "paused", "pause_mode": "sell_stop"})
    assert {each["g:availability"] for each in items(sqlite_world).values()} == {"out_of_stock"}


def test_what_is_stopped_or_not_shown_is_not_in_the_feed(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        stop_sale(db, sku=BLENDER, market="de", reason="a test", person="mere", now=TUESDAY)
    found = items(sqlite_world)
    assert BLENDER not in found and "HB-BL-100" not in found and len(found) > 5


def test_measures_are_told_where_they_are_known(sqlite_world: World) -> None:
    measured = {
        sku: each["g:unit_pricing_measure"]
        for sku, each in items(sqlite_world, "nz/en").items()
        if "g:unit_pricing_measure" in each
    }
    assert measured["HB-CO-HB"] == "50 ml" and BLENDER not in measured


def test_hostile_names_stay_names(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        text = db.get_one(ProductText, (BLENDER, "de"))
        text.name = "]]></title><item>&amp; \x0b\x1b\ufffe<!--ブ\U0001f379"
        db.add(text)
    assert items(sqlite_world)[BLENDER]["title"] == "]]></title><item>&amp; <!--ブ\U0001f379"
    assert xml_text("a\tb\nc\x00\x08\ud800") == "a\tb\nc"


@pytest.mark.parametrize(
    "path",
    [
        "de/en.xml",
        "de/de",
        "de/.xml",
        "de/de.xml.xml",
        "xx/de.xml",
        "DE/de.xml",
        "de/DE.xml",
        "jp/ja.xml",
        "ch/de.xml",
        "ae/ar.xml",
    ],
)
def test_no_feed_of_what_is_not_listed(sqlite_world: World, path: str) -> None:
    assert ask(sqlite_world, "GET", f"/feeds/{path}").status == 404


def test_the_feed_is_kept_until_something_in_it_changes(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    first = browser.get("/feeds/de/de.xml")
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate" and first.headers["etag"]
    assert browser.get("/feeds/de/de.xml", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    set_stock(sqlite_world, 0)
    change_market(sqlite_world, "de", position=1)
    assert browser.get("/feeds/de/de.xml").headers["etag"] != first.headers["etag"]
    change_market(sqlite_world, "de", **{**OPEN, "state": "paused", "pause_mode": "hidden"})
    assert browser.get("/feeds/de/de.xml").status_code == 404
