"""What a customer is told of an order that ended unpaid: the time to pay was over, or selling was stopped for safety."""

from typing import Any

import pytest

from shop.ground.errors import Busy
from shop.launches.changing.safety import end_payments
from tests.doors import change_market, place
from tests.world import TAMA, TUESDAY, World, text

SAFETY = "For safety reasons we have stopped selling here, and this order has ended. Nothing was charged."


@pytest.mark.parametrize("mode", ["safety", "sell_stop"])
def test_an_order_ended_by_a_safety_pause_says_so_and_asks_for_no_other(sqlite_world: World, mode: str) -> None:
    browser = sqlite_world.browser()
    number = place(browser, "/nz/en/", TAMA)
    till = next(part for part in browser.get(f"/nz/en/orders/{number}").text.split('"') if "/till/" in part)
    change_market(sqlite_world, "nz", state="paused", pause_mode=mode)
    if mode == "safety":
        assert end_payments(sqlite_world.house.database, sqlite_world.house.payments, "nz", now=TUESDAY) == 1
    sqlite_world.later(hours=2)
    [mail] = [each for each in sqlite_world.mails(TAMA["email"]) if "was not paid" in each["Subject"]]
    bodies = [" ".join(part.get_content().split()) for part in mail.walk() if part.get_content_maintype() == "text"]
    for said in [*bodies, text(browser.get(till).text), text(browser.post(till, {"outcome": "pay"}).text)]:
        assert (SAFETY in said) == (mode == "safety")
        assert ("is over" in said) == (mode == "sell_stop") and "order once more" not in said
    page = browser.get(f"/nz/en/orders/{number}")
    assert "To the cart" not in text(page.text)


def test_paying_again_after_the_answer_was_lost_leads_to_the_order(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sqlite_world.browser()
    number = place(browser, "/nz/en/", TAMA)
    till = next(part for part in browser.get(f"/nz/en/orders/{number}").text.split('"') if "/till/" in part)
    with monkeypatch.context() as patch:
        patch.setattr("shop.checkout.till_pages.take_notice", _busy)
        assert browser.post(till, {"outcome": "pay"}).status_code == 503  # paid at the till, and the shop was not told
    page = browser.follow(browser.post(till, {"outcome": "pay"}))
    assert str(page.url).endswith(f"/nz/en/orders/{number}") and "We have your order" in text(page.text)


def _busy(*_given: Any, **_named: Any) -> None:
    raise Busy(retry_after=1)
