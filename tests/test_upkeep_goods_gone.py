"""Goods that go while somebody has them in a cart or an order: nothing breaks, and what was ordered is not forgotten."""

from typing import Any

import pytest
from sqlmodel import select

from shop.catalogue.models import Stock
from shop.checkout.models import Order
from shop.checkout.stock import send_out
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.planning import OFFERED
from shop.upkeep.editing.tables import table
from shop.upkeep.reading import BadSetup
from tests.aftersales import DE, arrived, bought, withdrawn
from tests.doors import BLENDER, fill_cart, pay, place, to_review
from tests.world import ANNA, World, text

FRESH = "FRESH-230"
SPARE = "FRESH-SPARE"
ORDERED = "has been ordered, and must be known for returns and guarantees"


def rows(world: World, file: str) -> dict[tuple[str, ...], Any]:
    with world.house.database.reading() as db:
        return {each.key: each for each in table(db, world.house.policies, file).rows}


def edit(world: World, *edits: Edit) -> int:
    house = world.house
    return change(house.database, house.policies, edits, person="mere", now=world.clock.now)


def gone(world: World, file: str, *key: str) -> Edit:
    row = rows(world, file)[key]
    return Edit(file, key, None, row.version)


@pytest.fixture
def goods(world: World) -> World:
    """A world with two articles of its own, which nothing else needs."""
    kettle = rows(world, "products.csv")[("HB-KT-230",)].cells
    offer = rows(world, "listings.csv")[("de", "HB-KT-230")].cells
    for number, sku in enumerate((FRESH, SPARE)):
        words = {
            "sku": sku,
            "name": f"Kanne {number}",
            "slug": f"kanne-{number}",
            "summary": "Neu.",
            "description": "Neu.",
        }
        edit(
            world,
            Edit("products.csv", (sku,), {**kettle, "sku": sku, "fits": ""}),
            Edit("texts/de.toml", (sku,), words),
            Edit("listings.csv", ("de", sku), {**offer, "sku": sku, "visible_from": "", "buyable_from": ""}),
        )
        edit(world, Edit("stock.csv", (sku,), {"sku": sku, "on_hand": "5"}))
    return world


def refused(world: World, *edits: Edit) -> str:
    with pytest.raises(BadSetup) as bad:
        edit(world, *edits)
    return str(bad.value)


def off_sale(world: World, sku: str = FRESH) -> None:
    """The offer is taken out of the market."""
    edit(world, gone(world, "listings.csv", "de", sku))


def test_what_has_gone_from_the_shop_is_named_in_the_cart_and_taken_out_piece_by_piece(goods: World) -> None:
    browser = goods.browser("de")
    for sku in (FRESH, SPARE, BLENDER):
        fill_cart(browser, DE, sku)
    off_sale(goods)
    off_sale(goods, SPARE)

    said = text(browser.get(f"{DE}cart").text)
    assert "Kanne 0" in said and "Kanne 1" in said
    assert browser.get(f"{DE}products/kanne-0").status_code == 404
    for sku in (FRESH, SPARE):
        browser.get(f"{DE}cart")
        assert browser.submit(f"/cart/lines/{sku}", act="remove").status_code == 303
    page = browser.get(f"{DE}cart")
    assert "Kanne" not in text(page.text) and f"{DE}checkout" in page.text


def test_who_stands_at_the_order_button_with_goods_that_have_gone_orders_nothing(goods: World) -> None:
    browser = goods.browser("de")
    to_review(browser, DE, ANNA, FRESH)
    off_sale(goods)

    answer = browser.submit("/orders", accept="yes")

    assert answer.status_code == 409, text(answer.text)
    for path in ("cart", "checkout", "checkout/review"):
        assert browser.follow(browser.get(f"{DE}{path}")).status_code == 200, path
    with goods.house.database.reading() as db:
        assert not db.exec(select(Order).where(Order.market == "de", Order.email == ANNA["email"])).all()


def test_an_order_not_yet_paid_is_paid_and_kept_when_the_offer_has_gone(goods: World) -> None:
    browser = goods.browser("de")
    number = place(browser, DE, ANNA, FRESH)
    off_sale(goods)

    pay(goods, browser, DE, number)
    goods.work()

    with goods.house.database.reading() as db:
        assert db.get_one(Order, number).state == "paid"
        assert db.get_one(Stock, FRESH).sold == 1
    assert "Kanne 0" in text(browser.get(f"{DE}orders/{number}").text)


def test_an_order_not_yet_paid_that_ends_gives_back_its_pieces_when_the_offer_has_gone(goods: World) -> None:
    place(goods.browser("de"), DE, ANNA, FRESH)
    off_sale(goods)
    goods.later(days=2)
    with goods.house.database.reading() as db:
        stock = db.get_one(Stock, FRESH)
        assert (stock.on_hand, stock.held, stock.sold) == (5, 0, 0)


def test_the_pieces_of_what_was_ordered_once_stay_counted_so_that_it_can_come_back(goods: World) -> None:
    browser = goods.browser("de")
    number = bought(goods, browser, DE, sku=FRESH)
    off_sale(goods)
    assert ORDERED in refused(goods, gone(goods, "stock.csv", FRESH))  # sold, and still in the house
    arrived(goods, number)
    with goods.house.database.writing() as db:
        send_out(db, {FRESH: 1})
    assert ORDERED in refused(goods, gone(goods, "stock.csv", FRESH))
    edit(goods, gone(goods, "stock.csv", SPARE))  # nobody ever ordered it

    case = withdrawn(browser, DE, number)
    mere = goods.signed_in("mere")
    mere.get(f"/desk/cases/{case}")
    assert mere.submit("/goods", **{f"received-{FRESH}": "1", f"restock-{FRESH}": "1"}).status_code == 303
    with goods.house.database.reading() as db:
        assert db.get_one(Stock, FRESH).on_hand == 5 and db.get(Stock, SPARE) is None


def test_an_article_that_was_ever_offered_stays_and_that_is_said_plainly(goods: World) -> None:
    off_sale(goods)
    edit(goods, gone(goods, "texts/de.toml", FRESH))
    edit(goods, gone(goods, "stock.csv", FRESH))
    said = refused(goods, gone(goods, "products.csv", FRESH))
    assert said == f"products.csv: {OFFERED}"

    mere = goods.signed_in("mere")
    mere.get(f"/console/workshop/sheets/products/removal?key={FRESH}")
    shown = text(mere.submit("/removal").text)
    assert OFFERED in shown and "prices.csv" not in shown and "line" not in shown


@pytest.mark.parametrize("path", ["", "/withdrawal", "/claim"])
def test_the_pages_of_an_order_stand_when_what_was_ordered_is_no_longer_offered(goods: World, path: str) -> None:
    browser = goods.browser("de")
    number = bought(goods, browser, DE, sku=FRESH)
    arrived(goods, number)
    off_sale(goods)
    page = browser.follow(browser.get(f"{DE}orders/{number}{path}"))
    assert page.status_code == 200, text(page.text)
    assert "Kanne 0" in text(page.text)
