"""The ledger of refunds: never more than was paid, never twice, whatever the provider says or fails to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, update
from sqlmodel import col, select

from shop.aftersales.cases.filing import alone_with
from shop.aftersales.cases.given_up import end_given_up
from shop.base.outbox import Effect
from shop.base.payments import PaymentRefused, PaymentsAway, PaymentState, RefundState
from shop.checkout.dispatch import deliver, dispatch, left_to_send, withhold
from shop.checkout.giving_back import give_back, reconcile
from shop.checkout.models import Order, PaymentAttempt, Refund
from shop.checkout.refunds import RefundKeyReused, RefundTooMuch, ask_refund, refunds_of
from shop.ground.money import Money
from shop.markets.models import Exporter, Market
from tests.buying import BLENDER, EXPIRED, at_once, buy, paid_state, set_stock, settled, stock_of, the_order
from tests.doors import fresh_world, pay, place
from tests.refunding import Provider
from tests.world import ANNA, TAMA, World, text


@dataclass
class Till:
    """An order that was paid, and the provider that has its money."""

    world: World
    provider: Provider
    number: str

    @property
    def order(self) -> Order:
        with self.world.house.database.reading() as db:
            return db.get_one(Order, self.number)

    @property
    def payment(self) -> str:
        return f"pay-{self.number}"

    def ask(self, minor: int, key: str, **more: Any) -> Refund:
        with self.world.house.database.writing() as db:
            given = {"ground": "withdrawal", "person": "mere", "now": self.world.clock.now, **more}
            return ask_refund(db, db.get_one(Order, self.number), minor, key=key, **given)

    def carry_out(self, key: str) -> bool:
        """One try of the outbox; whether the provider answered."""
        try:
            give_back(self.world.house.database, self.provider, {"refund": key}, now=self.world.clock.now)  # type: ignore[arg-type]
        except PaymentsAway:
            return False
        return True

    def notice(self) -> bool:
        return reconcile(self.world.house.database, self.provider, self.payment, now=self.world.clock.now)  # type: ignore[arg-type]

    def states(self) -> dict[str, str]:
        with self.world.house.database.reading() as db:
            return {each.key: each.state for each in refunds_of(db, self.number)}

    def mails(self) -> list[str]:
        """The mails about refunds that wait in the outbox, without the order's number."""
        with self.world.house.database.reading() as db:
            found = db.exec(select(Effect.key).where(Effect.kind == "refund mail").order_by(col(Effect.key))).all()
        return [key.removeprefix("refund mail:") for key in found if key.startswith("refund mail:")]


def bought(world: World, key: str = "k1", *, is_paid: bool = True, lines: dict[str, int] | None = None) -> Till:
    attempt = buy(world, key, lines)
    order = the_order(world, attempt)
    provider = Provider(paid={f"pay-{order.number}": Money(order.due_now, order.currency)})
    if is_paid:
        settled(world, attempt, paid_state(order))
    return Till(world, provider, order.number)


@pytest.fixture
def till(sqlite_world: World) -> Till:
    return bought(sqlite_world)


def test_parts_are_given_back_until_all_is_and_only_then_is_the_order_refunded(till: Till) -> None:
    before, total = stock_of(till.world), till.order.total
    for key, minor in (("a", 100_00), ("b", total - 100_00)):
        till.ask(minor, key)
        assert till.carry_out(key)
    assert till.states() == {"a": "done", "b": "done"} and till.provider.given(till.payment) == total
    assert (till.order.state, till.order.given_back) == ("refunded", total)
    assert stock_of(till.world) == (before[0], 0, 0)  # it had not been sent: it can be sold again
    assert till.mails() == ["a:done", "b:done"]


def test_a_part_leaves_the_order_what_it_was(till: Till) -> None:
    till.ask(1, "a")
    assert till.carry_out("a") and till.order.state == "paid" and till.order.given_back == 1


def test_more_than_is_left_is_refused_and_says_how_much_is(till: Till) -> None:
    till.ask(100_00, "a")
    with pytest.raises(RefundTooMuch) as refusal:
        till.ask(till.order.total - 100_00 + 1, "b")
    assert refusal.value.values["left"] == Money(till.order.total - 100_00, "EUR")
    assert till.states() == {"a": "asked"} and till.order.given_back == 100_00


def test_what_is_due_on_delivery_can_be_given_back_only_once_it_is_paid(till: Till) -> None:
    with till.world.house.database.writing() as db:
        db.connection().execute(update(Order).values(due_later=100_00))
    with pytest.raises(RefundTooMuch):
        till.ask(till.order.total, "a")
    with till.world.house.database.writing() as db:
        db.connection().execute(update(Order).values(delivered_at=till.world.clock.now))
    assert till.ask(till.order.total, "b").state == "asked"


