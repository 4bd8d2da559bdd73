"""The unit price: per kilogram, litre or their tenth, as the country has it, and not where none is due."""

import pytest

from shop.catalogue.price_words import unit_words
from shop.catalogue.unit_price import unit_price
from shop.ground.money import Money
from tests.buying import visit
from tests.offering import one
from tests.world import World


@pytest.mark.parametrize(
    ("country", "price", "net", "found"),
    [
        ("DE", Money(11_90, "EUR"), ("400", "g"), (29_75, 1, "kg")),
        ("DE", Money(34_90, "EUR"), ("50", "ml"), (698_00, 1, "l")),
        ("FR", Money(11_90, "EUR"), ("400", "g"), (29_75, 1, "kg")),
        ("FR", Money(34_90, "EUR"), ("50", "ml"), (69_80, 100, "ml")),
        ("FR", Money(10_00, "EUR"), ("250", "g"), (4_00, 100, "g")),
        ("NZ", Money(15_00, "NZD"), ("400", "g"), (3_75, 100, "g")),
        ("NZ", Money(9_99, "NZD"), ("1.5", "kg"), (67, 100, "g")),
        ("NZ", Money(1_00, "NZD"), ("75", "cl"), (13, 100, "ml")),
        ("CH", Money(12_50, "CHF"), ("400", "g"), (3_13, 100, "g")),
        ("KR", Money(9_800, "KRW"), ("150", "g"), (6_533, 100, "g")),
    ],
)
def test_what_a_kilogram_or_litre_or_their_tenth_costs(
    country: str, price: Money, net: tuple[str, str], found: tuple[int, int, str]
) -> None:
    told = unit_price(price, *net, country=country)
    assert told is not None and (told.price.minor, told.quantity, told.unit) == found
    assert told.price.currency == price.currency


@pytest.mark.parametrize(
    ("country", "net"),
    [
        ("US", ("400", "g")),
        ("JP", ("400", "g")),
        ("DE", ("3", "piece")),
        ("DE", ("", "")),
        ("DE", ("some", "g")),
        ("DE", ("0", "g")),
        ("DE", ("NaN", "g")),
        ("DE", ("1", "kg")),
        ("NZ", ("100", "g")),
    ],
)
def test_where_none_is_due_or_it_would_repeat_the_price_there_is_none(country: str, net: tuple[str, str]) -> None:
    assert unit_price(Money(6_90, "EUR"), *net, country=country) is None


@pytest.mark.parametrize(
    ("market", "language", "sku", "words"),
    [
        ("de", "de", "HB-FD-GR", "29,75 € / 1 kg"),
        ("de", "de", "HB-CO-FC", "698,00 € / 1 Liter"),
        ("nz", "en", "HB-FD-GR", "$3.75 / 100 g"),
        ("ch", "fr", "HB-FD-GR", "3,13 CHF / 100 g"),
        ("de", "de", "HB-BL-230", ""),
        ("us", "en", "HB-FD-GR", ""),
    ],
)
def test_it_stands_on_card_and_product_page_as_the_region_writes_it(
    sqlite_world: World, market: str, language: str, sku: str, words: str
) -> None:
    at, offer = visit(sqlite_world, market, language, staff=True), one(sqlite_world, sku, market, language)
    assert " ".join(unit_words(offer, at).split()) == words
    if market == "de":
        browser = sqlite_world.browser("de")
        for page in (browser.get("/de/de/").text, browser.get(f"/de/de/products/{offer.text.slug}").text):
            assert (unit_words(offer, at) or "€ / 1 000 kg") in page or not words
