"""A delivery address in the form of its country, refused field by field in the reader's language."""

import json
import re

import pytest

from shop.base.i18n import Languages, Tongue
from shop.base.settings import ROOT
from shop.base.web import Form
from shop.checkout.addresses import address_fields, address_lines, read_address, read_contact
from shop.checkout.models import Order
from tests.doors import fill_cart, place
from tests.world import ANNA, CLAIRE, LAYLA, TAMA, YUKI, World

LANGUAGES = Languages(ROOT / "locales")
PEOPLE = {"DE": ANNA, "CH": CLAIRE, "JP": YUKI, "NZ": TAMA, "AE": LAYLA}


def tongue(language: str = "en") -> Tongue:
    return LANGUAGES.tongue(language)


def read(country: str, language: str = "en", **fields: str) -> tuple[dict[str, str], dict[str, str]]:
    form = Form({**PEOPLE[country], **fields})
    return read_address(form, country, tongue(language)), form.errors


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("DE", ["name", "street_address", "postal_code", "city"]),
        ("CH", ["name", "street_address", "postal_code", "city"]),
        ("JP", ["name", "postal_code", "country_area", "street_address"]),
        ("NZ", ["name", "street_address", "city_area", "city", "postal_code"]),
        ("AE", ["name", "street_address", "country_area"]),
    ],
)
def test_each_country_asks_in_its_own_order(country: str, names: list[str]) -> None:
    assert [each.name for each in address_fields(country, tongue())] == names


@pytest.mark.parametrize("country", PEOPLE)
def test_a_right_address_is_taken_as_it_is_written(country: str) -> None:
    given, errors = read(country)
    assert errors == {}
    assert given.items() >= {name: value for name, value in PEOPLE[country].items() if name != "email"}.items()
    lines = address_lines(given, country)
    written = {**given, **({"country_area": "دبي"} if country == "AE" else {})}
    assert all(any(value in line for line in lines) for value in written.values() if value), lines


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("ar", {"أبوظبي", "دبي", "الشارقة", "عجمان", "أم القيوين", "رأس الخيمة", "الفجيرة"}),
        ("en", {"Abu Dhabi", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah"}),
    ],
)
def test_the_emirates_are_spelt_as_their_state_spells_them(language: str, names: set[str]) -> None:
    area = next(each for each in address_fields("AE", tongue(language)) if each.name == "country_area")
    assert {name for code, name in area.choices if code} == names
    own = {
        name for code, name in next(each for each in address_fields("AE", tongue("ar")) if each.choices).choices if code
    }
    for code, _name in area.choices[1:]:
        given, errors = read("AE", country_area=code)
        assert errors == {} and address_lines(given, "AE")[-1] in own


@pytest.mark.parametrize(
    ("country", "fields", "wrong"),
    [
        ("DE", {"postal_code": "1"}, {"postal_code"}),
        ("DE", {"postal_code": ""}, {"postal_code"}),
        ("DE", {"name": " ", "city": ""}, {"name", "city"}),
        ("DE", {"name": "a" * 101, "street_address": "b" * 201}, {"name", "street_address"}),
        ("CH", {"postal_code": "D-22765"}, {"postal_code"}),
        ("DE", {"name": "\u200b"}, {"name"}),
        ("DE", {"name": "\u200b \u2060\ufeff"}, {"name"}),
        ("DE", {"name": "\u0301\u00a0\u3164"}, {"name"}),
        ("DE", {"street_address": "\u202e", "city": "\u2800"}, {"street_address", "city"}),
        ("JP", {"country_area": "Hamburg"}, {"country_area"}),
        ("JP", {"country_area": ""}, {"country_area"}),
        ("AE", {"country_area": "Bayern"}, {"country_area"}),
        ("NZ", {"postal_code": "x" * 17}, {"postal_code"}),
    ],
)
def test_each_field_that_cannot_be_taken_says_why(country: str, fields: dict[str, str], wrong: set[str]) -> None:
    _given, errors = read(country, **fields)
    assert set(errors) == wrong and all(errors.values())


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("JP", "１５０－０００１", "150-0001"),
        ("JP", "１５００００１", "150-0001"),
        ("JP", "1500001", "150-0001"),
        ("JP", "〒150-0001", "150-0001"),
        ("JP", "〒 １５０ー０００１", "150-0001"),
        ("JP", "150 0001", "150-0001"),
        ("JP", "150 − 0001", "150-0001"),
        ("JP", "١٥٠٠٠٠١", "150-0001"),
        ("DE", "１０１１５", "10115"),
        ("DE", "10 115", "10115"),
        ("CH", "８００１", "8001"),
        ("NZ", "\u200e7010\u200e", "7010"),
    ],
)
def test_a_postcode_is_understood_from_any_keyboard_and_kept_in_its_countrys_form(
    country: str, typed: str, kept: str
) -> None:
    given, errors = read(country, postal_code=typed, **({"country_area": "東京都"} if country == "JP" else {}))
    assert errors == {} and given["postal_code"] == kept
    assert any(kept in line for line in address_lines(given, country))


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("CA", "k1a0b1", "K1A 0B1"),
        ("CA", "Ｋ１Ａ－０Ｂ１", "K1A 0B1"),
        ("US", "950141234", "95014-1234"),
        ("BR", "40301110", "40301-110"),
        ("GB", "ec1a1bb", "EC1A 1BB"),
        ("GB", "bfpo61", "BFPO 61"),
        ("SE", "114 55", "114 55"),
        ("GB", "bfpo1234", "BFPO 1234"),
        ("GG", "gy101aa", "GY10 1AA"),
        ("IE", "a65f4e2", "A65 F4E2"),
        ("IE", "d02af30", "D02 AF30"),
        ("IE", "Ｄ６Ｗ－Ｎ２Ｅ８", "D6W N2E8"),
        ("IE", "d02af3", "D02AF3"),
    ],
)
def test_a_postcode_stands_as_the_post_of_its_country_parts_it(country: str, typed: str, kept: str) -> None:
    given = read_address(Form({**ANNA, "country_area": "", "postal_code": typed}), country, tongue())
    assert given["postal_code"] == kept