def test_what_was_not_paid_cannot_be_given_back(sqlite_world: World) -> None:
    unpaid = bought(sqlite_world, is_paid=False)
    with pytest.raises(RefundTooMuch):
        unpaid.ask(1, "a")


def test_the_same_form_sent_again_is_one_refund_and_with_another_amount_none(till: Till) -> None:
    assert till.ask(100, "a").key == till.ask(100, "a").key
    assert till.order.given_back == 100
    with pytest.raises(RefundKeyReused):
        till.ask(101, "a")
    with till.world.house.database.reading() as db:
        assert db.exec(select(func.count()).select_from(Effect).where(Effect.kind == "refund")).one() == 1


def test_asked_for_at_once_no_more_than_was_paid_is_ever_taken(world: World) -> None:
    till = bought(world)
    third = till.order.total // 3
    came = at_once(8, lambda place: till.ask(third, f"k{place}"))
    assert sum(isinstance(each, Refund) for each in came) == 3
    assert all(isinstance(each, Refund | RefundTooMuch) for each in came) and till.order.given_back == 3 * third


@pytest.mark.parametrize("mood", ["away", "lost"])
def test_an_unknown_outcome_is_looked_up_before_it_is_asked_again(till: Till, mood: str) -> None:
    till.ask(100, "a")
    till.provider.mood = mood
    assert not till.carry_out("a") and till.states() == {"a": "unknown"} and till.order.given_back == 100
    till.provider.deaf = True
    assert not till.carry_out("a") and till.provider.asked == 1  # nobody asks again who does not know
    till.provider.deaf = False
    assert till.carry_out("a") and till.carry_out("a") and till.states() == {"a": "done"}
    assert till.provider.given(till.payment) == 100 and till.mails() == ["a:done"]
    assert till.provider.asked == (1 if mood == "lost" else 2)


def test_a_refund_that_failed_before_anybody_knew_of_it_is_named_as_one_that_was_known(till: Till) -> None:
    named = []
    for key, known_before in (("a", True), ("b", False)):
        till.ask(100, key)
        till.provider.mood = "" if known_before else "lost"
        till.carry_out(key)
        till.provider.lose(key)
        assert till.notice() and till.states()[key] == "refused"
        with till.world.house.database.reading() as db:
            named.append(db.get_one(Refund, key).provider_id == till.provider.made[key].id)
    assert named == [True, True]


def test_an_unknown_outcome_is_settled_by_a_notice_too(till: Till) -> None:
    till.ask(100, "a")
    till.provider.mood = "lost"
    till.carry_out("a")
    assert till.notice() and till.notice() and till.states() == {"a": "done"} and till.mails() == ["a:done"]


