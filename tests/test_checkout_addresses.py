"""A delivery address in the form of its country, refused field by field in the reader's language."""

import pytest

from shop.base.i18n import Languages, Tongue
from shop.base.settings import ROOT
from shop.base.web import Form
from shop.checkout.addresses import address_fields, address_lines, read_address, read_contact
from tests.doors import fill_cart
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


def test_the_sentences_are_in_the_language_of_the_page() -> None:
    english, german, japanese = (read("DE", language, city="")[1]["city"] for language in ("en", "de", "ja"))
    assert len({english, german, japanese}) == 3


def test_a_wrong_postcode_is_answered_with_a_right_one() -> None:
    assert "26133" in read("DE", postal_code="1")[1]["postal_code"]


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
