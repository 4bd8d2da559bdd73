"""What follows from the provider's word: once, in any order, from anywhere, and never money without goods or refund."""

from itertools import permutations

import pytest
from sqlmodel import Session, select

from shop.base.payments import PaymentState
from shop.checkout.dispatch import NotOnItsWay, NotToBeDispatched, deliver, dispatch
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.newest_orders import orders_of
from shop.checkout.orders import order_view
from shop.checkout.settling import settle
from shop.ground.money import Money
from shop.markets.models import Exporter, Market
from shop.upkeep.personal.acting import Keeper, erase_person
from tests.buying import (
    EXPIRED,
    at_once,
    buy,
    effect_keys,
    exposure,
    paid_state,
    set_stock,
    settled,
    stock_of,
    the_order,
)
from tests.doors import change_market, place
from tests.world import TAMA, World, text

OPEN = PaymentState("s", "open")


@pytest.mark.parametrize(
    "order_of_events", sorted(set(permutations(["open", "expired", "paid", "paid"]))), ids="-".join
)
def test_whatever_the_order_of_events_a_payment_is_one_sale(
    sqlite_world: World, order_of_events: tuple[str, ...]
) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1")
    words = {"open": OPEN, "expired": EXPIRED, "paid": paid_state(the_order(sqlite_world, attempt))}
    for each in order_of_events:
        settled(sqlite_world, attempt, words[each])
    assert the_order(sqlite_world, attempt).state == "paid"
    assert stock_of(sqlite_world) == (before[0], 0, 1) and exposure(sqlite_world) == (0, 1)
    ended = ["order:N:expired"] if order_of_events.index("expired") < order_of_events.index("paid") else []
    assert effect_keys(sqlite_world, attempt.order_number) == ["order:N:confirmed", *ended]


def test_an_open_session_changes_nothing(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, OPEN)
    assert the_order(sqlite_world, attempt).state == "placed" and stock_of(sqlite_world)[1] == 1


def test_what_is_not_paid_is_given_back_once(sqlite_world: World) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1")
    for _again in range(3):
        settled(sqlite_world, attempt, EXPIRED)
    assert the_order(sqlite_world, attempt).state == "cancelled"
    assert stock_of(sqlite_world) == before and exposure(sqlite_world) == (0, 0)
    assert effect_keys(sqlite_world, attempt.order_number) == ["order:N:expired"]


def test_a_late_payment_is_honoured_from_spare_pieces(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, EXPIRED)
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "paid" and exposure(sqlite_world) == (0, 1)


def test_a_late_payment_for_what_is_gone_goes_back_whole_and_is_told(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, EXPIRED)
    set_stock(sqlite_world, 0)
    for _again in range(2):
        settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "refunded" and stock_of(sqlite_world) == (0, 0, 0)
    told = ["order:N:expired", "order:N:refunded", "refund:N:late"]
    assert effect_keys(sqlite_world, attempt.order_number) == told
    assert exposure(sqlite_world) == (0, 0)


def test_a_late_payment_of_who_was_erased_meanwhile_goes_back(sqlite_world: World) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, EXPIRED)
    paid, house = paid_state(the_order(sqlite_world, attempt)), sqlite_world.house
    keeper = Keeper(house.database, house.policies, house.signer, house.settings.data_dir)
    email = the_order(sqlite_world, attempt).email
    erase_person(keeper, email, ground="asked", person="mere", now=sqlite_world.clock.now)

    settled(sqlite_world, attempt, paid)

    assert the_order(sqlite_world, attempt).state == "refunded" and stock_of(sqlite_world) == before
    assert "refund:N:late" in effect_keys(sqlite_world, attempt.order_number)


def test_in_a_safety_pause_money_goes_back_and_pieces_come_back(sqlite_world: World) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1")
    change_market(sqlite_world, "de", state="paused", pause_mode="safety")
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "refunded"
    assert stock_of(sqlite_world) == before and exposure(sqlite_world) == (0, 0)
    assert "refund:N:late" in effect_keys(sqlite_world, attempt.order_number)


