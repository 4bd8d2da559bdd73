"""Goods that were stopped after they were paid for leave only with a reason, and whoever packs is told."""

import pytest
from sqlmodel import select

from shop.checkout.models import OrderEvent
from shop.checkout.stopping import lift_stop, stop_sale
from tests.buying import BLENDER
from tests.doors import change_market, pay, place
from tests.packing import asked_fields, send
from tests.world import TAMA, Browser, World, text

SHOP = "/nz/en/"


@pytest.fixture
def number(sqlite_world: World) -> str:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    pay(sqlite_world, browser, SHOP, number)
    return number


def stop(world: World, market: str = "nz", sku: str = BLENDER) -> int:
    with world.house.database.writing() as db:
        made = stop_sale(
            db, sku=sku, market=market, reason="cracked jars", person="mere", now=world.clock.now, texts={}
        )
        return made.id or 0


def packing(world: World, number: str) -> Browser:
    mere = world.signed_in("mere")
    mere.get(f"/desk/orders/{number}")
    return mere


@pytest.mark.parametrize("market", ["nz", ""])
def test_what_is_stopped_is_marked_and_does_not_leave_without_a_reason(
    sqlite_world: World, number: str, market: str
) -> None:
    stop(sqlite_world, market)
    mere = packing(sqlite_world, number)
    assert mere.page is not None and "cracked jars" in text(mere.page.text)
    parcel = asked_fields(mere.page.text)
    refused = mere.submit("/parcels", **parcel)
    assert refused.status_code == 422 and "Please say why it may leave all the same" in text(refused.text)
    assert "JD0146000123" in refused.text  # what was filled in is not lost
    assert mere.submit("/parcels", **parcel, despite="The jar was changed by hand.").status_code == 303
    assert "because: The jar was changed by hand." in text(mere.get(f"/desk/orders/{number}").text)
    with sqlite_world.house.database.reading() as db:
        event = db.exec(select(OrderEvent).where(OrderEvent.kind == "stop overruled 1")).one()
    assert (event.person, event.note) == ("mere", "The jar was changed by hand.")


def test_the_customer_is_told_nothing_of_it(sqlite_world: World, number: str) -> None:
    stop(sqlite_world)
    send(packing(sqlite_world, number), number, despite="LEAK-9")
    browser = sqlite_world.browser()
    sqlite_world.work()
    mail = sqlite_world.mails(TAMA["email"])[-1]
    plain = mail.get_body(("plain",))
    assert plain is not None and "LEAK-9" not in plain.get_content()
    link = next(line.split()[-1] for line in plain.get_content().splitlines() if "/orders/" in line)
    assert "LEAK-9" not in browser.follow(browser.get(link)).text


@pytest.mark.parametrize("which", ["lifted", "another market", "everything"])
def test_other_stops_hold_up_no_parcel(sqlite_world: World, number: str, which: str) -> None:
    made = stop(sqlite_world, "de" if which == "another market" else "nz", "" if which == "everything" else BLENDER)
    if which == "lifted":
        with sqlite_world.house.database.writing() as db:
            lift_stop(db, made, now=sqlite_world.clock.now)
    assert send(packing(sqlite_world, number), number).status_code == 303


def test_a_pause_holds_up_no_parcel(sqlite_world: World, number: str) -> None:
    change_market(sqlite_world, "nz", state="paused", pause_mode="sell_stop")
    assert send(packing(sqlite_world, number), number).status_code == 303
