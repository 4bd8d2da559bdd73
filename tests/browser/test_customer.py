"""The customer's journey in a real Chromium on a phone: in German, Japanese and Arabic, and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.customer import ask, bought_and_asked, buy, choose
from tests.browser.serving import Served, served, visitor
from tests.world import ANNA, LAYLA, YUKI

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop, with the Emirates opened."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        opened.open("ae")
        yield opened


def test_a_german_buys_and_asks(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de") as anna:
        choose(anna, "de")
        buy(anna, ANNA, button="Zahlungspflichtig bestellen")
        assert "Lena (Hamburg)" in ask(anna, "Wie reinige ich den Mixbehälter?")
    assert bought_and_asked(shop, ANNA) == ("paid", "EUR", "de", "lena")


def test_a_japanese_buys_by_invitation_and_asks(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "ja") as yuki:
        yuki.goto("/")
        yuki.look()
        yuki.page.goto(shop.invitation("jp"))
        yuki.look()
        yuki.press("/invite/", "button")
        yuki.at("/jp/ja/")
        buy(yuki, YUKI, button="注文を確定する")
        assert "Maricel (マニラ)" in ask(yuki, "容器の洗い方を教えてください。")
    assert bought_and_asked(shop, YUKI) == ("paid", "JPY", "ja", "maricel")


def test_a_buyer_in_dubai_reads_from_right_to_left(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "ar") as layla:
        choose(layla, "ae")
        buy(layla, LAYLA, button="تأكيد الطلب والدفع")
        assert "Omar (دبي)" in ask(layla, "كيف أنظف الوعاء؟")
    assert bought_and_asked(shop, LAYLA) == ("paid", "AED", "ar", "omar")


def test_a_whole_purchase_needs_no_script(chromium: Browser, shop: Served) -> None:
    person = ANNA | {"email": "ohne.script@example.com"}
    with visitor(chromium, shop, "de", script=False) as anna:
        choose(anna, "de", look=False)
        buy(anna, person, button="Zahlungspflichtig bestellen", look=False)
        assert "Lena (Hamburg)" in ask(anna, "Passt das Ersatzteil?", look=False)
    assert bought_and_asked(shop, person)[:3] == ("paid", "EUR", "de")


def test_a_form_that_lacks_something_leads_to_it(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de") as anna:
        anna.goto("/de/de/support")
        anna.press("/support")
        assert anna.page.evaluate("document.activeElement.matches('[data-errors]')")
        anna.look()
        anna.page.locator("[data-errors] a").first.click()
        assert anna.page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_a_look_notices_what_is_wrong(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de") as anna:
        anna.goto("/")
        anna.page.evaluate(WRONG)
        anna.look()
        told, anna.faults = "\n".join(anna.faults), []
    for fault in (
        "img-src",
        "image-alt (critical)",
        "color-contrast (serious)",
        "px wide: p.",
        "'Your cart'",
        "is in de, rtl",
    ):
        assert fault in told


WRONG = """() => {
  document.documentElement.dir = "rtl";
  document.querySelector("main").innerHTML = `<img src="https://elsewhere.example/x.png">
    <p class="note">Your cart</p> <p lang="en">Your cart, in English</p>`;
  document.querySelector(".note").style = "color: #888; inline-size: 400px";
}"""
