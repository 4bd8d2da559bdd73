"""Japan from its first invitation to its end, in a real Chromium: launched softly from a phone, full, widened, paused
by its own guardrail, resumed, wound down."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

from shop.launches.guarding.watch import watch
from shop.launches.readying.gathering import Sources
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.models import Figure
from tests.browser.customer import buy
from tests.browser.serving import Served, Visitor, served, visitor
from tests.doors import change_market
from tests.selling import epoch
from tests.world import YUKI, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JAPAN = "/console/markets/jp"
READY = {"state": "ready", "audience": "", "percent_bp": 0, "order_cap": None, "ever_sold": False, "pause_mode": ""}


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop, with Japan ready but not launched."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        change_market(cast(World, SimpleNamespace(house=opened.house)), "jp", **READY)
        yield opened


def test_japan_is_launched_softly_fills_up_is_widened_paused_resumed_and_wound_down(
    chromium: Browser, shop: Served
) -> None:
    with (
        visitor(chromium, shop, "en") as mere,
        visitor(chromium, shop, "ja") as yuki,
        visitor(chromium, shop, "ja") as ken,
    ):
        mere.sign_in("mere")
        mere.at("/console")
        mere.look()
        mere.goto(JAPAN)
        launch(mere)
        mere.look()
        link = invite(mere)
        enter(yuki, link)
        buy(yuki, YUKI, button="注文を確定する", look=False)
        enter(ken, link)
        put_in(ken)
        assert ken.page.get_by_text(say(shop, "ja", FULL)).count() == 1
        ken.faults.clear()  # the browser notes the refusal, which is what was wanted
        mere.goto("/console")
        assert "Orders: 1 of 1" in mere.said("tr:has(a[href='/console/markets/jp'])")
        widen(mere)
        ken.page.go_back()
        put_in(ken)
        ken.at("/jp/ja/cart")
        measured_badly(shop)
        assert state(shop) == ("paused", "", "guardrail:payment_failure")
        mere.goto("/console")
        mere.look()
        assert "Paused" in mere.said("tr:has(a[href='/console/markets/jp'])")
        resume(mere)
        assert state(shop) == ("soft", "mere", "")
        wind_down(mere)
        assert state(shop)[0] == "winding_down"
        ken.goto("/jp/ja/")
        assert ken.page.locator(".card").count() == 0


def test_a_dry_run_shows_tomorrow_night_with_its_strip_on_any_screen(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "en") as mere, visitor(chromium, shop, "ja") as anybody:
        mere.sign_in("mere")
        mere.goto(f"{JAPAN}/dry-run")
        mere.look()
        mere.fill(at="2026-11-26T03:30")
        mere.page.check("[name=state][value=open]")
        mere.press("/dry-run")
        mere.page.wait_for_load_state()
        mere.look()
        anybody.page.goto(mere.said(".said"))
        anybody.at("/jp/ja/")
        anybody.page.click(".dry-run summary")
        assert "Thu, Nov 26, 3:30" in anybody.said(".dry-run")
        anybody.look()
        anybody.press("/dry-run")
        anybody.at("/")


FULL = "For this first round all places are taken. We only accept as many orders as we can look after well."


def launch(mere: Visitor) -> None:
    """By invitation, one order."""
    mere.page.click(f"a[href='{JAPAN}/launch']")
    mere.at(f"{JAPAN}/launch")
    mere.look()
    mere.page.check("[name=audience][value=invitation]")
    mere.fill(order_cap="1")
    mere.press("/launch")
    mere.at(rf"{JAPAN}\?done=changed")


def invite(mere: Visitor) -> str:
    """A link for two."""
    if not mere.page.is_visible("#invitations [name=max_uses]"):  # a look unfolds what is folded
        mere.page.click("#invitations summary")
    mere.page.fill("#invitations [name=max_uses]", "2")
    mere.press("/invitations")
    mere.page.wait_for_load_state()
    return mere.said(".said")


def enter(customer: Visitor, link: str) -> None:
    """By the invitation."""
    customer.page.goto(link)
    customer.press("/invite/", "button")
    customer.at("/jp/ja/")


def put_in(customer: Visitor) -> None:
    """The first product into the cart."""
    if not customer.page.url.rpartition("/")[0].endswith("/products"):
        customer.page.locator(".card a").first.click()
        customer.at("/jp/ja/products/[^/]+")
    customer.press("/cart/lines")
    customer.page.wait_for_load_state()


def widen(mere: Visitor) -> None:
    """One order more, after a look at what would differ."""
    mere.goto(JAPAN)
    mere.page.fill("#exposure [name=order_cap]", "2")
    mere.press("/exposure-preview")
    mere.page.wait_for_load_state()
    mere.look()
    assert "Orders: 1 of 2" in mere.said("#differences")
    mere.press("/exposure")
    mere.at(rf"{JAPAN}\?done=changed")


def measured_badly(shop: Served) -> None:
    """Half of forty payments fail, and the guard looks."""
    house, now = shop.house, shop.house.clock()
    with house.database.writing() as db:
        since = epoch(db, "jp").since
        db.merge(Figure(market="jp", metric="payment_failure", k=20, n=40, since=since))
    watch(house.database, house.payments, lambda: Sources(house.policies, house.languages.tags, False), now=now)


def resume(mere: Visitor) -> None:
    """With a word on what was done."""
    mere.goto(f"{JAPAN}/resumption")
    mere.look()
    mere.fill(reason="The card processor has mended its fault")
    mere.press("/resumption")
    mere.at(rf"{JAPAN}\?done=changed")


def wind_down(mere: Visitor) -> None:
    """With everything that has to be written down at the end."""
    mere.goto(f"{JAPAN}/winding-down")
    mere.look()
    mere.fill(refund_plan="From the account in Nelson, paid out by Mere", reason="Learned enough")
    for each in mere.page.locator("[name^=owner-]").all():
        each.fill("Ruth Alderson")
    mere.press("/winding-down")
    mere.at(rf"{JAPAN}\?done=changed")


def say(shop: Served, language: str, message: str) -> str:
    return shop.house.languages.tongue(language).say(message)


def state(shop: Served) -> tuple[str, str, str]:
    """The market's state, and who or which rule brought it there."""
    with shop.house.database.reading() as db:
        query = select(LaunchEvent).where(LaunchEvent.market == "jp").order_by(col(LaunchEvent.id).desc())
        last = db.exec(query).first()
        assert last is not None
        return db.get_one(Market, "jp").state, last.person, last.rule
