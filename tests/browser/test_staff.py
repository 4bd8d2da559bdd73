"""Those who work here, in a real Chromium: Lena's desk, Omar's desk from right to left, Mere's console on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import DESKTOP, Served, served, visitor
from tests.support_world import asked

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def test_lena_is_told_of_a_question_and_answers_it_in_german(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de") as anna, visitor(chromium, shop, "de", size=DESKTOP) as lena:
        lena.goto("/sign-in")
        lena.look()
        lena.sign_in("lena")
        lena.at("/desk")
        lena.look()
        with lena.page.expect_response("**/desk"):  # the queue renews itself
            anna.goto("/de/de/support")
            anna.fill(category="use", subject="Reinigung", question="Womit?", name="Anna", email="anna@example.com")
            anna.press("/support")
            anna.at(".*/support/R-[^/?]+")
        assert lena.said("#queue a[href*='/desk/requests/']") == "Reinigung"
        lena.look()
        lena.page.locator("#queue a").first.click()
        lena.at("/desk/requests/[^/]+")
        lena.look()
        lena.fill(text="Mit warmem Wasser und etwas Spülmittel.")
        lena.press("/messages", "[value=ours]")
        lena.at(r"/desk/requests/[^/]+\?done=answered")
        lena.look()
        anna.page.reload()
        anna.look()
        assert "Mit warmem Wasser" in anna.said(".thread li:last-child")


def test_omars_desk_is_arabic_and_runs_from_right_to_left(chromium: Browser, shop: Served) -> None:
    asked(shop.house.database, now=shop.house.clock(), market="ae", language="ar", name="ليلى", text="كيف أنظفه؟",
          subject="تنظيف")  # fmt: skip
    with visitor(chromium, shop, "ar", size=DESKTOP) as omar:
        omar.sign_in("omar")
        omar.at("/desk")
        omar.look()
        omar.page.get_by_text("تنظيف").click()
        omar.at("/desk/requests/[^/]+")
        omar.look()
        heading, thread = (omar.page.locator(each).first.bounding_box() for each in ("aside h2", ".thread"))
        assert heading is not None and thread is not None and heading["x"] < thread["x"]


def test_mere_pauses_germany_on_her_phone_and_lets_it_go_on(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "en") as mere, visitor(chromium, shop, "de") as anna:
        anna.goto("/de/de/")
        anna.page.locator(".card a").first.click()
        anna.at(".*/products/[^/]+")
        pause = anna.page.get_by_text("Der Verkauf ruht")
        assert pause.count() == 0
        mere.sign_in("mere")
        mere.at("/console")
        mere.look()
        mere.page.click("a[href='/console/markets/de/pause']")
        mere.at("/console/markets/de/pause")
        mere.look()
        mere.page.check("[name=mode][value=sell_stop]")
        mere.fill(reason="The carrier is on strike")
        mere.press("/pause")
        mere.at(r"/console/markets/de\?done=changed")
        mere.look()
        anna.page.reload()
        assert pause.count() == 1
        anna.look()
        mere.page.click("a[href='/console/markets/de/resumption']")
        mere.look()
        mere.fill(reason="The parcels move again")
        mere.press("/resumption")
        mere.at(r"/console/markets/de\?done=changed")
        anna.page.reload()
        assert pause.count() == 0


def test_mere_opens_the_emirates_and_the_chooser_names_them(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "en") as mere, visitor(chromium, shop, "ar") as layla:
        layla.goto("/")
        assert layla.page.locator("[name=market][value=ae]").count() == 0
        mere.sign_in("mere")
        mere.at("/console")
        mere.goto("/console/markets/ae")
        mere.look()
        mere.page.click("a[href='/console/markets/ae/opening']")
        mere.look()
        mere.fill(override="Known from the Emirates' own trade fairs")
        mere.press("/opening")
        mere.at(r"/console/markets/ae\?done=changed")
        layla.page.reload()
        assert layla.page.locator("[name=market][value=ae]").count() == 1
