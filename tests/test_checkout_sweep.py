"""The sweeper: whatever a crash or a lost notice leaves behind is asked about and settled, and one fault holds up no other."""

from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlmodel import select

from shop.base.payments import PaymentRefused, PaymentsAway, PaymentSession
from shop.base.till import DemoTill, TillRefund, TillSession
from shop.checkout.booking import SESSION_LASTS
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import remember_session, session_ask
from shop.checkout.settling import lines_of
from shop.checkout.sweep import ASK_AGAIN, settle_overdue
from tests.buying import buy, exposure, set_stock, stock_of, the_order
from tests.doors import to_review
from tests.world import ANNA, ORIGIN, World

OVERDUE = SESSION_LASTS


def till(world: World) -> DemoTill:
    assert isinstance(world.house.payments, DemoTill)
    return world.house.payments


def opened(world: World, attempt: PaymentAttempt) -> PaymentSession:
    """Step two: the provider's session, of which we have not yet written anything."""
    with world.house.database.reading() as db:
        order = db.get_one(Order, attempt.order_number)
        ask = session_ask(order, lines_of(db, order), attempt, base_url=ORIGIN, languages=world.house.languages)
    return till(world).open_session(ask)


def sweep(world: World, payments: Any = None) -> int:
    return settle_overdue(
        world.house.database,
        payments or till(world),
        languages=world.house.languages,
        base_url=ORIGIN,
        now=world.clock.now,
    )


