"""What machines are told of a product: every field as the page says it, and no name that can end the block."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shop.catalogue.models import Listing, ProductText
from shop.catalogue.structured import SCHEMA, Told, block, product, return_policy
from shop.ground.money import Money
from tests.buying import BLENDER
from tests.doors import change_market
from tests.world import TUESDAY, World

RULES = {"window_days": 14, "day_kind": "calendar", "return_shipping": "customer", "exclusions": []}
TOLD = Told(
    url="https://shop.example/de/de/products/mixer",
    name="Mixer",
    description="Mixt.",
    sku="M-1",
    brand="Harbourbench",
    image_url="https://shop.example/pictures/1",
    price=Money(34900, "EUR"),
    prior=None,
    availability="buyable",
    available_from=None,
    valid_until=None,
    country="DE",
    shipping=Money(1290, "EUR"),
    carrier="Long Tide",
    days=(7, 12),
    returns=RULES,
    returns_url="https://shop.example/de/de/policies/returns",
    return_class="electrical",
)


def test_the_whole_offer_is_told() -> None:
    assert product(TOLD) == {
        "@context": SCHEMA,
        "@type": "Product",
        "name": "Mixer",
        "description": "Mixt.",
        "sku": "M-1",
        "brand": {"@type": "Brand", "name": "Harbourbench"},
        "image": ["https://shop.example/pictures/1"],
        "offers": {
            "@type": "Offer",
            "url": "https://shop.example/de/de/products/mixer",
            "price": "349.00",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/NewCondition",
            "shippingDetails": {
                "@type": "OfferShippingDetails",
                "shippingRate": {"@type": "MonetaryAmount", "value": "12.90", "currency": "EUR"},
                "shippingDestination": {"@type": "DefinedRegion", "addressCountry": "DE"},
                "deliveryTime": {
                    "@type": "ShippingDeliveryTime",
                    "transitTime": {"@type": "QuantitativeValue", "minValue": 7, "maxValue": 12, "unitCode": "DAY"},
                },
            },
            "hasMerchantReturnPolicy": {
                "@type": "MerchantReturnPolicy",
                "applicableCountry": "DE",
                "merchantReturnLink": "https://shop.example/de/de/policies/returns",
                "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
                "merchantReturnDays": 14,
                "returnMethod": "https://schema.org/ReturnByMail",
                "returnFees": "https://schema.org/ReturnFeesCustomerResponsibility",
            },
        },
    }


@pytest.mark.parametrize(
    ("amount", "price"),
    [
        (Money(39800, "JPY"), "39800"),
        (Money(1250, "KWD"), "1.250"),
        (Money(5, "EUR"), "0.05"),
        (Money(0, "USD"), "0.00"),
    ],
)
def test_a_price_has_the_decimals_of_its_currency(amount: Money, price: str) -> None:
    assert product(replace(TOLD, price=amount))["offers"]["price"] == price


def test_what_is_not_known_is_left_out() -> None:
    bare = product(replace(TOLD, image_url="", shipping=None, returns={}))
    assert product(replace(TOLD, image_url="", shipping=None, returns={**RULES, "day_kind": "working"})) == bare
    assert "image" not in bare
    assert set(bare["offers"]) == {"@type", "url", "price", "priceCurrency", "availability", "itemCondition"}


def test_a_reduced_price_names_the_one_it_is_reduced_from() -> None:
    offer = product(replace(TOLD, prior=Money(39900, "EUR")))["offers"]
    assert offer["price"] == "349.00" and offer["priceSpecification"] == {
        "@type": "UnitPriceSpecification",
        "priceType": "https://schema.org/StrikethroughPrice",
        "price": "399.00",
        "priceCurrency": "EUR",
    }


@pytest.mark.parametrize(
    ("standing", "word"),
    [("buyable", "InStock"), ("not_yet", "OutOfStock"), ("sold_out", "OutOfStock"), ("not_sold", "OutOfStock")],
)
def test_availability_is_what_the_page_says(standing: str, word: str) -> None:
    starts, ends = datetime(2026, 12, 1, 8, tzinfo=UTC), date(2027, 1, 31)
    offer = product(replace(TOLD, availability=standing, available_from=starts, valid_until=ends))["offers"]
    assert offer["availability"] == f"https://schema.org/{word}"
    assert offer["availabilityStarts"] == "2026-12-01T08:00:00+00:00" and offer["priceValidUntil"] == "2027-01-31"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, {"returnFees": "ReturnFeesCustomerResponsibility", "merchantReturnDays": 14}),
        ({"return_shipping": "seller", "window_days": 30}, {"returnFees": "FreeReturn", "merchantReturnDays": 30}),
        ({"window_days": 0}, {"returnPolicyCategory": "MerchantReturnNotPermitted"}),
        (
            {"exclusions": [{"class": "electrical", "condition": "always"}]},
            {"returnPolicyCategory": "MerchantReturnNotPermitted"},
        ),
        ({"exclusions": [{"class": "electrical", "condition": "unsealed"}]}, {"merchantReturnDays": 14}),
        ({"exclusions": [{"class": "food", "condition": "always"}]}, {"merchantReturnDays": 14}),
    ],
)
def test_the_rules_in_force_are_told(rules: dict[str, Any], said: dict[str, Any]) -> None:
    policy = return_policy({**RULES, **rules}, country="DE", url="https://x", return_class="electrical")
    assert policy is not None
    assert {name: str(policy[name]).removeprefix(f"{SCHEMA}/") for name in said} == {
        name: str(value) for name, value in said.items()
    }


HOSTILE = "</script><script>alert(1)</script><!-- & \u2028\u2029 ]]> \\ \" 'ブレンダー"


def test_no_name_can_end_the_block() -> None:
    text = block(replace(TOLD, name=HOSTILE))
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["name"] == HOSTILE


def data(page: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found[1]) if found else None


def test_a_product_page_tells_its_price_its_delivery_and_the_policy_in_force(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        text = db.get_one(ProductText, (BLENDER, "de"))
        text.name = HOSTILE
        db.add(text)
    told = data(sqlite_world.browser("de").get(f"/de/de/products/{text.slug}").text)
    assert told["name"] == HOSTILE and told["sku"] == BLENDER
    assert (told["offers"]["price"], told["offers"]["priceCurrency"]) == ("229.00", "EUR")
    assert told["offers"]["shippingDetails"]["shippingRate"]["value"] == "0.00"  # free from 150 euros on
    assert told["offers"]["hasMerchantReturnPolicy"]["merchantReturnDays"] == 14
    assert told["image"][0].startswith("http://127.0.0.1:8000/pictures/")


def test_a_japanese_price_has_no_decimals_and_an_end_is_told(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        listing = db.get_one(Listing, ("jp", "HB-BL-100"))
        listing.until = TUESDAY.replace(hour=20)  # the 25th in Japan
        db.add(listing)
    change_market(sqlite_world, "jp", state="open", audience="")
    told = data(sqlite_world.browser().get("/jp/ja/products/tasman-800-stand-mixer-100v").text)
    assert (told["offers"]["price"], told["offers"]["priceCurrency"]) == ("34800", "JPY")
    assert told["offers"]["priceValidUntil"] == "2026-11-25"


def test_where_no_order_is_taken_nothing_is_in_stock_and_what_is_not_listed_tells_machines_nothing(
    sqlite_world: World,
) -> None:
    browser, page = sqlite_world.browser(), "/nz/en/products/tasman-1000-stand-blender-230v"
    assert data(browser.get(page).text)["offers"]["availability"].endswith("/InStock")
    change_market(sqlite_world, "nz", state="paused", pause_mode="sell_stop", audience="")
    assert data(browser.get(page).text)["offers"]["availability"].endswith("/OutOfStock")
    change_market(sqlite_world, "nz", state="soft", audience="percentage", percent_bp=10_000)
    assert browser.get(page).status_code == 200 and data(browser.get(page).text) is None