@pytest.mark.parametrize("typed", ["150", "15000011", "１５０－０００", "〒", "abc-defg"])
def test_what_is_no_postcode_in_japan_is_still_refused(typed: str) -> None:
    assert set(read("JP", postal_code=typed)[1]) == {"postal_code"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("０９０－１２３４－５６７８", "090-1234-5678"),
        ("090ー1234ー5678", "090-1234-5678"),
        ("090−1234−5678", "090-1234-5678"),
        ("٠٥٠-١٢٣-٤٥٦٧", "050-123-4567"),
        ("＋８１\u3000（０）９０", "+81 (0)90"),
        ("+49 (0)40 123-456/7.8", "+49 (0)40 123-456/7.8"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_understood_from_any_keyboard_and_kept_in_plain_figures(typed: str, kept: str) -> None:
    form = Form({"email": "anna@example.com", "phone": typed})
    assert read_contact(form, tongue()) == ("anna@example.com", kept) and form.errors == {}


def test_a_street_stays_as_it_was_typed() -> None:
    given, _errors = read("JP", street_address="丸の内１－２－３　ハイツ５０１")
    assert given["street_address"] == "丸の内１－２－３ ハイツ５０１"


def test_what_was_typed_in_other_figures_is_shown_and_kept_in_plain_ones(sqlite_world: World) -> None:
    browser = sqlite_world.browser("ar")
    number = place(browser, "/de/de/", {**ANNA, "postal_code": "２２７６５", "phone": "٠٥٠-١٢٣-٤٥٦٧"})
    with sqlite_world.house.database.reading() as db:
        order = db.get_one(Order, number)
    assert (order.phone, json.loads(order.address)["postal_code"]) == ("050-123-4567", "22765")
    review = browser.get("/de/de/checkout/review").text
    desk = sqlite_world.signed_in("mere").get(f"/desk/orders/{number}").text
    for page in (review, desk):
        assert "22765" in page and '<bdi dir="ltr">050-123-4567</bdi>' in page


def test_the_sentences_are_in_the_language_of_the_page() -> None:
    english, german, japanese = (read("DE", language, city="")[1]["city"] for language in ("en", "de", "ja"))
    assert len({english, german, japanese}) == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("🎉🎂", "Please use letters or figures here: Full name"),
        ("!!! …", "Please use letters or figures here: Full name"),
        ("", "Please fill in: Full name"),
        ("\u200b \u2060\u2800", "Please fill in: Full name"),
        ("🎉 Anna", None),
    ],
)
def test_a_field_that_is_filled_without_a_letter_is_not_called_empty(typed: str, said: str | None) -> None:
    assert read("DE", name=typed)[1].get("name") == said