def test_nothing_is_swept_before_its_time(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    sqlite_world.clock.now += OVERDUE - timedelta(seconds=1)
    assert sweep(sqlite_world) == 0 and the_order(sqlite_world, attempt).state == "placed"
    sqlite_world.clock.now += timedelta(seconds=1)
    assert sweep(sqlite_world) == 1 and sweep(sqlite_world) == 0


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_after_a_crash_behind_any_step_an_unpaid_order_ends_and_its_pieces_come_back(world: World, steps: int) -> None:
    before, attempt = stock_of(world), buy(world, "k1")
    if steps > 1:
        session = opened(world, attempt)
    if steps > 2:
        remember_session(world.house.database, attempt.key, session.id, session.url)
    world.clock.now += OVERDUE
    assert sweep(world) == 1
    assert the_order(world, attempt).state == "cancelled"
    assert stock_of(world) == before and exposure(world) == (0, 0)
    with world.house.database.reading() as db:
        assert {each.status for each in db.exec(select(TillSession)).all()} <= {"expired"}


@pytest.mark.parametrize("steps", [2, 3])
def test_after_a_crash_a_payment_that_was_made_is_found(world: World, steps: int) -> None:
    attempt = buy(world, "k1")
    session = opened(world, attempt)
    if steps > 2:
        remember_session(world.house.database, attempt.key, session.id, session.url)
    till(world).pay(session.id, now=world.clock.now)  # and the notice is lost
    world.clock.now += OVERDUE
    sweep(world)
    assert the_order(world, attempt).state == "paid" and stock_of(world)[1:] == (0, 1)
    world.work()
    assert len(world.mails(ANNA["email"])) == 1


class Flaky:
    """The till, failing as told."""

    def __init__(self, real: DemoTill, fault: Exception, method: str, only: str = "") -> None:
        self.name, self.live = real.name, real.live
        self._real, self._fault, self._method, self._only = real, fault, method, only

    def __getattr__(self, name: str) -> Any:
        def call(first: Any, *rest: Any, **named: Any) -> Any:
            if name == self._method and (not self._only or first == self._only):
                raise self._fault
            return getattr(self._real, name)(first, *rest, **named)

        return call


@pytest.mark.parametrize("method", ["open_session", "expire", "state"])
def test_while_the_provider_is_away_nothing_is_given_up(sqlite_world: World, method: str) -> None:
    attempt = buy(sqlite_world, "k1")
    sqlite_world.clock.now += OVERDUE
    assert sweep(sqlite_world, Flaky(till(sqlite_world), PaymentsAway("away"), method)) == 1
    assert the_order(sqlite_world, attempt).state == "placed" and stock_of(sqlite_world)[1] == 1
    sqlite_world.clock.now += ASK_AGAIN
    assert sweep(sqlite_world) == 1
    assert the_order(sqlite_world, attempt).state == "cancelled" and stock_of(sqlite_world)[1] == 0


@pytest.mark.parametrize("fault", [PaymentsAway("away"), PaymentRefused("no such session")])
def test_one_that_cannot_be_settled_holds_up_no_other(sqlite_world: World, fault: Exception) -> None:
    first, second = buy(sqlite_world, "k1"), buy(sqlite_world, "k2")
    session = opened(sqlite_world, first)
    remember_session(sqlite_world.house.database, first.key, session.id, session.url)
    sqlite_world.clock.now += OVERDUE
    told = type(fault)(f"{fault}: {session.id}")
    with structlog.testing.capture_logs() as lines:
        assert sweep(sqlite_world, Flaky(till(sqlite_world), told, "expire", session.id)) == 2
    assert [each["order"] for each in lines] == [first.order_number] and session.id not in str(lines)
    assert the_order(sqlite_world, first).state == "placed"
    assert the_order(sqlite_world, second).state == "cancelled"


def test_a_session_that_was_never_opened_frees_what_was_held(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    sqlite_world.clock.now += OVERDUE
    sweep(sqlite_world, Flaky(till(sqlite_world), PaymentRefused("too late"), "open_session"))
    assert the_order(sqlite_world, attempt).state == "cancelled" and stock_of(sqlite_world)[1] == 0


def test_an_open_session_may_no_longer_be_paid_once_swept(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    session = opened(sqlite_world, attempt)
    sqlite_world.clock.now += OVERDUE
    sweep(sqlite_world)
    with pytest.raises(PaymentRefused):
        till(sqlite_world).pay(session.id, now=sqlite_world.clock.now)


@pytest.mark.parametrize("name", ["session_ask", "remember_session"])
def test_a_crash_while_the_button_is_pressed_is_mended_by_pressing_again(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    browser = sqlite_world.browser("de")
    to_review(browser, "/de/de/", ANNA)
    review = browser.page
    with monkeypatch.context() as patch:
        patch.setattr(f"shop.checkout.pay.{name}", _crash)
        answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 500 and "MemoryError" not in answer.text  # a fault is told without detail
    browser.page = review
    assert browser.submit("/orders", accept="yes").status_code == 303
    with sqlite_world.house.database.reading() as db:
        [order] = db.exec(select(Order)).all()
        assert len(db.exec(select(TillSession)).all()) == 1
    sqlite_world.at(sqlite_world.clock.now + OVERDUE)
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Order, order.number).state == "cancelled"
    assert stock_of(sqlite_world)[1:] == (0, 0) and exposure(sqlite_world) == (0, 0)


def _crash(*_given: object, **_named: object) -> None:
    raise MemoryError


def test_money_that_came_too_late_is_given_back_by_the_till(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    session = opened(sqlite_world, attempt)
    remember_session(sqlite_world.house.database, attempt.key, session.id, session.url)
    till(sqlite_world).pay(session.id, now=sqlite_world.clock.now)
    with sqlite_world.house.database.writing() as db:  # as if the hold had been given back before
        db.connection().exec_driver_sql("UPDATE hold SET state = 'released'")
    set_stock(sqlite_world, 0)
    sqlite_world.at(sqlite_world.clock.now + OVERDUE)
    assert the_order(sqlite_world, attempt).state == "refunded"
    with sqlite_world.house.database.reading() as db:
        [refund] = db.exec(select(TillRefund)).all()
    assert refund.minor == the_order(sqlite_world, attempt).total
    [mail] = sqlite_world.mails(ANNA["email"])
    assert attempt.order_number in mail["Subject"]
