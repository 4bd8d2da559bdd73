"""A part is sold for a machine: its serial is asked for before the cart, judged in plain words, and goes with the order."""

import pytest
from sqlmodel import select

from shop.checkout.machines import LONGEST
from shop.checkout.models import OrderLine
from shop.checkout.placing import OutOfStock
from tests.buying import BLENDER, buy, ordered, visit, wish
from tests.doors import change_market, fill_cart
from tests.serials import COUPLING, GOOD, KETTLE, OLD, SEAL, serial
from tests.world import TAMA, Browser, World, text

SHOP = "/nz/en/"


def put(browser: Browser, sku: str, **fields: str) -> tuple[int, str]:
    answer = browser.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1", **fields})
    return answer.status_code, text(answer.text)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "Please enter the serial of your machine"),
        ("hello", "it is mistyped. One looks like this: HBBL2610-00000-"),
        (GOOD[:-1] + ("A" if GOOD[-1] != "A" else "B"), "it is mistyped"),
        (OLD, "older than this part. It fits from this serial on: HBBL2610"),
        (KETTLE, "that of another machine. The part fits:"),
        ("9" * 10_000, "it is mistyped"),
    ],
)
def test_what_does_not_fit_is_said_plainly_and_nothing_goes_in(sqlite_world: World, written: str, said: str) -> None:
    browser = sqlite_world.browser()
    status, page = put(browser, COUPLING, serial=written, not_at_hand="yes")
    assert status == 422 and said in page and "Where the serial stands" in page and "not have it at hand" not in page
    assert "cart-nz" not in browser.cookies
    assert browser.page is not None and f'value="{written[:LONGEST]}' in browser.page.text


def unlist_machines(world: World) -> None:
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM listing WHERE market = 'nz' AND sku LIKE 'HB-BL-%'")


def test_only_machines_that_the_market_lists_are_named(sqlite_world: World) -> None:
    named = put(sqlite_world.browser(), COUPLING, serial=KETTLE)[1]
    assert "The part fits: " in named and "Made for: " in named and "Tasman 1000" in named
    unlist_machines(sqlite_world)
    said = put(sqlite_world.browser(), COUPLING, serial=KETTLE)[1]
    assert "This serial is that of another machine." in said and "The part fits" not in said and "Tasman" not in said


@pytest.mark.parametrize("state", ["winding_down", "closed", "hidden"])
def test_where_the_catalogue_is_closed_the_question_is_too(sqlite_world: World, state: str) -> None:
    browser, path = sqlite_world.browser(), f"{SHOP}cart/serials/{COUPLING}"
    values = {"state": "paused", "pause_mode": "hidden"} if state == "hidden" else {"state": state}
    change_market(sqlite_world, "nz", **values)
    answer, other = browser.get(path), browser.get(f"{SHOP}products/anything")
    assert (answer.status_code, text(answer.text)) == (other.status_code, text(other.text))
    assert "Where the serial stands" not in put(browser, COUPLING, serial=KETTLE)[1]


def test_the_product_page_asks_for_it(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    with sqlite_world.house.database.reading() as db:
        slugs = dict(db.connection().exec_driver_sql("SELECT sku, slug FROM product_text WHERE language = 'en'").all())
    page = browser.get(f"{SHOP}products/{slugs[COUPLING]}").text
    assert 'name="serial"' in page and 'name="not_at_hand"' not in page and f"{SHOP}cart/serials/{COUPLING}" in page
    assert 'name="not_at_hand"' in browser.get(f"{SHOP}products/{slugs[SEAL]}").text
    assert 'name="serial"' not in browser.get(f"{SHOP}products/{slugs[BLENDER]}").text
    assert browser.get(f"{SHOP}cart/serials/{COUPLING}").status_code == 200
    assert browser.get(f"{SHOP}cart/serials/{BLENDER}").status_code == 303
    assert browser.get(f"{SHOP}cart/serials/HB-NO-THING").status_code == 404


@pytest.mark.parametrize("written", [GOOD, f" {GOOD.lower().replace('-', ' ')} "])
def test_it_goes_with_cart_review_order_and_desk(sqlite_world: World, written: str) -> None:
    browser = sqlite_world.browser()
    assert put(browser, COUPLING, serial=written)[0] == 303
    for answer in (browser.get(f"{SHOP}cart"), browser.follow(browser.post(f"{SHOP}checkout", dict(TAMA)))):
        assert f"Serial of your machine: {GOOD}" in text(answer.text)
    assert browser.submit("/orders", accept="yes").status_code == 303
    with sqlite_world.house.database.reading() as db:
        [line] = db.exec(select(OrderLine)).all()
    assert line.serial == GOOD
    for reader, path in ((browser, f"{SHOP}orders/"), (sqlite_world.signed_in("mere"), "/desk/orders/")):
        assert GOOD in reader.get(f"{path}{line.order_number}").text


def test_who_does_not_have_it_at_hand_may_order_where_any_machine_will_do(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    assert put(browser, SEAL)[0] == 422
    assert put(browser, SEAL, not_at_hand="yes")[0] == 303
    assert "not at hand" in text(browser.get(f"{SHOP}cart").text)
    browser.get(f"{SHOP}cart/serials/{SEAL}")
    assert browser.submit(f"/cart/lines/{SEAL}", serial=GOOD).status_code == 303
    assert GOOD in browser.get(f"{SHOP}cart").text
    browser.post(f"{SHOP}cart/lines/{SEAL}", {"quantity": "2"})  # another number of pieces keeps the machine
    assert GOOD in browser.get(f"{SHOP}cart").text


def test_no_way_around_the_form_orders_a_part_for_no_machine(sqlite_world: World) -> None:
    at = visit(sqlite_world, "nz", "en")
    with sqlite_world.house.database.reading() as db:
        asked = wish(db, sqlite_world, at, "k1", {COUPLING: 1})
    with pytest.raises(OutOfStock) as refused, sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, asked)
    assert [each.code for each in refused.value.values["needs"]] == ["line.serial_missing"]
    assert buy(sqlite_world, "k2", {SEAL: 1}, market="nz", language="en")


def test_the_whole_machine_asks_for_nothing(sqlite_world: World) -> None:
    fill_cart(sqlite_world.browser(), SHOP)


def test_a_part_is_not_ordered_unseen_for_a_machine_that_was_named_in_another_tab(sqlite_world: World) -> None:
    browser, other = sqlite_world.browser(), serial("HBBL2635-00418")
    put(browser, COUPLING, serial=GOOD)
    review = browser.follow(browser.post(f"{SHOP}checkout", dict(TAMA)))
    assert browser.post(f"{SHOP}cart/lines/{COUPLING}", {"quantity": "1", "serial": other}).status_code == 303
    browser.page = review
    refused = browser.submit("/orders", accept="yes")
    assert refused.status_code == 409 and "Your cart has changed" in text(refused.text)
    assert other in browser.get(f"{SHOP}checkout/review").text
    assert browser.submit("/orders", accept="yes").status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(OrderLine.serial)).all() == [other]