@pytest.mark.parametrize("shop", ["/de/de/", "/nz/en/"])
def test_what_is_wrong_is_listed_in_the_order_of_the_page(sqlite_world: World, shop: str) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, shop)
    wrong = {"email": "x", "name": "", "street_address": "", "postal_code": "1", "city": "", "phone": "x"}
    page = browser.post(f"{shop}checkout", {**wrong, "business_number": "1"}).text
    listed = re.findall(r'<li><a href="#f-(\w+)"', page)
    drawn = re.findall(r'<(?:input|select) id="f-(\w+)"', page)
    assert set(wrong) <= set(listed) and listed == [each for each in drawn if each in listed]


def test_a_wrong_postcode_is_answered_with_a_right_one() -> None:
    assert "26133" in read("DE", postal_code="1")[1]["postal_code"]
    assert "154-0023" in read("JP", country_area="東京都", postal_code="1")[1]["postal_code"]


@pytest.mark.parametrize(
    ("country", "area", "typed", "label"),
    [("JP", "大阪府", "150-0001", "Prefecture"), ("CA", "ON", "V8X 3X4", "Province"), ("US", "NY", "95014", "State")],
)
def test_a_postcode_of_another_area_is_not_answered_with_one_that_is_no_better(
    country: str, area: str, typed: str, label: str
) -> None:
    form = Form({**ANNA, "country_area": area, "postal_code": typed})
    read_address(form, country, tongue())
    said = f"This postcode belongs to another place. Please check it, and this as well: {label}"
    assert form.errors["postal_code"] == said


def test_the_example_of_a_postcode_is_one_of_the_area_where_there_is_one() -> None:
    form = Form({**ANNA, "country_area": "ON", "postal_code": "1"})
    read_address(form, "CA", tongue())
    assert "K1A 0B1" in form.errors["postal_code"]


@pytest.mark.parametrize(
    ("email", "phone", "wrong"),
    [
        ("anna@example.com", "", set()),
        ("anna@example.com", "+49 (0)40 123-456/7.8", set()),
        ("anna@example.com", "٠٤٠١٢٣", set()),
        ("anna@example.com, eve@example.com", "", {"email"}),
        ("Anna <anna@example.com>", "", {"email"}),
        ("anna@example.com\r\nbcc: eve@example.com", "", {"email"}),
        ("anna@localhost", "", {"email"}),
        ("anna@münchen.example", "", set()),
        ("änna@münchen.example", "", {"email"}),
        ("", "", {"email"}),
        ("o'hara+shop@sub.example.com", "", set()),
        ("anna@xn--mnchen-3ya.example", "", set()),
        ("anna@[127.0.0.1]", "", {"email"}),
        ("anna@127.0.0.1", "", {"email"}),
        ('"anna"@example.com', "", {"email"}),
        ('"anna, eve"@example.com', "", {"email"}),
        ("anna,eve@example.com", "", {"email"}),
        ("anna@example.com,", "", {"email"}),
        ("anna@-example.com", "", {"email"}),
        ("anna@example..com", "", {"email"}),
        ("anna.@example.com", "", {"email"}),
        ("a" * 65 + "@example.com", "", {"email"}),
        ("a" * 250 + "@example.com", "", {"email"}),
        ("anna@example.com", "call me", {"phone"}),
        ("anna@example.com", "---", {"phone"}),
        ("anna@example.com", "1" * 31, {"phone"}),
    ],
)
def test_one_address_and_perhaps_a_number(email: str, phone: str, wrong: set[str]) -> None:
    form = Form({"email": email, "phone": phone})
    read_contact(form, tongue())
    assert set(form.errors) == wrong


def test_a_field_of_no_form_is_not_kept() -> None:
    given, _errors = read("AE", postal_code="12345", city="x", sorting_code="y")
    assert set(given) == {"name", "street_address", "country_area"}


def test_the_longest_address_in_any_script_fits_into_its_cookie(sqlite_world: World) -> None:
    browser = sqlite_world.browser("ar")
    longest = {**TAMA, "name": "山" * 100, "street_address": "雪" * 200, "city": "田" * 80, "city_area": "川" * 80}
    fill_cart(browser, "/nz/en/")
    answer = browser.post("/nz/en/checkout", {**longest, "email": "a" * 60 + "@example.com"})
    assert answer.status_code == 303
    [line] = answer.headers.get_list("set-cookie")
    assert len(line.partition(";")[0]) <= 4096  # what browsers keep
    assert browser.follow(answer).status_code == 200
