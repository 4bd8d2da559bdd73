"""A care plan: terms of its own, accepted by themselves; no parcel, no delivery cost, nothing to dispatch."""

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.catalogue.models import Paper, Product
from shop.checkout.dispatch import NotToBeDispatched, dispatch
from shop.checkout.models import Order
from shop.markets.models import Market
from shop.policies.acceptance import accepted
from tests.buying import buy, paid_state, quoted, settled, stock_of, the_order, visit
from tests.doors import pay
from tests.world import TAMA, World, text

SHOP, PLAN = "/nz/en/", "HB-SV-MC12"
TERMS = "# Care plan for one year\n\nWe clean **and** oil it once a year.\n"


@pytest.fixture
def planned(sqlite_world: World) -> World:
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Product).where(col(Product.sku) == PLAN).values(family="test-plan"))
        db.merge(Paper(family="test-plan", kind="terms", language="en", text=TERMS))
    return sqlite_world


def test_its_terms_are_read_accepted_and_kept_with_the_order(planned: World) -> None:
    browser = planned.browser()
    assert browser.post(f"{SHOP}cart/lines", {"sku": PLAN, "quantity": "1", "not_at_hand": "yes"}).status_code == 303
    browser.follow(browser.post(f"{SHOP}checkout", dict(TAMA)))
    assert browser.page is not None
    page = text(browser.page.text)
    assert "I agree to the terms of this service: Care plan for one year" in page and "and oil it once a year" in page
    assert "this order needs no parcel" in page and "Delivery cost free of charge" in page
    shown = browser.follow(browser.submit("/orders", accept="yes"))
    assert shown.status_code == 422 and "agree to the terms of this service, or take it out" in text(shown.text)
    browser.get(f"{SHOP}checkout/review")
    assert browser.submit("/orders", **{"accept": "yes", f"terms-{PLAN}": "yes"}).status_code == 303
    with planned.house.database.reading() as db:
        [order] = db.exec(select(Order)).all()
        kept = {each.acceptance.kind: each for each in accepted(db, order.number)}
    assert kept[f"terms:{PLAN}"].text == TERMS and "Care plan" in kept[f"terms:{PLAN}"].acceptance.wording
    pay(planned, browser, SHOP, order.number)
    page = text(browser.get(f"{SHOP}orders/{order.number}").text)
    assert "Care plan for one year" in page and "needs no parcel" in page and "Handed to the carrier" not in page
    planned.work()
    [mail] = planned.mails(TAMA["email"])
    body = mail.get_body(("plain",))
    assert body is not None and "needs no parcel" in body.get_content() and "Expected" not in body.get_content()
    assert planned.signed_in("mere").get(f"/desk/orders/{order.number}").status_code == 200


def test_alone_it_costs_no_delivery_and_beside_goods_they_do(sqlite_world: World) -> None:
    assert quoted(sqlite_world, {PLAN: 1}, "de").delivery.price == 0
    both = quoted(sqlite_world, {PLAN: 1, "HB-TM-CC": 1}, "de")
    assert both.delivery.price == 12_90 and both.parcel


def test_paid_it_is_rendered_and_there_is_nothing_to_dispatch(sqlite_world: World) -> None:
    before = stock_of(sqlite_world, PLAN)
    attempt = buy(sqlite_world, "k1", {PLAN: 1})
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    order = the_order(sqlite_world, attempt)
    assert (order.state, order.delivered_source, order.parcel) == ("delivered", "service", False)
    assert stock_of(sqlite_world, PLAN) == (before[0] - 1, 0, 0)
    with pytest.raises(NotToBeDispatched), sqlite_world.house.database.writing() as db:
        market = db.get_one(Market, "de")
        dispatch(db, order, market, carrier="DHL", tracking="1", person="mere", now=sqlite_world.clock.now)
    assert visit(sqlite_world).market.id == "de"
