"""Placing an order: one transaction that writes everything or nothing, and limits that hold when many come at once."""

import json
import re
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from shop.catalogue.models import Listing
from shop.checkout import booking, holding
from shop.checkout.admitting import NotForSale
from shop.checkout.booking import Buyer, Wish
from shop.checkout.models import Hold, Order, OrderEvent, OrderLine, PaymentAttempt
from shop.checkout.placing import KeyReused, OutOfStock, PolicyChanged, PriceChanged
from shop.ground.errors import Busy
from shop.markets.exposure_models import Admission
from shop.markets.models import Market, StopSale
from shop.policies.acceptance import accepted
from shop.policies.models import Acceptance, AcceptedText
from tests.buying import BLENDER, BUYER, at_once, buy, exposure, ordered, set_stock, stock_of, visit, wish
from tests.doors import change_market, to_review
from tests.world import TAMA, World, text

TABLES = (Order, OrderLine, OrderEvent, Hold, PaymentAttempt, Acceptance, AcceptedText, Admission)


def everything(world: World) -> tuple[Any, ...]:
    with world.house.database.reading() as db:
        counts = tuple(db.exec(select(func.count()).select_from(table)).one() for table in TABLES)
    return (*counts, stock_of(world), exposure(world))


def test_an_order_keeps_what_was_shown(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1", {BLENDER: 2, "HB-TM-CC": 1})
    with sqlite_world.house.database.reading() as db:
        order = db.get_one(Order, attempt.order_number)
        lines = db.exec(select(OrderLine).where(OrderLine.order_number == order.number)).all()
        hold = db.get_one(Hold, order.number)
        kept = accepted(db, order.number)
    assert order.number.startswith("DE-26-") and order.currency == "EUR" and order.state == "placed"
    assert order.goods == 2 * 229_00 + 19_90 and order.shipping == 0  # free from 150.00
    assert order.net + order.tax == order.total == order.goods
    assert sum(line.gross for line in lines) == order.goods and all(line.net + line.tax == line.gross for line in lines)
    assert json.loads(order.address)["city"] == "Hamburg"
    assert (hold.state, hold.expires_at > attempt.expires_at) == ("held", True)
    assert [each.acceptance.kind for each in kept] == ["returns", "warranty", "terms"]
    assert stock_of(sqlite_world)[1] == 2 and exposure(sqlite_world) == (1, 0)


def test_a_number_that_another_order_has_already_is_not_taken_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = buy(world, "k1").order_number
    chance = iter(taken[-6:] + "ABCDEF")
    monkeypatch.setattr(booking, "secrets", SimpleNamespace(choice=lambda _letters: next(chance)))

    assert (buy(world, "k2").order_number, stock_of(world)[1]) == (f"{taken[:-6]}ABCDEF", 2)


def test_the_same_key_again_is_the_same_order_whatever_has_changed_since(sqlite_world: World) -> None:
    at = visit(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        wanted = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    numbers = []
    for _again in range(3):
        with sqlite_world.house.database.writing() as db:
            numbers.append(ordered(db, sqlite_world, at, wanted).order_number)
        set_stock_of_nothing_left(sqlite_world)
    assert len(set(numbers)) == 1 and everything(sqlite_world)[0] == 1


def set_stock_of_nothing_left(world: World) -> None:
    _on_hand, held, sold = stock_of(world)
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql(f"UPDATE stock SET on_hand = {held + sold} WHERE sku = '{BLENDER}'")  # noqa: S608


def other(wanted: Wish, **values: Any) -> Wish:
    given = {name: getattr(wanted, name) for name in ("key", "lines", "money_seen", "policies_seen", "wording")}
    return Wish(**(given | values))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"lines": {BLENDER: 4}}, OutOfStock),  # more than one may order
        ({"lines": {"HB-KT-230": 1}}, OutOfStock),  # not yet on sale
        ({"lines": {"HB-FD-CH": 1}}, OutOfStock),  # sold out
        ({"lines": {"HB-BL-100": 1}}, OutOfStock),  # not of this market
        ({"lines": {BLENDER: 1, "HB-NO-THING": 1}}, OutOfStock),
        ({"lines": {}}, OutOfStock),
        ({"lines": {BLENDER: 2}}, PriceChanged),
        ({"money_seen": ""}, PriceChanged),
        ({"policies_seen": "x"}, PolicyChanged),
    ],
)
def test_what_differs_is_refused_and_leaves_nothing(
    sqlite_world: World, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    at, before = visit(sqlite_world), everything(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        wanted = other(wish(db, sqlite_world, at, "k1", {BLENDER: 1}), **changed)
    with pytest.raises(refusal), sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, wanted)
    assert everything(sqlite_world) == before


def test_when_another_is_quicker_only_what_they_took_is_told_as_gone(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_stock(sqlite_world, 1)
    before, really = everything(sqlite_world), holding.hold

    def with_another(*given: Any, **most: Any) -> dict[str, str]:
        return {**really(*given, **most), "HB-TM-CC": "too_few"}

    monkeypatch.setattr(holding, "hold", with_another)
    with pytest.raises(OutOfStock) as refused:
        buy(sqlite_world, "k1", {BLENDER: 1, "HB-TM-CC": 1})
    assert [each.field for each in refused.value.values["needs"]] == ["HB-TM-CC"]
    assert everything(sqlite_world) == before


def test_what_is_sold_out_leads_to_its_waiting_list(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, "/nz/en/", TAMA)
    set_stock(sqlite_world, 0)
    refused = browser.submit("/orders", accept="yes")
    assert refused.status_code == 409 and "Nothing was charged." in text(refused.text)
    [link] = re.findall(r'href="(/nz/en/products/[^"]+/waitlist)"', refused.text)
    assert "We write to you once" in text(browser.get(link).text)


def test_another_content_under_the_same_key_is_refused(sqlite_world: World) -> None:
    buy(sqlite_world, "k1")
    before = everything(sqlite_world)
    with pytest.raises(KeyReused):
        buy(sqlite_world, "k1", {BLENDER: 2})
    at = visit(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        wanted = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    elsewhere = Buyer(email="eve@example.com", phone="", name=BUYER.name, address=BUYER.address)
    with pytest.raises(KeyReused, match="key_reused") as refused, sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, wanted, elsewhere)
    assert refused.value.values == {"cart_url": "/de/de/cart"} and everything(sqlite_world) == before


def test_a_price_that_changes_is_not_charged_unseen(sqlite_world: World) -> None:
    at = visit(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        wanted = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Listing).where(col(Listing.sku) == BLENDER).values(price=230_00))
    with pytest.raises(PriceChanged) as refused, sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, wanted)
    assert refused.value.values["total"].minor == 230_00


