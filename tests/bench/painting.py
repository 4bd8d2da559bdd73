"""When the largest thing of a page is painted, in a real Chromium with a slow phone's network and processor."""

import statistics
from collections.abc import Iterable

import pytest
from playwright.sync_api import Browser

from tests import chromium

TIMES, SLOWER, PHONE = 3, 4, {"width": 390, "height": 844}
SLOW_PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}  # bytes a second, milliseconds
LARGEST = """() => new Promise((told) => {
  let at = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) at = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => told(at), 500);
})"""


def largest_paints(base: str, paths: Iterable[str]) -> dict[str, float]:
    """Milliseconds from the click to the largest paint of each page, for one who was never here; the median of three.

    Empty where this machine has no browser.
    """
    try:
        with chromium.browser() as opened:
            return {path: statistics.median(_paint(opened, base + path) for _ in range(TIMES)) for path in paths}
    except (pytest.skip.Exception, pytest.fail.Exception):
        return {}


def _paint(browser: Browser, url: str) -> float:
    with browser.new_context(viewport=PHONE, device_scale_factor=2, locale="de-DE") as context:
        page = context.new_page()
        phone = context.new_cdp_session(page)
        phone.send("Network.enable")
        phone.send("Network.emulateNetworkConditions", SLOW_PHONE)
        phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url)
        painted: float = page.evaluate(LARGEST)
        return painted
