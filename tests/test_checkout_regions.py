"""Tax by province or state: said to come in the cart, worked out from the address, kept with the order, never made up."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import stripe
from sqlmodel import select

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.base.stripe_payments import StripePayments
from shop.catalogue.price_words import tax_words
from shop.checkout.addresses import address_fields, area_name, region_of
from shop.checkout.booking import Buyer, Wish
from shop.checkout.models import Order, OrderLine
from shop.checkout.orders import order_view, sums
from shop.checkout.placing import place_order
from shop.checkout.quote import Quote, money_digest, policies_now, quote
from shop.checkout.views import quote_sums
from shop.ground.money import Money
from shop.markets.taxes import NoTaxRate
from shop.policies.seen import seen_mark
from tests.buying import visit
from tests.doors import change_market, fill_cart, fresh_world, pay, place, to_review
from tests.offering import one
from tests.stripe_ask import settings_for
from tests.stripe_stand_in import StripeStandIn
from tests.world import GREG, QUEBEC, TUESDAY, World, text

BLENDER = "HB-BL-120"
DANA = {
    "email": "dana@example.com",
    "name": "Dana Reed",
    "street_address": "9 Oak Ave",
    "city": "Portland",
    "country_area": "OR",
    "postal_code": "97201",
}
PUERTO_RICO = {**DANA, "city": "San Juan", "country_area": "PR", "postal_code": "00901"}
SALEM = {
    "email": "salem@example.com",
    "name": "Salem Al-Enezi",
    "street_address": "Block 4, Street 12",
    "city": "Kuwait City",
}


@pytest.fixture
def open_world(sqlite_world: World) -> World:
    """Canada, the United States and Kuwait, open to everybody."""
    for market in ("ca", "us", "kw"):
        change_market(sqlite_world, market, state="open", pause_mode="", audience="")
    return sqlite_world


def quoted(world: World, market: str, lines: Mapping[str, int], region: str = "") -> Quote:
    with world.house.database.reading() as db:
        return quote(db, visit(world, market, "en"), lines, region)


def rows(world: World, market: str, found: Quote) -> list[tuple[str, str]]:
    return [(each["label"], each["value"]) for each in quote_sums(found, visit(world, market, "en"))]


def test_before_the_address_no_tax_is_made_up(open_world: World) -> None:
    found = quoted(open_world, "ca", {BLENDER: 1, "HB-CN-BR": 2})
    assert found.tax is None and not found.taxed and [line.tax_e5 for line in found.lines] == [None, None]
    assert rows(open_world, "ca", found) == [
        ("Goods", "$343.00"),
        ("Delivery cost", "free of charge"),
        ("plus tax by province, worked out from your address", ""),
        ("Total before tax", "$343.00"),
    ]
    assert "by state" in rows(open_world, "us", quoted(open_world, "us", {BLENDER: 1}))[2][0]


@pytest.mark.parametrize(
    ("market", "region", "lines", "tax", "shipping"),
    [
        ("ca", "ON", {"HB-CN-BR": 1}, (1_56, 3_12), 27_12),
        ("ca", "QC", {"HB-CN-BR": 1}, (1_80, 3_59), 27_59),
        ("ca", "AB", {"HB-CN-BR": 1}, (60, 1_20), 25_20),
        ("us", "OR", {"HB-CN-BR": 1}, (0, 0), 22_00),
        ("us", "MN", {"HB-CN-BR": 1}, (62, 1_51), 23_51),
        ("us", "NY", {"HB-FD-GR": 1}, (0, 88), 22_88),
    ],
)
def test_goods_and_delivery_are_taxed_where_they_go(
    open_world: World, market: str, region: str, lines: dict[str, int], tax: tuple[int, int], shipping: int
) -> None:
    found = quoted(open_world, market, lines, region)
    assert (found.lines[0].sums.tax, found.shipping.tax) == tax and found.shipping.gross == shipping
    assert found.tax == sum(tax) and found.total.minor == found.goods + found.delivery.price + sum(tax)


@pytest.mark.parametrize(
    ("country", "language", "code", "name"),
    [
        ("CA", "en", "BC", "British Columbia"),
        ("CA", "fr", "BC", "Colombie-Britannique"),
        ("CA", "fr", "QC", "Québec"),
        ("US", "es", "MN", "Minnesota"),
        ("JP", "ja", "大阪府", "大阪府"),
        ("JP", "en", "大阪府", "Osaka"),
        ("AE", "ar", "إمارة دبيّ", "دبي"),
        ("AE", "en", "إمارة دبيّ", "Dubai"),
        ("BR", "pt-BR", "SP", "São Paulo"),
    ],
)
def test_a_region_is_named_in_the_pages_language(country: str, language: str, code: str, name: str) -> None:
    tongue = Languages(ROOT / "locales").tongue(language, country)
    assert area_name(code, country, tongue) == name
    [shown] = [each.choices for each in address_fields(country, tongue) if each.name == "country_area"]
    assert (code, name) in shown and region_of({"country_area": code}, country) == code


@pytest.mark.parametrize("region", ["PR", "AP", "ON"])
def test_a_region_whose_tax_is_not_known_is_refused(open_world: World, region: str) -> None:
    with pytest.raises(NoTaxRate):
        quoted(open_world, "us", {BLENDER: 1}, region)


@pytest.mark.parametrize(
    ("market", "sku", "words"),
    [
        ("ca", BLENDER, "plus GST/HST/PST"),
        ("us", BLENDER, "plus sales tax"),
        ("kw", "HB-CN-BR", "no tax is added"),
    ],
)
def test_the_tax_that_comes_on_top_is_called_by_its_local_name(
    open_world: World, market: str, sku: str, words: str
) -> None:
    at = visit(open_world, market, "en")
    assert tax_words(one(open_world, sku, market, "en"), at).replace("\xa0", " ") == words


def test_a_customer_sees_the_tax_of_their_province_and_it_stays_with_the_order(open_world: World) -> None:
    browser = open_world.browser()
    fill_cart(browser, "/ca/en/", "HB-CN-BR")  # and once more below
    assert "plus tax by province, worked out from your address" in text(browser.get("/ca/en/cart").text)
    to_review(browser, "/ca/en/", QUEBEC, "HB-CN-BR")
    assert browser.page is not None
    words = text(browser.page.text)
    assert "Tax (Quebec) $7.18" in words and "Total $55.18" in words and "Total before tax" not in words
    assert browser.submit("/orders", accept="yes").status_code == 303
    number = next(name.removeprefix("order-") for name in browser.cookies if name.startswith("order-"))
    with open_world.house.database.reading() as db:
        order = db.get_one(Order, number)
        [line] = db.exec(select(OrderLine).where(OrderLine.order_number == number)).all()
    assert (order.region, order.tax, order.net, order.total) == ("QC", 7_18, 48_00, 55_18)
    assert (order.shipping, order.shipping_e5, line.tax_e5, line.tax) == (27_59, 14_975, 14_975, 3_59)
    pay(open_world, browser, "/ca/en/", number)
    assert "Tax (Quebec) $7.18" in text(browser.get(f"/ca/en/orders/{number}").text)
    open_world.work()
    [mail] = open_world.mails(QUEBEC["email"])
    assert "Tax (Quebec): $7.18" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_no_tax_of_a_state_that_has_none_is_a_figure(open_world: World) -> None:
    browser = open_world.browser()
    to_review(browser, "/us/en/", DANA, BLENDER)
    assert browser.page is not None and "Tax (Oregon) $0.00" in text(browser.page.text)


def test_the_address_page_says_where_we_cannot_sell_and_keeps_what_was_typed(open_world: World) -> None:
    browser = open_world.browser()
    fill_cart(browser, "/us/en/", BLENDER)
    answer = browser.post("/us/en/checkout", PUERTO_RICO)
    assert answer.status_code == 422 and "We do not know the tax for this region yet" in text(answer.text)
    assert 'value="San Juan"' in answer.text
    assert browser.get("/us/en/checkout/review").status_code == 303


def test_a_rate_that_is_gone_at_the_button_is_a_refusal_that_writes_nothing(open_world: World) -> None:
    browser = open_world.browser()
    to_review(browser, "/us/en/", DANA, BLENDER)
    review = browser.page
    with open_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM tax_rate WHERE region = 'OR'")
    change_market(open_world, "us", position=9)
    refused = browser.get("/us/en/checkout/review")
    assert refused.status_code == 409 and "We do not know the tax for this region yet" in refused.text
    browser.page = review
    assert browser.submit("/orders", accept="yes").status_code == 409
    with open_world.house.database.reading() as db:
        assert db.exec(select(Order).where(Order.market == "us")).all() == []


def test_an_address_without_its_province_cannot_be_ordered_to(open_world: World) -> None:
    at = visit(open_world, "ca", "en")
    versions = policies_now(open_world.house.policies, at)
    wish = Wish(
        key="0" * 32,
        lines={BLENDER: 1},
        money_seen=money_digest(quoted(open_world, "ca", {BLENDER: 1})),
        policies_seen=seen_mark(versions),
        wording="I agree.",
    )
    nowhere = Buyer(email=GREG["email"], phone="", name=GREG["name"], address={**GREG, "country_area": ""})
    house = open_world.house
    with pytest.raises(NoTaxRate), house.database.writing() as db:
        place_order(db, at, wish, nowhere, policies=house.policies, payments=house.payments)


def test_the_whole_of_a_taxed_order_goes_back(open_world: World) -> None:
    browser = open_world.browser()
    number = place(browser, "/ca/en/", GREG, BLENDER)
    with open_world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE hold SET state = 'released'")
        db.connection().exec_driver_sql(f"UPDATE stock SET on_hand = 0, held = 0, sold = 0 WHERE sku = '{BLENDER}'")  # noqa: S608
    pay(open_world, browser, "/ca/en/", number)
    with open_world.house.database.reading() as db:
        view = order_view(db, number)
    assert view.order.state == "refunded" and view.order.total == round(319_00 * 1.13)
    tongue = open_world.house.languages.tongue("en", "CA")
    assert [each["label"] for each in sums(view, tongue)][-2:] == ["Tax (Ontario)", "Total"]


@pytest.fixture
def at_stripe(
    tmp_path: Path, demo_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, StripeStandIn]]:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
    with StripeStandIn(lambda: TUESDAY) as stand_in:
        payments = StripePayments(settings_for(stand_in))
        with fresh_world(demo_file, tmp_path, payments=payments) as world:
            for market in ("kw", "us"):
                change_market(world, market, state="open", pause_mode="", audience="")
            yield world, stand_in
        payments.close()


@pytest.mark.parametrize("display", ["inclusive", "exclusive"])
def test_three_decimals_reach_stripe_as_tens_of_fils(at_stripe: tuple[World, StripeStandIn], display: str) -> None:
    world, stand_in = at_stripe
    if display == "exclusive":  # as if Kuwait had a tax of 7.77 % that comes on top
        change_market(world, "kw", tax_display="exclusive", tax_label="vat")
        with world.house.database.writing() as db:
            db.connection().exec_driver_sql("UPDATE tax_rate SET rate_e5 = 7770 WHERE market = 'kw'")
        change_market(world, "kw", position=9)
    browser = world.browser()
    fill_cart(browser, "/kw/en/", "HB-CN-BR", "3")
    number = place(browser, "/kw/en/", SALEM, "HB-CN-BR")
    asked = stand_in.asked[-1][2]["line_items"]
    amounts = [int(each["price_data"]["unit_amount"]) * int(each["quantity"]) for each in asked]
    assert {each["price_data"]["currency"] for each in asked} == {"kwd"} and all(each % 10 == 0 for each in amounts)
    with world.house.database.reading() as db:
        order = db.get_one(Order, number)
    assert sum(amounts) == order.total == order.net + order.tax and order.total % 10 == 0
    if display == "inclusive":
        assert (order.goods, order.shipping, order.tax, order.total) == (9_800, 5_500, 0, 15_300)
    stand_in.complete(list(stand_in.sessions)[-1])
    page = text(browser.follow(browser.get(f"/kw/en/orders/{number}/paid")).text)
    assert f"KWD {Money(order.total, 'KWD').decimal}" in page and order.total % 10 == 0 and "Tax included" not in page


def test_cents_of_tax_reach_stripe_as_the_review_showed_them(at_stripe: tuple[World, StripeStandIn]) -> None:
    world, stand_in = at_stripe
    browser = world.browser()
    minnesota = {**DANA, "city": "Duluth", "country_area": "MN", "postal_code": "55802"}
    number = place(browser, "/us/en/", minnesota, "HB-CN-BR")
    asked = stand_in.asked[-1][2]["line_items"]
    with world.house.database.reading() as db:
        order = db.get_one(Order, number)
    assert [int(each["price_data"]["unit_amount"]) for each in asked] == [9_62, 23_51] and order.total == 33_13
    assert json.loads(order.address)["country_area"] == order.region == "MN"
