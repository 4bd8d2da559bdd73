"""After the sale in a real Chromium: a German withdraws without an account, a Japanese claims with a photo, Mere
decides, pays back, and rehearses a recall."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

from shop.aftersales.models import Case, RecallNotice
from shop.checkout.models import Order, Refund
from shop.markets.models import StopSale
from tests.browser.customer import buy, choose
from tests.browser.serving import DESKTOP, Served, served, visitor
from tests.doors import change_market
from tests.recalling import SCOPE, sold
from tests.serials import serial
from tests.world import ANNA, YUKI, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("de", "fr", "it", "en")


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def test_a_german_withdraws_without_an_account_and_gets_the_money_back(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "de") as anna:
        choose(anna, "de", look=False)
        buy(anna, ANNA, button="Zahlungspflichtig bestellen", look=False)
    number = order_of(shop, ANNA["email"])
    with visitor(chromium, shop, "de") as stranger:  # another device: nothing is known there
        stranger.goto("/de/de/")
        stranger.page.click("footer >> text=Vertrag widerrufen")
        stranger.at("/de/de/withdraw")
        stranger.look()
        stranger.press("/withdraw")
        stranger.look()  # every field told
        stranger.fill(name="Anna Beck", contract=number, email=ANNA["email"])
        stranger.press("/withdraw")
        stranger.at("/de/de/withdraw/?.*")
        assert stranger.said("form[action$='/confirmation'] button") == "Widerruf bestätigen"
        stranger.look()
        stranger.press("/confirmation")
        stranger.page.wait_for_load_state()
        stranger.look()
        assert ANNA["email"] in stranger.said("main")
    case = case_of(shop, number)
    assert (case.door, case.email, case.language) == ("withdrawal", ANNA["email"], "de")
    decide(chromium, shop, case.number)
    shop.work()
    with shop.house.database.reading() as db:
        order, refund = db.get_one(Order, number), db.exec(select(Refund).where(Refund.order_number == number)).one()
    assert (refund.state, refund.minor, order.given_back) == ("done", order.total, order.total)


def decide(chromium: Browser, shop: Served, case: str) -> None:
    """Mere accepts the withdrawal at her desk and gives the money back."""
    with visitor(chromium, shop, "en", size=DESKTOP) as mere:
        mere.sign_in("mere")
        mere.goto("/desk/cases")
        mere.look()
        mere.page.click(f"a[href$='/desk/cases/{case}']")
        mere.at(f"/desk/cases/{case}")
        mere.look()
        mere.press("/decision", "[value=accept]")
        mere.page.wait_for_load_state()
        mere.look()
        mere.press("/refunds")
        mere.page.wait_for_load_state()
        mere.look()
        assert not mere.page.locator("[data-errors]").count(), mere.said("[data-errors]")


def test_a_japanese_claims_with_a_photo(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "ja") as yuki:
        yuki.page.goto(shop.invitation("jp"))
        yuki.press("/invite/", "button")
        yuki.at("/jp/ja/")
        buy(yuki, YUKI, button="注文を確定する", look=False)
        number = order_of(shop, YUKI["email"])
        yuki.page.click(f"main a[href$='/orders/{number}/claim']")
        yuki.at(f"/jp/ja/orders/{number}/claim")
        yuki.look()
        yuki.press("/claim")
        yuki.look()
        yuki.page.check("[name=kind][value=defect]")
        yuki.page.locator("main form .line [type=checkbox]").first.check()
        yuki.fill(words="スイッチを入れても動きません。")
        yuki.page.locator("[name=wish]").first.check()
        yuki.page.set_input_files(
            "[name=photos]", {"name": "写真.png", "mimeType": "image/png", "buffer": small_picture()}
        )
        yuki.press("/claim")
        yuki.at("/jp/ja/cases/CL-[^/?]+.*")
        yuki.look()
        assert "スイッチを入れても動きません。" in yuki.said("main")
        assert yuki.page.locator(".photos img").count() == 1
    case = case_of(shop, number)
    assert (case.door, case.kind, case.language) == ("claim", "defect", "ja")


def test_mere_rehearses_a_recall_over_three_markets_and_four_languages(chromium: Browser, shop: Served) -> None:
    sold_in_three_markets(shop)
    with visitor(chromium, shop, "en", size=DESKTOP) as mere:
        mere.sign_in("mere")
        mere.goto("/console/recalls")
        mere.look()
        mere.page.click("a[href$='/console/recalls/new']")
        mere.at("/console/recalls/new")
        mere.look()
        mere.fill(**{name: value for name, value in SCOPE.items() if value != "yes"})
        mere.page.check("[name=drill]")
        mere.press("/new")
        mere.page.wait_for_load_state()
        mere.look()
        reach = mere.said("#reach")
        assert all(each in reach for each in ("Germany", "Switzerland", "New Zealand", "Deutsch", "Italiano"))
        mere.fill(**{f"{part}-{language}": part for language in LANGUAGES for part in ("product", "hazard", "action")})
        mere.press("/console/recalls")
        mere.at(r"/console/recalls/RC-[^/?]+.*")
        mere.look()
        assert "DRILL" in mere.said("main")
    with shop.house.database.reading() as db:
        notices = db.exec(select(RecallNotice)).all()
        assert not db.exec(select(StopSale)).all()
    assert {(each.market, each.language) for each in notices} == {
        ("de", "de"),
        ("ch", "fr"),
        ("ch", "it"),
        ("nz", "en"),
    }
    assert all(each.sent_at is None for each in notices)


def sold_in_three_markets(shop: Served) -> None:
    """A blender in each of three markets, in four languages, with serials between the recall's bounds."""
    world = cast(World, SimpleNamespace(house=shop.house, clock=shop.house.clock))
    change_market(world, "ch", state="open", audience="", ever_sold=True)
    sold(world, "recall-de", serial("HBBL2619-00001"))
    sold(world, "recall-fr", serial("HBBL2619-00002"), market="ch", language="fr")
    sold(world, "recall-it", serial("HBBL2619-00003"), market="ch", language="it")
    sold(world, "recall-nz", serial("HBBL2619-00004"), market="nz", language="en")


def order_of(shop: Served, email: str) -> str:
    """The number of the only order of this address."""
    with shop.house.database.reading() as db:
        return db.exec(select(Order.number).where(col(Order.email) == email)).one()


def case_of(shop: Served, number: str) -> Case:
    """The only case of the order."""
    shop.work()
    with shop.house.database.reading() as db:
        return db.exec(select(Case).where(Case.order_number == number)).one()


def small_picture() -> bytes:
    """A picture of one grey point, as PNG."""

    def part(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"\0\x80")) + part(b"IEND", b"")
