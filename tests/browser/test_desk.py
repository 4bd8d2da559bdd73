"""The desk by keys and with a draft that survives, in a real Chromium: the script improves, and never takes a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import DESKTOP, PHONE, Served, served, visitor
from tests.support_world import asked

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop, with two questions in German."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        for subject in ("Reinigung", "Klinge"):
            asked(opened.house.database, now=opened.house.clock(), subject=subject, text=subject)
        yield opened


def test_the_desk_is_worked_by_keys(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de", size=DESKTOP) as lena:
        lena.sign_in("lena")
        lena.at("/desk")
        keys, focused = lena.page.keyboard, lambda: str(lena.page.evaluate("document.activeElement.id"))
        keys.press("?")
        assert lena.page.locator("#keys").is_visible()
        keys.press("Escape")
        assert not lena.page.locator("#keys").is_visible()
        keys.press("/")
        assert focused() == "find"
        keys.type("jkr?")
        assert lena.page.locator("#find").input_value() == "jkr?"
        lena.page.evaluate("document.activeElement.blur()")
        keys.press("j")
        first = lena.page.evaluate("document.activeElement.textContent")
        keys.press("ArrowDown")
        assert {first, lena.page.evaluate("document.activeElement.textContent")} == {"Reinigung", "Klinge"}
        keys.press("k")
        assert lena.page.evaluate("document.activeElement.textContent") == first
        keys.press("Enter")
        lena.at("/desk/requests/[^/]+")
        keys.press("r")
        assert focused() == "f-text"
        with lena.page.expect_response("**/draft") as kept:
            keys.type("Mit jedem Reiniger, kurz: nein")
        assert kept.value.status == 200
        lena.page.reload()
        assert lena.page.locator("#f-text").input_value() == "Mit jedem Reiniger, kurz: nein"
        keys.press("u")
        lena.at("/desk")


def test_on_a_phone_every_tab_of_the_queue_is_seen_whole(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de", size=PHONE) as lena:
        lena.sign_in("lena")
        lena.at("/desk")
        ends = "all => all.map(each => each.getBoundingClientRect().right)"
        assert max(lena.page.locator(".tabs a").evaluate_all(ends)) <= PHONE["width"]


def test_what_was_typed_last_is_kept_when_the_page_is_left_at_once(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de", size=DESKTOP) as lena:
        lena.sign_in("lena")
        lena.page.locator("#queue a").last.click()
        lena.at("/desk/requests/[^/]+")
        there = lena.page.url
        lena.page.locator("#f-text").fill("Schnell weg")
        lena.goto("/desk")
        seen = ""
        for _look in range(20):  # the last word travels while the next page is being loaded
            lena.page.goto(there)
            seen = lena.page.locator("#f-text").input_value()
            if seen:
                break
        assert seen == "Schnell weg"


def test_without_script_a_draft_is_saved_by_its_button(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de", size=DESKTOP, script=False) as lena:
        lena.sign_in("lena")
        lena.page.locator("#queue a").first.click()
        lena.fill(text="Ohne Skript")
        lena.press("/messages", "[value=draft]")
        lena.at(r"/desk/requests/[^/]+\?done=draft")
        assert lena.page.locator("#f-text").input_value() == "Ohne Skript"