def test_an_ordinary_pause_keeps_its_word_to_who_is_paying(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    change_market(sqlite_world, "de", state="paused", pause_mode="sell_stop")
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "paid"


def test_a_test_order_is_paid_and_counts_nowhere(sqlite_world: World) -> None:
    before = stock_of(sqlite_world)
    attempt = buy(sqlite_world, "k1", market="ae", language="ar", staff=True)
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "paid"
    assert stock_of(sqlite_world) == before and exposure(sqlite_world, "ae") == (0, 0)


WRONG = {
    "too little": Money(1, "EUR"),
    "too much": Money(10_000_000, "EUR"),
    "another currency": Money(229_00, "CHF"),
    "not told": None,
}


@pytest.mark.parametrize("amount", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("late", [False, True])
def test_money_that_is_not_the_orders_amount_pays_for_nothing_and_is_told(
    sqlite_world: World, amount: Money | None, late: bool
) -> None:
    before, attempt = stock_of(sqlite_world), buy(sqlite_world, "k1")
    if late:
        settled(sqlite_world, attempt, EXPIRED)
    for _again in range(2):
        settled(sqlite_world, attempt, PaymentState("s", "paid", "pay-1", amount))
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "cancelled"
    assert stock_of(sqlite_world) == before and exposure(sqlite_world) == (0, 0)
    assert effect_keys(sqlite_world, attempt.order_number) == ["order:N:expired"] * late + ["order:N:mismatch"]
    with sqlite_world.house.database.reading() as db:
        view = order_view(db, attempt.order_number)
        assert [each.number for each in orders_of(db, frozenset({"de"}), before=None)] == [attempt.order_number]
    assert view.standing(now=sqlite_world.clock.now) == "mismatch" and view.events[-1].note == "pay-1"
    assert view.attempt is not None and (view.attempt.state, view.attempt.payment) == ("mismatch", "pay-1")


def test_the_exporter_reads_what_came_instead_and_the_customer_what_was_not_done(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    number = place(browser, "/nz/en/", TAMA)
    with sqlite_world.house.database.writing() as db:
        attempt = db.exec(select(PaymentAttempt)).one()
        settle(db, attempt, PaymentState("s", "paid", "pay-1", Money(100, "NZD")), now=sqlite_world.clock.now)
        exporter = db.get_one(Exporter, 1).email
    sqlite_world.work()
    [mail] = sqlite_world.mails(exporter)
    told = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert number in mail["Subject"] and "1.00" in told and "pay-1" in told and f"/desk/orders/{number}" in told
    assert sqlite_world.mails(TAMA["email"]) == []
    page = text(browser.get(f"/nz/en/orders/{number}").text)
    assert "not the amount of this order" in page and "Nothing was charged" not in page
    desk = sqlite_world.signed_in("mere")
    assert number in desk.get("/desk/orders").text and desk.get(f"/desk/orders/{number}").status_code == 200


def test_told_many_times_at_once_it_is_still_one_sale(world: World) -> None:
    attempt = buy(world, "k1")
    paid = paid_state(the_order(world, attempt))
    came = at_once(12, lambda place: settled(world, attempt, paid if place % 3 else EXPIRED))
    assert [each for each in came if each is not None] == []
    assert the_order(world, attempt).state == "paid"
    assert stock_of(world)[1:] == (0, 1) and exposure(world) == (0, 1)
    assert set(effect_keys(world, attempt.order_number)) - {"order:N:expired"} == {"order:N:confirmed"}


def _send(db: Session, order: Order, tracking: str, world: World) -> None:
    market = db.get_one(Market, "de")
    dispatch(db, order, market, carrier="DHL", tracking=tracking, person="mere", now=world.clock.now)


def _paid(world: World) -> Order:
    attempt = buy(world, "k1")
    settled(world, attempt, paid_state(the_order(world, attempt)))
    return the_order(world, attempt)


def test_an_order_leaves_and_arrives_once(sqlite_world: World) -> None:
    order, before = _paid(sqlite_world), stock_of(sqlite_world)
    with sqlite_world.house.database.writing() as db:
        _send(db, order, "JD01", sqlite_world)
    assert stock_of(sqlite_world) == (before[0] - 1, 0, 0)
    with pytest.raises(NotToBeDispatched), sqlite_world.house.database.writing() as db:
        _send(db, order, "JD02", sqlite_world)
    for _first, raises in ((True, False), (False, True)):
        if raises:
            with pytest.raises(NotOnItsWay), sqlite_world.house.database.writing() as db:
                deliver(db, order, source="staff", person="mere", now=sqlite_world.clock.now)
        else:
            with sqlite_world.house.database.writing() as db:
                deliver(db, order, source="staff", person="mere", now=sqlite_world.clock.now)
    with sqlite_world.house.database.reading() as db:
        view = order_view(db, order.number)
    assert [event.kind for event in view.events] == ["placed", "paid", "dispatched", "delivered"]
    assert [parcel.tracking for parcel in view.parcels] == ["JD01"] and stock_of(sqlite_world)[0] == before[0] - 1
    told = ["order:N:confirmed", "order:N:delivered", "order:N:dispatched"]
    assert effect_keys(sqlite_world, order.number) == told


def test_what_was_not_paid_does_not_leave(sqlite_world: World) -> None:
    order = the_order(sqlite_world, buy(sqlite_world, "k1"))
    with pytest.raises(NotToBeDispatched), sqlite_world.house.database.writing() as db:
        _send(db, order, "JD01", sqlite_world)
