"""Bad input at cart and checkout: the right answer, in the visitor's language, the form refilled, nothing half-written."""

import pytest
from sqlalchemy import func
from sqlmodel import select

from shop.checkout.models import Order
from tests.buying import exposure, stock_of
from tests.doors import BLENDER, ask, fill_cart, to_review
from tests.world import ANNA, World, text

SHOP = "/de/de/"
UNFIT = ["-1", "0", "1000000000", "1e2", "", "x", "1.5", "9" * 5_000]


def nothing_happened(world: World) -> bool:
    with world.house.database.reading() as db:
        return db.exec(select(func.count()).select_from(Order)).one() == 0 and exposure(world) == (0, 0)


@pytest.mark.parametrize("quantity", UNFIT)
def test_a_quantity_that_is_none_is_told_and_nothing_goes_in(sqlite_world: World, quantity: str) -> None:
    browser = sqlite_world.browser("de")
    answer = browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": quantity})
    assert answer.status_code == 422 and "Bitte" in text(answer.text) and 'lang="de' in answer.text
    assert "cart-de" not in browser.cookies


@pytest.mark.parametrize("quantity", [each for each in UNFIT if each != "0"])
def test_a_line_keeps_its_quantity_when_the_new_one_is_none(sqlite_world: World, quantity: str) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, SHOP, quantity="2")
    assert browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": quantity}).status_code == 422
    assert 'value="2"' in browser.get(f"{SHOP}cart").text


@pytest.mark.parametrize("written", ["٣", "３", "०३"])
def test_digits_of_any_script_are_digits(sqlite_world: World, written: str) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, SHOP, quantity=written)
    assert 'value="3"' in browser.get(f"{SHOP}cart").text


@pytest.mark.parametrize("sku", ["HB-NO-THING", "HB-BL-100", "", "' OR 1=1", "a" * 10_000, "<b>"])
def test_an_unknown_product_and_another_markets_are_not_there(sqlite_world: World, sku: str) -> None:
    browser = sqlite_world.browser("de")
    assert browser.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1"}).status_code == 404
    assert browser.post(f"{SHOP}cart/lines/{'HB-NO-THING'}", {"quantity": "1"}).status_code == 303
    assert "cart-de" not in browser.cookies


@pytest.mark.parametrize("path", ["cart", "checkout", "checkout/review", "cart/switch", "cart/serials/HB-SP-CP"])
def test_a_language_of_ten_kilobytes_is_no_language(sqlite_world: World, path: str) -> None:
    for tag in ("d" * 10_000, "de-" + "x" * 10_000, "de%2Fde"):
        assert ask(sqlite_world, "GET", f"/de/{tag}/{path}").status == 404
    assert ask(sqlite_world, "GET", f"{SHOP}cart", headers={"accept-language": "x," * 5_000}).status == 200


def test_a_stale_slug_is_not_found_or_led_on_and_never_a_fault(sqlite_world: World) -> None:
    assert ask(sqlite_world, "GET", f"{SHOP}products/was-nie-war").status == 404


@pytest.mark.parametrize("missing", ["email", "name", "postal_code", "city"])
def test_each_missing_field_is_told_and_the_others_are_kept(sqlite_world: World, missing: str) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, SHOP)
    given = {name: value for name, value in ANNA.items() if name != missing}
    answer = browser.post(f"{SHOP}checkout", given)
    assert answer.status_code == 422 and f'id="f-{missing}-error"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in given.values())
    assert "draft-de" not in browser.cookies and nothing_happened(sqlite_world)


@pytest.mark.parametrize(
    "changed",
    [{"key": ""}, {"key": "x" * 32}, {"key": "f" * 10_000}, {"money": "x"}, {"policies": "x"}, {"accept": "YES"}],
)
def test_a_form_that_was_tampered_with_orders_nothing(sqlite_world: World, changed: dict[str, str]) -> None:
    browser = sqlite_world.browser("de")
    to_review(browser, SHOP, ANNA)
    before = stock_of(sqlite_world)
    answer = browser.submit("/orders", **({"accept": "yes"} | changed))
    assert answer.status_code in (303, 409) and "/till/" not in answer.headers.get("location", "")
    assert nothing_happened(sqlite_world) and stock_of(sqlite_world) == before


@pytest.mark.parametrize("ticked", ["<script>", "a " * 5_000, "consent-x accept"])
def test_a_review_asked_for_with_nonsense_is_a_review(sqlite_world: World, ticked: str) -> None:
    browser = sqlite_world.browser("de")
    to_review(browser, SHOP, ANNA)
    page = browser.get(f"{SHOP}checkout/review", params={"unticked": "1", "ticked": ticked})
    assert page.status_code in (200, 422) and "<script>" not in page.text.replace("<script src", "")
