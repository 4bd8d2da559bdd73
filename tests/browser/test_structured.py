"""What machines are told of a product, in a real Chromium: the policy lets the data block be, and no name breaks out of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shop.catalogue.models import ProductText
from tests.browser.serving import Served, served
from tests.buying import BLENDER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "</script><script>document.title='broken'</script><!--<script> & \u2028 <b>"


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(demo_file, tmp_path_factory.mktemp("structured")) as opened:
        with opened.house.database.writing() as db:
            text = db.get_one(ProductText, (BLENDER, "de"))
            text.name = HOSTILE
            db.add(text)
        yield opened


def test_the_block_is_data_that_no_policy_objects_to(chromium: Browser, shop: Served) -> None:
    with chromium.new_context() as context:
        page, told = context.new_page(), list[str]()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(f"{shop.origin}/de/de/products/tasman-1000-standmixer-230v")
        assert (
            page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text).name")
            == HOSTILE
        )
        assert page.locator("script").count() == 2 and page.locator("h1 b").count() == 0
        assert page.title() != "broken" and page.locator("h1").inner_text().startswith("</script>")
        assert told == []


def test_search_works_without_script_by_the_header_and_on_its_page(chromium: Browser, shop: Served) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page: Page = context.new_page()
        page.goto(f"{shop.origin}/nz/en/")
        page.locator("header input[name=q]").fill("kettle")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{shop.origin}/nz/en/search?q=kettle")
        assert page.locator(".card").count() > 0
        page.locator("main input[name=q]").fill("no such thing")
        page.locator("main form[role=search] button").click()
        page.wait_for_url("**/search?q=no+such+thing")
        assert page.locator(".card").count() == 0 and page.locator("main .empty a").count() == 2
