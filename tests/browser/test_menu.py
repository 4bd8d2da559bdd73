"""The menu of those who work here, in a real Chromium: one row, opened by mouse and by keys, and without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import DESKTOP, Served, served, visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GROUPS = ".menu .group"


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def row_height(page: Page) -> float:
    box = page.locator("header.top").bounding_box()
    assert box is not None
    return box["height"]


def test_the_console_has_one_row_that_opens_by_mouse_and_by_keys(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "en", size=DESKTOP) as mere:
        mere.sign_in("mere")
        mere.goto("/console/catalogue")
        assert row_height(mere.page) < 64
        first, second = (mere.page.locator(f"{GROUPS} summary").nth(place) for place in (0, 1))
        first.click()
        mere.look()
        expect(mere.page.locator(f"{GROUPS}[open]")).to_have_count(1)
        second.focus()
        mere.page.keyboard.press("Enter")
        expect(mere.page.locator(f"{GROUPS}[open]")).to_have_count(1)  # one at a time
        mere.page.keyboard.press("Tab")
        expect(mere.page.locator(f"{GROUPS}[open] a").first).to_be_focused()
        mere.page.keyboard.press("Escape")
        expect(mere.page.locator(f"{GROUPS}[open]")).to_have_count(0)
        expect(second).to_be_focused()


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_everything_is_behind_one_word(chromium: Browser, shop: Served, script: bool) -> None:
    with visitor(chromium, shop, "en", script=script) as mere:
        mere.sign_in("mere")
        mere.goto("/console")
        assert not mere.page.locator(GROUPS).first.is_visible()
        mere.page.locator(".folded summary").click()
        link = mere.page.locator(".folded a[href='/console/people']")
        link.scroll_into_view_if_needed()
        link.click()
        mere.at("/console/people")


def test_from_right_to_left_a_group_opens_under_its_word(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "ar", size=DESKTOP) as layla:
        layla.sign_in("layla")
        layla.goto("/console")
        assert row_height(layla.page) < 64
        layla.page.locator(f"{GROUPS} summary").first.click()
        word, below = (layla.page.locator(f"{GROUPS} {each}").first.bounding_box() for each in ("summary", "ul"))
        assert word is not None and below is not None
        assert abs(word["x"] + word["width"] - below["x"] - below["width"]) < 2 and below["y"] >= word["y"] + 40


@pytest.mark.parametrize("width", [640, 960, 1199, 1200])
def test_between_phone_and_desktop_the_head_stays_one_row(chromium: Browser, shop: Served, width: int) -> None:
    with visitor(chromium, shop, "de", size={"width": width, "height": 800}) as annika:
        annika.sign_in("annika")
        annika.goto("/console")
        assert row_height(annika.page) < 64
        annika.look()
