"""What is under way when a market changes: carts, open payments, late money, mails, planned steps, the figures' epoch."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlmodel import col, select

from shop import jobs
from shop.aftersales import care
from shop.aftersales.models import CareReminder
from shop.base.payments import PaymentRefused, PaymentsAway
from shop.catalogue.models import WaitingListEntry
from shop.checkout.admitting import NotForSale
from shop.checkout.models import OrderEvent, PaymentAttempt
from shop.checkout.pay import Cashier, PaymentAway, begin
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import change_state
from shop.launches.changing.undoing import take_back
from shop.launches.changing.winding import Fate, Winding, left_in
from shop.launches.models import Schedule
from shop.launches.readying.gathering import Sources
from shop.markets.calendar import day_in
from shop.markets.models import LaunchEvent, Market
from tests.buying import BLENDER, BUYER, EXPIRED, buy, paid_state, settled, stock_of, the_order, visit, wish
from tests.doors import change_market
from tests.selling import epoch
from tests.waitlist import EVE, confirmed, subjects
from tests.world import ANNA, ORIGIN, TUESDAY, World, text

LATER = timedelta(minutes=20)


def sources(world: World) -> Sources:
    return Sources(world.house.policies, world.house.languages.tags, live_payments=False)


def take(world: World, action: str, market: str = "de", **asked: Any) -> LaunchEvent:
    """A step with what follows it, as the console takes it."""
    house = world.house
    with house.database.writing() as db:
        here = db.get_one(Market, market)
        if action == "wind_down":
            fates = tuple(Fate(each.sku, each.pieces, "return", 0, "Lena") for each in left_in(db, here))
            asked["winding"] = Winding(day_in(here, world.clock.now), "Lena", "From the shop's account", fates)
        given = {"person": "mere", "reason": "as planned", **asked}
        event = change_state(
            db, market, action, version=here.version, sources=sources(world), now=world.clock.now, **given
        )
    follow_up(house.database, house.payments, event, now=world.clock.now)
    return event


def told(world: World, number: str) -> list[str]:
    with world.house.database.reading() as db:
        query = select(OrderEvent.kind).where(OrderEvent.order_number == number).order_by(col(OrderEvent.id))
        return list(db.exec(query).all())


@pytest.mark.parametrize("mode", ["sell_stop", "hidden"])
def test_money_that_comes_after_a_pause_is_an_order_and_is_marked(world: World, mode: str) -> None:
    attempt = buy(world, "k1")
    take(world, "pause", mode=mode)
    world.clock.now += LATER
    order = the_order(world, attempt)
    settled(world, attempt, paid_state(order))
    order = the_order(world, attempt)
    assert (order.state, order.accepted_after_stop) == ("paid", True)
    assert told(world, order.number) == ["placed", "paid", "accepted_after_stop"]


def test_money_of_an_order_in_time_is_not_marked(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    take(sqlite_world, "pause", mode="sell_stop")
    assert not the_order(sqlite_world, attempt).accepted_after_stop


def test_late_money_in_a_safety_pause_goes_back_with_a_mail_in_the_buyers_language(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    before = stock_of(sqlite_world)
    take(sqlite_world, "pause", mode="safety")
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    assert the_order(sqlite_world, attempt).state == "refunded"
    assert stock_of(sqlite_world)[1] == before[1] - 1
    sqlite_world.work()
    body = sqlite_world.mails(ANNA["email"])[-1].get_body(("plain",))
    assert body is not None and "zurück" in body.get_content()


def test_while_the_last_day_of_orders_lasts_late_money_is_an_order(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1")
    take(sqlite_world, "wind_down")
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    order = the_order(sqlite_world, attempt)
    assert (order.state, order.accepted_after_stop) == ("paid", True)


@pytest.mark.parametrize("word", ["late money", "no money"])
def test_when_the_last_day_is_over_open_payments_end_and_late_money_goes_back(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    world = sqlite_world
    world.clock.now = datetime(2026, 11, 24, 22, 50, tzinfo=TUESDAY.tzinfo)  # ten minutes to midnight in Hamburg
    attempt = buy(world, "k1")
    with world.house.database.writing() as db:
        merged = db.merge(attempt)
        merged.session = "s"
    ended: list[str] = []
    monkeypatch.setattr(world.house.payments, "expire", ended.append)
    came = paid_state(the_order(world, attempt)) if word == "late money" else EXPIRED
    monkeypatch.setattr(world.house.payments, "state", lambda _session: came)
    take(world, "wind_down")
    jobs.run_due(world.house)
    assert ended == []
    world.clock.now += timedelta(minutes=11)
    jobs.run_due(world.house)
    assert "s" in ended
    assert the_order(world, attempt).state == ("refunded" if word == "late money" else "cancelled")


@pytest.mark.parametrize("fault", [PaymentsAway, PaymentRefused])
def test_of_a_payment_that_was_not_ended_the_log_names_the_order_and_not_the_address_at_which_it_is_paid(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def no(session: str) -> None:
        raise fault(f"No such session: '{session}'")

    number = buy(sqlite_world, "k1").order_number
    with sqlite_world.house.database.writing() as db:
        attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).one()
        attempt.session = "cs_live_geheim"
    monkeypatch.setattr(sqlite_world.house.payments, "expire", no)
    with structlog.testing.capture_logs() as lines:
        take(sqlite_world, "pause", mode="safety")
    [line] = [each for each in lines if each["event"] == "payment not ended"]
    assert line["order"] == number and "No such session" in line["fault"]
    assert "geheim" not in str(lines)


def test_the_cart_in_a_paused_market_says_why_and_offers_the_waiting_list(sqlite_world: World) -> None:
    customer = sqlite_world.browser()
    assert customer.post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 303
    take(sqlite_world, "pause", "nz", mode="sell_stop")
    cart = customer.get("/nz/en/cart")
    assert BLENDER in cart.text and 'href="/nz/en/waitlist"' in cart.text
    assert "We are not taking orders in this country at the moment." in text(cart.text)
    assert customer.get("/nz/en/waitlist").status_code == 200
    take(sqlite_world, "pause", "nz", mode="safety")
    assert 'href="/nz/en/waitlist"' not in customer.get("/nz/en/cart").text


def test_a_mail_that_was_asked_for_before_a_pause_waits_until_the_market_sells_again(sqlite_world: World) -> None:
    world = sqlite_world
    take(world, "pause", "nz", mode="sell_stop")
    confirmed(world, "/nz/en")
    take(world, "resume", "nz")
    house = world.house
    with house.database.writing() as db:  # told, but its mail not written yet
        entry = db.exec(select(WaitingListEntry)).one()
        entry.told_at = world.clock.now
        hashed = entry.hash
    take(world, "pause", "nz", mode="hidden")
    jobs.effects(house)["waitlist mail"]({"mail": "told", "entry": hashed}, world.clock.now)
    assert len(subjects(world, EVE)) == 1
    world.later(minutes=2)
    assert len(subjects(world, EVE)) == 1
    take(world, "resume", "nz")
    world.later(minutes=2)
    assert [each.split(":")[0] for each in subjects(world, EVE)] == ["Waiting list", "We now deliver to this country"]


def planned(world: World) -> None:
    with world.house.database.writing() as db:
        db.add(
            Schedule(
                market="de", action="pause", wall="2026-12-24T00:00", zone="Europe/Berlin", person="mere",
                due_at=TUESDAY + timedelta(days=30), made_at=TUESDAY,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "asked", "state"),
    [
        ("pause", {"mode": "sell_stop"}, "frozen"),
        ("pause", {"mode": "safety"}, "cancelled"),
        ("wind_down", {}, "cancelled"),
    ],
)
def test_planned_steps_stand_still_in_a_pause_and_end_with_safety_or_the_end(
    sqlite_world: World, action: str, asked: dict[str, Any], state: str
) -> None:
    planned(sqlite_world)
    take(sqlite_world, action, **asked)
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Schedule)).one().state == state


def test_resuming_begins_to_count_anew_and_undoing_a_pause_does_not(sqlite_world: World) -> None:
    world = sqlite_world

    def counted() -> int:
        with world.house.database.reading() as db:
            return epoch(db, "de").number

    first = counted()
    event = take(world, "pause", mode="sell_stop")
    with world.house.database.writing() as db:
        version = db.get_one(Market, "de").version
        take_back(
            db, "de", event.id or 0, person="mere", reason="", version=version, sources=sources(world), now=world.clock.now
        )  # fmt: skip
    assert counted() == first
    take(world, "pause", mode="sell_stop")
    world.clock.now += LATER
    take(world, "resume")
    assert counted() == first + 1


def test_two_exporters_who_toggle_opposite_ways_are_told_what_the_other_did(sqlite_world: World) -> None:
    one, other = sqlite_world.signed_in("mere"), sqlite_world.signed_in("mere")
    one.get("/console/markets/de/pause")
    other.get("/console/markets/de/pause")
    assert one.submit("/pause", mode="hidden", reason="The carrier is on strike").status_code == 303
    refused = other.submit("/pause", mode="sell_stop", reason="Too many orders")
    assert refused.status_code == 409
    shown = text(refused.text)
    assert "Paused" in shown and "The carrier is on strike" in shown and "Mere" in shown
    assert "State: Open → Paused" in shown


def test_a_reminder_of_a_part_waits_while_the_market_takes_no_orders(sqlite_world: World) -> None:
    world = sqlite_world
    attempt = buy(world, "k1")
    settled(world, attempt, paid_state(the_order(world, attempt)))
    day = TUESDAY.date()
    with world.house.database.writing() as db:
        db.add(
            CareReminder(
                order_number=attempt.order_number, sku=BLENDER, part="HB-SP-BS", every_months=12, next_on=day,
                asked_at=TUESDAY,
            )
        )  # fmt: skip
    take(world, "pause", mode="sell_stop")
    assert care.remind_due(world.house.database, now=world.clock.now) == 0
    payload = {"reminder": 1, "day": day.isoformat()}  # asked for just before the pause
    before = len(world.mails(ANNA["email"]))
    care.send(world.house.database, world.house.post, payload, now=world.clock.now)
    assert len(world.mails(ANNA["email"])) == before
    with world.house.database.reading() as db:
        assert db.get_one(CareReminder, 1).next_on == day + timedelta(days=1)
    take(world, "resume")
    world.clock.now += timedelta(days=1)
    assert care.remind_due(world.house.database, now=world.clock.now) == 1


class Away:
    """A provider that cannot open a session now."""

    def __init__(self, payments: Any) -> None:
        self._payments = payments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payments, name)

    def open_session(self, ask: Any) -> Any:
        raise PaymentsAway("away")


@pytest.mark.parametrize("step", ["safety", "sell_stop", "wind_down", ""])
def test_no_payment_is_begun_after_a_pause_for_an_order_that_was_placed_before(sqlite_world: World, step: str) -> None:
    world, house = sqlite_world, sqlite_world.house

    def begun(payments: Any) -> str:
        at = visit(world)
        with house.database.reading() as db:
            wanted = wish(db, world, at, "k", {BLENDER: 1})
        cashier = Cashier(
            database=house.database, payments=payments, policies=house.policies, languages=house.languages,
            base_url=ORIGIN,
        )  # fmt: skip
        return begin(cashier, at, wanted, BUYER).url

    change_market(world, "de", order_cap=1)
    with pytest.raises(PaymentAway):
        begun(Away(house.payments))
    if not step:
        assert begun(house.payments)  # its own place is no reason against it
        return
    take(world, "wind_down") if step == "wind_down" else take(world, "pause", mode=step)
    with pytest.raises(NotForSale) as refused:
        begun(house.payments)
    assert refused.value.values["reason"] in ("state_paused", "state_winding_down")
    with house.database.reading() as db:
        assert db.exec(select(PaymentAttempt.session)).one() is None
