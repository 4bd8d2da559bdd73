"""Pages that do not move while they load, on a slow phone; and a purchase by nothing but the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select

from shop.checkout.models import Order
from tests.browser.serving import DESKTOP, Served, served, visitor
from tests.world import ANNA

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW_PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}  # bytes a second
SHIFTS = """() => new Promise((told) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(sum), 300);
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


@pytest.mark.parametrize(("language", "home"), [("de", "/de/de/"), ("ar", "/ae/ar/"), ("en", "/nz/en/")])
def test_nothing_moves_while_a_page_loads_on_a_slow_phone(
    chromium: Browser, shop: Served, language: str, home: str
) -> None:
    with visitor(chromium, shop, language) as anna:
        phone = anna.page.context.new_cdp_session(anna.page)
        phone.send("Network.enable")
        phone.send("Network.emulateNetworkConditions", SLOW_PHONE)
        phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        shifts = {}
        for path in ("/", home, f"{home}cart", f"{home}support", f"{home}policies/returns"):
            anna.goto(path)
            shifts[path] = anna.page.evaluate(SHIFTS)
        anna.goto(home)
        anna.page.locator(".card a").first.click()
        anna.page.wait_for_url("**/products/*")
        shifts["product"] = anna.page.evaluate(SHIFTS)
    assert {path: moved for path, moved in shifts.items() if moved} == {}


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
