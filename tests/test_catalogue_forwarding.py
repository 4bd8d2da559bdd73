"""A product's former address, and its address in another language, lead to the present one; never to what is not shown."""

from urllib.parse import quote

import pytest

from shop.catalogue.forwarding import onward
from shop.catalogue.models import OldSlug, ProductText
from tests.buying import BLENDER
from tests.doors import ask, change_market
from tests.world import World

GERMAN, ENGLISH = "tasman-1000-standmixer-230v", "tasman-1000-stand-blender-230v"


def remember(world: World, *olds: tuple[str, str, str]) -> None:
    with world.house.database.writing() as db:
        db.add_all([OldSlug(language=language, slug=slug, sku=sku) for language, slug, sku in olds])


@pytest.mark.parametrize(
    ("path", "there"),
    [
        (f"/nz/en/products/{GERMAN}", f"/nz/en/products/{ENGLISH}"),
        (f"/de/de/products/{ENGLISH}", f"/de/de/products/{GERMAN}"),
        ("/de/de/products/alter-name", f"/de/de/products/{GERMAN}"),
        ("/nz/en/products/alter-name", f"/nz/en/products/{ENGLISH}"),
        (f"/de/de/products/{quote('ミキサー')}", f"/de/de/products/{GERMAN}"),
    ],
)
def test_an_address_of_another_time_or_language_leads_to_the_present_one(
    sqlite_world: World, path: str, there: str
) -> None:
    remember(sqlite_world, ("de", "alter-name", BLENDER), ("ja", "ミキサー", BLENDER))
    browser = sqlite_world.browser()
    for _again in range(2):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, there)
        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
        assert "x-store" not in answer.headers
    assert browser.get(there).status_code == 200


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("utm_source=brief&x=a%20b", "utm_source=brief&x=a%20b"),
        ("", ""),
        ("next=//elsewhere.example", "next=//elsewhere.example"),
        ("q=%0d%0aset-cookie:x", "q=%0d%0aset-cookie:x"),
    ],
)
def test_what_was_asked_for_besides_is_kept(sqlite_world: World, asked: str, kept: str) -> None:
    answer = ask(sqlite_world, "GET", f"/nz/en/products/{GERMAN}{'?' if asked else ''}{asked}")
    there = f"/nz/en/products/{ENGLISH}{'?' if kept else ''}{kept}"
    assert answer.status == 308 and answer.header("location") == there


def test_bytes_that_are_no_address_are_written_in_ascii() -> None:
    assert (
        onward("/de/de/products/ü", {"query_string": b'a=\xff "<>\r\n#'})
        == "/de/de/products/%C3%BC?a=%FF%20%22%3C%3E%0D%0A%23"
    )


def test_a_present_address_in_any_script_is_written_in_ascii(sqlite_world: World) -> None:
    change_market(sqlite_world, "jp", state="open", audience="")
    with sqlite_world.house.database.writing() as db:
        text = db.get_one(ProductText, ("HB-BL-100", "ja"))
        old, text.slug = text.slug, "ミキサー"
        db.add(text)
    remember(sqlite_world, ("ja", old, "HB-BL-100"))
    browser = sqlite_world.browser("ja")
    answer = browser.get(f"/jp/ja/products/{old}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/jp/ja/products/{quote('ミキサー')}")
    page = browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/jp/ja/products/{quote("ミキサー")}">' in page.text


def test_a_name_that_is_another_products_now_is_that_products(sqlite_world: World) -> None:
    remember(sqlite_world, ("de", GERMAN, "HB-KT-230"))
    assert sqlite_world.browser().get(f"/de/de/products/{GERMAN}").status_code == 200


def test_what_is_not_shown_here_is_not_found_by_any_of_its_names(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        japanese, german = (db.get_one(ProductText, ("HB-BL-100", each)).slug for each in ("ja", "de"))
    remember(sqlite_world, ("de", "nur-japan", "HB-BL-100"))
    browser = sqlite_world.browser("de")
    for slug in (japanese, german, "nur-japan", "nie-dagewesen", "x" * 3000):
        assert browser.get(f"/de/de/products/{slug}").status_code == 404, slug
    for state in ("draft", "soft"):
        change_market(sqlite_world, "de", state=state, audience="invitation")
        assert browser.get(f"/de/de/products/{ENGLISH}").status_code == 404
