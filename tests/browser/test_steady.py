"""Pages that do not move while they come in pieces, on a phone; and a purchase by nothing but the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select

from shop.checkout.models import Order
from tests.browser.pausing import paused
from tests.browser.serving import DESKTOP, PHONE, Served, served, visitor
from tests.world import ANNA

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHIFTS = """() => new Promise((told) => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries())
      for (const source of each.sources) moved.push((source.node?.outerHTML ?? "gone").slice(0, 80));
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(moved), 60);
})"""

# A card's link covers all of its card by its pseudo-element, which bears the ring.
RING = (
    """() => [null, "::after"].some((part) => getComputedStyle(document.activeElement, part).outlineStyle !== "none")"""
)


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop, with the Emirates opened."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        opened.open("ae")
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nz/en/",
        "/de/de/products/tasman-1000-standmixer-230v",
        "/de/de/policies/returns",
        "/ae/ar/support",
        "/ae/ar/cart",
    ],
)
def test_nothing_moves_wherever_the_network_pauses_while_a_page_comes(
    chromium: Browser, shop: Served, path: str
) -> None:
    with paused(shop.origin, path) as pausing, chromium.new_context(viewport=PHONE) as context:
        context.add_cookies([{"name": "cart_count", "value": "3", "url": pausing.origin}])
        page = context.new_page()
        moved = {}
        for cut in pausing.cuts():
            page.goto(f"{pausing.origin}/?cut={cut}")
            if found := page.evaluate(SHIFTS):
                moved[cut] = found
    assert moved == {}


def test_a_purchase_needs_only_the_keyboard(chromium: Browser, shop: Served) -> None:
    person = ANNA | {"email": "nur.tasten@example.com"}
    with visitor(chromium, shop, "de", size=DESKTOP) as anna:
        page = anna.page
        anna.goto("/de/de/")
        press(page, ".card a[href$='tasman-1000-standmixer-230v']")
        page.wait_for_url("**/products/*")
        press(page, ".buy form button")
        page.wait_for_url("**/cart")
        press(page, "a.button.primary")
        page.wait_for_url("**/checkout")
        for name, value in person.items():
            reach(page, f"main [name='{name}']")
            page.keyboard.type(value)
        page.keyboard.press("Enter")
        page.wait_for_url("**/checkout/review")
        reach(page, "[name=accept]")
        page.keyboard.press("Space")
        press(page, "form[action$='/orders'] button, button[form]")
        page.wait_for_url("**/till/*")
        press(page, "button[value=pay]")
        page.wait_for_url("**/orders/*")
    with shop.house.database.reading() as db:
        assert db.exec(select(Order.state).where(col(Order.email) == person["email"])).one() == "paid"


def press(page: Page, selector: str) -> None:
    """Go to it with the tabulator key and press Enter."""
    reach(page, selector)
    page.keyboard.press("Enter")


def reach(page: Page, selector: str) -> None:
    """Go on with the tabulator key until it has the focus, and can be seen to have it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            assert page.evaluate(RING), f"{selector} shows no focus"
            return
    raise AssertionError(f"the tabulator key never reaches {selector} on {page.url}")