def test_staff_in_a_market_that_is_not_open_place_test_orders_that_count_nowhere(sqlite_world: World) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1", market="ae", language="ar", staff=True)
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Order, attempt.order_number).test
        assert db.get(Hold, attempt.order_number) is None
    assert stock_of(sqlite_world) == before and exposure(sqlite_world, "ae") == (0, 0)


def test_a_percentage_market_keeps_whom_it_let_in(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", percent_bp=10_000)
    buy(sqlite_world, "k1", market="ch", visitor="claire")
    change_market(sqlite_world, "ch", percent_bp=0)
    buy(sqlite_world, "k2", market="ch", visitor="claire")
    with pytest.raises(NotForSale):
        buy(sqlite_world, "k3", market="ch", visitor="somebody-else")


# At once, on both engines.


def test_of_thirty_who_want_the_last_piece_one_gets_it(world: World) -> None:
    set_stock(world, 1)
    came = at_once(30, lambda place: buy(world, f"k{place}"))
    assert sum(isinstance(each, PaymentAttempt) for each in came) == 1
    assert all(isinstance(each, PaymentAttempt | OutOfStock | Busy) for each in came), came
    assert everything(world)[0] == 1 and stock_of(world) == (1, 1, 0) and exposure(world) == (1, 0)


def test_an_order_cap_is_never_exceeded(world: World) -> None:
    change_market(world, "de", order_cap=3)
    came = at_once(12, lambda place: buy(world, f"k{place}"))
    placed = sum(isinstance(each, PaymentAttempt) for each in came)
    assert all(isinstance(each, PaymentAttempt | NotForSale | Busy) for each in came), came
    assert placed == exposure(world)[0] == stock_of(world)[1] == 3


def test_the_same_form_sent_many_times_at_once_is_one_order(world: World) -> None:
    came = at_once(10, lambda _place: buy(world, "the-same"))
    assert all(isinstance(each, PaymentAttempt) for each in came), came
    assert len({each.order_number for each in came}) == 1
    assert everything(world)[0] == 1 and stock_of(world)[1] == 1 and exposure(world) == (1, 0)


def test_two_carts_with_the_same_last_pieces_never_wait_for_each_other(world: World) -> None:
    skus = (BLENDER, "HB-TM-CC", "HB-CO-HB")
    for sku in skus:
        set_stock(world, 6, sku)
    came = at_once(12, lambda place: buy(world, f"k{place}", dict.fromkeys(skus if place % 2 else skus[::-1], 1)))
    assert sum(isinstance(each, PaymentAttempt) for each in came) == 6
    assert all(isinstance(each, PaymentAttempt | OutOfStock) for each in came), came
    assert [stock_of(world, sku)[1] for sku in skus] == [6, 6, 6]


@pytest.mark.postgres
def test_a_stop_that_was_made_while_an_order_waited_is_seen_by_it(postgres_world: World) -> None:
    at, came = visit(postgres_world), []
    with postgres_world.house.database.reading() as db:
        wanted = wish(db, postgres_world, at, "k1", {BLENDER: 1})

    def order() -> None:
        try:
            with postgres_world.house.database.writing() as db:
                came.append(ordered(db, postgres_world, at, wanted))
        except NotForSale as refused:
            came.append(refused)

    waiting = Thread(target=order)
    with postgres_world.house.database.writing() as db:
        db.exec(select(Market).where(Market.id == "de").with_for_update()).one()
        db.add(StopSale(market="de", sku=BLENDER, reason="a test", person="mere", since=postgres_world.clock.now))
        db.flush()
        waiting.start()
        with postgres_world.house.database.reading() as other:
            while not other.connection().exec_driver_sql(WAITING).scalar():
                other.rollback()
    waiting.join()
    [refused] = came
    assert isinstance(refused, NotForSale) and refused.values["reason"] == "stop_sale"


WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
