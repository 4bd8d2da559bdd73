"""Abuse of cart and checkout: sums of the sender's own making, and sums without end."""

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base.revisions import EVERYWHERE, raise_revision
from shop.catalogue.models import Listing, Stock
from shop.checkout.models import Order
from shop.upkeep.cells import LARGEST
from tests.doors import BLENDER
from tests.world import ANNA, World

SHOP = "/de/de/"
MOST_PIECES = 1_000  # of a listing in one order, as the import takes it
OWN_SUMS = {
    "price": "1",
    "unit_price": "1",
    "total": "1",
    "amount": "1",
    "net": "0",
    "tax": "0",
    "shipping": "0",
    "currency": "IRR",
    "policy_id": "none",
    "discount": "100",
    "coupon": "FREE",
    "state": "paid",
    "test": "1",
    "market": "nz",
}


def orders(world: World) -> list[Order]:
    with world.house.database.reading() as db:
        return list(db.exec(select(Order)).all())


def test_sums_that_the_sender_names_are_not_read(world: World) -> None:
    plain, clever = world.browser("de"), world.browser("de")
    for browser, more, email in ((plain, {}, "a@example.com"), (clever, OWN_SUMS, "b@example.com")):
        assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1", **more}).status_code == 303
        browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": "1", **more})
        browser.follow(browser.post(f"{SHOP}checkout", {**ANNA, "email": email, **more}))
        assert browser.submit("/orders", accept="yes", **more).status_code == 303
    honest, abused = sorted(orders(world), key=lambda each: each.email)
    for of in ("total", "currency", "market", "state", "test"):
        assert getattr(abused, of) == getattr(honest, of), of
    assert honest.total > 10_000


@pytest.mark.parametrize("quantity", [1, 7, 1_000], ids=lambda each: f"abuse 8: {each}")
def test_the_largest_sum_that_can_be_entered_is_a_sum_and_a_larger_one_is_no_fault(world: World, quantity: int) -> None:
    with world.house.database.writing() as db:
        mine = (col(Listing.market) == "de", col(Listing.sku) == BLENDER)
        db.connection().execute(update(Listing).where(*mine).values(price=LARGEST, max_per_order=MOST_PIECES))
        db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(on_hand=2 * MOST_PIECES))
        raise_revision(db, EVERYWHERE)
    browser = world.browser("de")
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": str(quantity)}).status_code == 303
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": str(MOST_PIECES)}).status_code == 303
    assert f'value="{MOST_PIECES}"' in browser.get(f"{SHOP}cart").text, "more went in than may be bought at once"
    browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": str(quantity)})
    answer = browser.follow(browser.post(f"{SHOP}checkout", dict(ANNA)))
    assert str(answer.url).endswith("/review")
    assert browser.submit("/orders", accept="yes").status_code == 303
    [order] = orders(world)
    assert order.total == order.net + order.tax == quantity * LARGEST
    with world.house.database.reading() as db:
        assert db.get_one(Stock, BLENDER).held == quantity