def test_a_provider_that_will_not_tell_is_no_provider_that_refuses(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.ask(100, "a")
    till.provider.mood = "lost"
    till.carry_out("a")

    def refuse(payment: str) -> tuple[RefundState, ...]:
        raise PaymentRefused("our key is not taken for this")

    monkeypatch.setattr(till.provider, "refunds", refuse)
    with pytest.raises(PaymentRefused):
        till.carry_out("a")
    assert till.states() == {"a": "unknown"} and till.order.given_back == 100


def test_a_refused_refund_can_be_given_back_otherwise_and_its_exporter_is_told(till: Till) -> None:
    till.ask(till.order.total, "a")
    till.provider.mood = "no"
    assert till.carry_out("a") and till.states() == {"a": "refused"} and till.order.given_back == 0
    assert till.order.state == "paid" and till.mails() == ["a:refused"]
    till.ask(till.order.total, "b")
    assert till.carry_out("b") and till.order.state == "refunded"


def test_a_refund_that_fails_later_counts_no_longer(till: Till) -> None:
    now = till.world.clock.now
    with till.world.house.database.writing() as db:
        db.connection().execute(update(Order).values(state="delivered", dispatched_at=now, delivered_at=now))
    till.ask(till.order.total, "a")
    assert till.carry_out("a") and till.order.state == "refunded"
    till.provider.lose("a")
    assert till.notice() and till.notice()
    assert (till.order.state, till.order.given_back, till.states()) == ("delivered", 0, {"a": "refused"})
    assert till.mails() == ["a:done", "a:refused"]


def test_what_had_not_left_stays_here_when_the_refund_of_a_partly_sent_order_fails_later(sqlite_world: World) -> None:
    till = bought(sqlite_world, lines={BLENDER: 2})
    database, now, before = sqlite_world.house.database, sqlite_world.clock.now, stock_of(sqlite_world)
    with database.writing() as db:
        order = db.get_one(Order, till.number)
        given: dict[str, Any] = {"carrier": "DHL", "tracking": "JD01", "person": "mere", "now": now}
        dispatch(db, order, db.get_one(Market, order.market), pieces={BLENDER: 1}, **given)
    till.ask(till.order.total, "a")
    assert till.carry_out("a") and till.order.state == "refunded"
    assert stock_of(sqlite_world) == (before[0] - 1, 0, before[2] - 2)
    till.provider.lose("a")
    assert till.notice() and till.order.state == "dispatched"
    with database.writing() as db:
        assert left_to_send(db, db.get_one(Order, till.number)) == {}
        deliver(db, db.get_one(Order, till.number), source="carrier", person="mere", now=now)
    assert till.order.state == "delivered"


def test_an_order_of_which_nothing_leaves_is_refunded_with_what_is_owed_of_it(till: Till) -> None:
    database, now = till.world.house.database, till.world.clock.now
    with database.writing() as db:
        alone_with(db, till.number)
        withhold(db, db.get_one(Order, till.number), {BLENDER: 1}, person="mere", now=now)
    stock = stock_of(till.world)
    till.ask(till.order.total - 1, "a")
    assert till.carry_out("a") and till.order.state == "paid" and till.order.given_up
    assert end_given_up(database, now=now) == 1
    assert till.order.state == "refunded" and stock_of(till.world) == stock and end_given_up(database, now=now) == 0


def test_an_order_that_the_release_before_gave_up_ends_as_well(till: Till) -> None:
    database, now = till.world.house.database, till.world.clock.now
    with database.writing() as db:
        alone_with(db, till.number)
        withhold(db, db.get_one(Order, till.number), {BLENDER: 1}, person="mere", now=now)
        mine = update(Order).where(col(Order.number) == till.number)
        db.connection().execute(mine.values(parcel=True))  # which it left as it was
    till.ask(till.order.total - 1, "a")
    till.carry_out("a")
    assert end_given_up(database, now=now) == 1 and till.order.state == "refunded"


def test_an_order_given_up_is_not_over_before_the_money_has_gone_back(till: Till) -> None:
    database, now = till.world.house.database, till.world.clock.now
    with database.writing() as db:
        alone_with(db, till.number)
        withhold(db, db.get_one(Order, till.number), {BLENDER: 1}, person="mere", now=now)
    till.ask(till.order.total - 1, "a")
    assert end_given_up(database, now=now) == 0 and till.order.state == "paid"


def test_a_notice_about_a_payment_of_nobody_is_not_ours(till: Till) -> None:
    till.provider.paid["pay-other"] = Money(1, "EUR")
    assert not reconcile(till.world.house.database, till.provider, "pay-other", now=till.world.clock.now)  # type: ignore[arg-type]


def test_money_given_back_by_hand_counts_and_is_told_but_asks_nobody(till: Till) -> None:
    assert till.ask(100, "a", by_hand=True).state == "done" and till.order.given_back == 100
    assert till.mails() == ["a:done"] and till.carry_out("a") and till.provider.asked == 0


def test_a_late_payment_goes_through_the_ledger(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, EXPIRED)
    set_stock(sqlite_world, 0)
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    order = the_order(sqlite_world, attempt)
    with sqlite_world.house.database.reading() as db:
        [refund] = refunds_of(db, order.number)
    assert (refund.ground, refund.minor, refund.state) == ("late_payment", order.total, "asked")
    assert order.given_back == order.total


def test_an_effect_from_before_there_was_a_ledger_is_still_carried_out(till: Till) -> None:
    payload = {"payment": till.payment, "minor": 100, "currency": "EUR", "key": "old"}
    give_back(till.world.house.database, till.provider, payload, now=till.world.clock.now)  # type: ignore[arg-type]
    assert till.provider.given(till.payment) == 100


# Doors: what the customer and the desk read.


def test_customer_and_desk_see_each_refund_and_the_mail_is_in_the_orders_language(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    number = place(browser, "/nz/en/", TAMA)
    pay(sqlite_world, browser, "/nz/en/", number)
    with sqlite_world.house.database.writing() as db:
        order, now = db.get_one(Order, number), sqlite_world.clock.now
        ask_refund(db, order, 12_50, ground="return", key="a", person="mere", now=now)
    page = text(browser.get(f"/nz/en/orders/{number}").text)
    assert "Is being given back: $12.50" in page
    sqlite_world.work()
    for shown in (browser.get(f"/nz/en/orders/{number}"), sqlite_world.signed_in("mere").get(f"/desk/orders/{number}")):
        assert "Given back: " in text(shown.text) and "12.50" in text(shown.text)
    told = sqlite_world.mails(TAMA["email"])[-1]
    assert number in told["Subject"] and "$12.50" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert told["Content-Language"] == "en-NZ"


def test_whoever_withdrew_before_it_was_sent_reads_no_apology(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    number = place(browser, "/nz/en/", TAMA)
    pay(sqlite_world, browser, "/nz/en/", number)
    with sqlite_world.house.database.writing() as db:
        order = db.get_one(Order, number)
        ask_refund(db, order, order.total, ground="return", key="a", person="mere", now=sqlite_world.clock.now)
    sqlite_world.work()
    page = text(browser.get(f"/nz/en/orders/{number}").text)
    assert "The whole sum goes back" in page and "could no longer deliver" not in page


def test_the_exporter_reads_why_a_refund_was_refused(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sqlite_world.browser("de")
    number = place(browser, "/de/de/", ANNA)
    pay(sqlite_world, browser, "/de/de/", number)

    def refuse(payment: str, amount: Money, *, key: str) -> str:
        raise PaymentRefused("the card is closed")

    monkeypatch.setattr(sqlite_world.house.payments, "refund", refuse)
    with sqlite_world.house.database.writing() as db:
        order, exporter = db.get_one(Order, number), db.get_one(Exporter, 1).email
        ask_refund(db, order, 12_50, ground="claim", key="a", person="mere", now=sqlite_world.clock.now)
    sqlite_world.work()
    told = sqlite_world.mails(exporter)[-1]
    assert number in told["Subject"]
    assert "the card is closed" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]


# Any order of up to six events, and never more given back than was paid.

EVENTS = st.one_of(
    st.just(("pay",)),
    st.tuples(st.just("ask"), st.sampled_from("abc"), st.sampled_from([1, 100_00, 129_00, 229_00])),
    st.tuples(st.just("try"), st.sampled_from("abc"), st.sampled_from(["", "away", "lost", "no"])),
    st.tuples(st.just("lose"), st.sampled_from("abc")),
    st.just(("notice",)),
    st.just(("late",)),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("refunds")) as world:
        yield world


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=6))
def test_net_refunds_never_exceed_payments_under_any_order_of_events(
    shared: World, events: list[tuple[Any, ...]]
) -> None:
    with shared.house.database.reading() as db:
        number = db.exec(select(func.count()).select_from(Order)).one()
    shared.clock.now += timedelta(hours=2)
    till, attempt = _unpaid(shared, f"example-{number}")
    for event in events:
        _happen(till, attempt, event)
        _holds(till)
    for key in till.states():  # in the end the provider answers
        assert till.carry_out(key)
    till.notice()
    _holds(till)
    with shared.house.database.reading() as db:
        done = [each.minor for each in refunds_of(db, till.number) if each.state == "done"]
    assert sum(done) == till.provider.given(till.payment) == till.order.given_back


def _unpaid(world: World, key: str) -> tuple[Till, PaymentAttempt]:
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE hold SET state = 'released', mailbox = NULL")
        db.connection().exec_driver_sql("DELETE FROM customer_allowance")
    set_stock(world, 5, BLENDER)
    attempt = buy(world, key)
    order = the_order(world, attempt)
    provider = Provider(paid={f"pay-{order.number}": Money(0, order.currency)})
    return Till(world, provider, order.number), attempt


def _happen(till: Till, attempt: PaymentAttempt, event: tuple[Any, ...]) -> None:
    match event:
        case ("pay" | "late" as when,):
            if when == "late" and till.order.state == "placed":
                settled(till.world, attempt, EXPIRED)
                set_stock(till.world, 0, BLENDER)
            till.provider.paid[till.payment] = Money(till.order.due_now, "EUR")
            settled(till.world, attempt, PaymentState("s", "paid", till.payment, Money(till.order.due_now, "EUR")))
        case ("ask", key, minor):
            try:
                till.ask(minor, f"{till.number}{key}")
            except (RefundTooMuch, RefundKeyReused):
                return
        case ("try", key, mood):
            till.provider.mood = mood
            if f"{till.number}{key}" in till.states():
                till.carry_out(f"{till.number}{key}")
            till.provider.mood = ""
        case ("lose", key) if f"{till.number}{key}" in till.provider.made:
            till.provider.lose(f"{till.number}{key}")
        case ("notice",):
            till.notice()


def _holds(till: Till) -> None:
    order, paid = till.order, till.provider.paid[till.payment].minor
    with till.world.house.database.reading() as db:
        rows = refunds_of(db, till.number)
    assert till.provider.given(till.payment) <= paid
    assert order.given_back == sum(each.minor for each in rows if each.state in ("asked", "unknown", "done")) <= paid
    if order.state == "refunded" and not any(each.ground == "late_payment" for each in rows):
        assert order.given_back == paid
