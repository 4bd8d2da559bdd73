"""Stripe behind the port, spoken by the real library to a stand-in on loopback."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
import stripe

from shop.base.payments import PaymentRefused, Payments, PaymentsAway, PaymentState, RefundState, SessionAsk
from shop.base.stripe_payments import RETRIES, StripePayments, _in_our_words, stripe_amount
from shop.ground.money import Money
from tests.stripe_ask import ASK, NOW, settings_for
from tests.stripe_stand_in import StripeStandIn


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeStandIn]:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)  # between two tries
    with StripeStandIn(lambda: NOW) as running:
        yield running


@pytest.fixture
def payments(stand_in: StripeStandIn) -> Iterator[StripePayments]:
    provider = StripePayments(settings_for(stand_in))
    yield provider
    provider.close()


def paid(payments: Payments, stand_in: StripeStandIn, ask: SessionAsk = ASK) -> PaymentState:
    session = payments.open_session(ask)
    stand_in.complete(session.id)
    return payments.state(session.id)


def test_a_session_asks_for_what_the_order_says(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK)
    assert session.url == f"{stand_in.address}/pay/{session.id}"
    (_, path, asked) = stand_in.asked[-1]
    assert path == "/v1/checkout/sessions"
    assert asked["line_items"][0] == {
        "quantity": "2",
        "price_data": {"currency": "jpy", "unit_amount": "14900", "product_data": {"name": "手挽きコーヒーミル"}},
    }
    assert asked["payment_intent_data"]["metadata"] == asked["metadata"] == dict(ASK.metadata)
    assert asked["expires_at"] == str(int(ASK.expires_at.timestamp()))
    assert (asked["client_reference_id"], asked["customer_email"]) == ("R7K2-M4", "yuki@example.jp")
    assert (asked["mode"], asked["locale"], asked["adaptive_pricing"]) == ("payment", "ja", {"enabled": "false"})
    assert (asked["success_url"], asked["cancel_url"]) == (ASK.return_url, ASK.cancel_url)


def test_the_ways_to_pay_that_the_market_allows_are_a_filter(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payments.open_session(ASK)
    assert "allowed_payment_method_types" not in stand_in.asked[-1][2]
    payments.open_session(replace(ASK, key="attempt-2", methods=("card", "konbini")))
    assert stand_in.asked[-1][2]["allowed_payment_method_types"] == ["card", "konbini"]


def test_a_repeated_ask_is_the_same_session(payments: StripePayments, stand_in: StripeStandIn) -> None:
    assert payments.open_session(ASK) == payments.open_session(ASK)
    assert len(stand_in.sessions) == 1


def test_the_same_key_for_something_else_is_refused(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payments.open_session(ASK)
    with pytest.raises(PaymentRefused, match="IdempotencyError"):
        payments.open_session(replace(ASK, email="someone@example.jp"))
    assert len(stand_in.sessions) == 1


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_session_of_an_impossible_length_is_refused(payments: StripePayments, minutes: int) -> None:
    with pytest.raises(PaymentRefused, match="expires_at"):
        payments.open_session(replace(ASK, expires_at=NOW + timedelta(minutes=minutes)))


def test_a_paid_session_names_its_payment_and_amount(payments: StripePayments, stand_in: StripeStandIn) -> None:
    state = paid(payments, stand_in)
    assert (state.status, state.amount) == ("paid", Money(32_800, "JPY"))
    assert stand_in.intents[state.payment]["metadata"] == dict(ASK.metadata)


def test_a_session_is_open_until_the_customer_pays(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK).id
    assert payments.state(session) == PaymentState(session, "open")
    stand_in.decline(session)
    assert payments.state(session) == PaymentState(session, "open")


def test_a_delayed_payment_waits_until_the_money_arrives(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK).id
    stand_in.complete(session, delayed=True)
    assert payments.state(session).status == "waiting"
    assert payments.expire(session).status == "waiting"  # it may still be paid, so the stock stays held
    stand_in.settle(session)
    assert payments.state(session).status == "paid"


def test_a_delayed_payment_that_fails_can_no_longer_be_paid(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK).id
    stand_in.complete(session, delayed=True)
    stand_in.fail(session)
    assert payments.state(session) == PaymentState(session, "failed")


def test_an_open_session_can_be_closed_and_closed_again(payments: StripePayments) -> None:
    session = payments.open_session(ASK).id
    assert payments.expire(session) == payments.expire(session) == payments.state(session)
    assert payments.state(session) == PaymentState(session, "expired")


def test_closing_a_paid_session_leaves_it_paid(payments: StripePayments, stand_in: StripeStandIn) -> None:
    state = paid(payments, stand_in)
    assert payments.expire(state.session) == state


def test_a_session_expires_by_itself(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK).id
    stand_in.clock = lambda: ASK.expires_at
    assert payments.state(session).status == "expired"


def test_a_session_nobody_knows_is_refused(payments: StripePayments) -> None:
    for act in (payments.state, payments.expire):
        with pytest.raises(PaymentRefused, match="No such"):
            act("cs_test_unknown")


def test_refunds_are_partial_and_never_more_than_was_paid(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payment = paid(payments, stand_in).payment
    assert len({payments.refund(payment, Money(14_900, "JPY"), key=key) for key in ("refund-1", "refund-2")}) == 2
    with pytest.raises(PaymentRefused, match="greater than unrefunded"):
        payments.refund(payment, Money(3_001, "JPY"), key="refund-3")
    payments.refund(payment, Money(3_000, "JPY"), key="refund-4")
    assert sum(refund["amount"] for refund in stand_in.refunds.values()) == 32_800


def test_a_refund_happens_once_per_key(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payment = paid(payments, stand_in).payment
    again = [payments.refund(payment, Money(100, "JPY"), key="refund-1") for _ in range(3)]
    assert len(set(again)) == len(stand_in.refunds) == 1
    with pytest.raises(PaymentRefused):
        payments.refund(payment, Money(200, "JPY"), key="refund-1")


def test_every_refund_of_a_payment_is_told_with_our_key(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payment = paid(payments, stand_in).payment
    assert payments.refunds(payment) == ()
    made = payments.refund(payment, Money(100, "JPY"), key="refund-1")
    assert payments.refunds(payment) == (RefundState("refund-1", made, Money(100, "JPY"), "done"),)
    stand_in.refunds[made] |= {"status": "pending", "metadata": {}}
    assert payments.refunds(payment) == (RefundState("", made, Money(100, "JPY"), "done"),)
    body, signature = stand_in.lose(made)
    assert payments.refunds(payment)[0].status == "failed"
    told = payments.notice(body, signature, now=NOW)
    assert told is not None and (told.kind, told.session, told.payment) == ("refund.failed", "", payment)


def test_a_refund_in_another_currency_is_refused(payments: StripePayments, stand_in: StripeStandIn) -> None:
    payment = paid(payments, stand_in).payment
    with pytest.raises(PaymentRefused, match="was paid in JPY"):
        payments.refund(payment, Money(100, "EUR"), key="refund-1")
    assert not stand_in.refunds


@pytest.mark.parametrize(
    ("amount", "counted"),
    [
        (Money(349_00, "EUR"), 34900),
        (Money(14_900, "JPY"), 14900),
        (Money(5_500, "ISK"), 550000),
        (Money(5_500, "UGX"), 550000),
        (Money(12_340, "KWD"), 12340),
        (Money(12_350, "BHD"), 12350),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(
    payments: StripePayments, stand_in: StripeStandIn, amount: Money, counted: int
) -> None:
    assert stripe_amount(amount) == counted
    ask = replace(ASK, total=amount, lines=(("Mill", 1, amount),))
    assert paid(payments, stand_in, ask).amount == amount


def test_a_provider_that_is_away_is_tried_three_times(payments: StripePayments, stand_in: StripeStandIn) -> None:
    stand_in.away = True
    with pytest.raises(PaymentsAway):
        payments.open_session(ASK)
    assert len(stand_in.asked) == 1 + RETRIES


def test_a_provider_that_cannot_be_reached_is_away(stand_in: StripeStandIn) -> None:
    nowhere = StripePayments(replace(settings_for(stand_in), stripe_api_base="http://127.0.0.1:9"))
    with pytest.raises(PaymentsAway):
        nowhere.state("cs_test_1")


def test_a_provider_that_does_not_answer_in_time_is_away(stand_in: StripeStandIn) -> None:
    stand_in.slow = True
    hasty = StripePayments(settings_for(stand_in), timeout=0.05)
    with pytest.raises(PaymentsAway):
        hasty.state("cs_test_1")
    hasty.close()


def test_an_answer_lost_on_the_way_charges_nothing_twice(payments: StripePayments, stand_in: StripeStandIn) -> None:
    stand_in.drop = True
    session = payments.open_session(ASK).id
    assert list(stand_in.sessions) == [session]
    stand_in.complete(session)
    stand_in.drop = True
    payments.refund(payments.state(session).payment, Money(100, "JPY"), key="refund-1")
    assert len(stand_in.refunds) == 1


def test_one_provider_serves_many_threads(payments: StripePayments, stand_in: StripeStandIn) -> None:
    threads = [Thread(target=payments.open_session, args=(replace(ASK, key=f"attempt-{n}"),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stand_in.sessions) == 12


def test_no_key_and_no_customer_ends_in_a_log(stand_in: StripeStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stranger = StripePayments(settings_for(stand_in, key="sk_test_stranger"))
    with pytest.raises(PaymentRefused, match="does not take our key") as refusal:
        stranger.open_session(ASK)
    stranger.close()
    said = f"{refusal.value!r} {stranger!r} {caplog.text}"
    assert not [secret for secret in ("sk_test", ASK.email, "yuki%40") if secret in said]


def test_a_notice_is_read_from_the_event_that_stripe_signs(payments: StripePayments, stand_in: StripeStandIn) -> None:
    session = payments.open_session(ASK).id
    body, signature = stand_in.signed_event("checkout.session.completed", session)
    notice = payments.notice(body, signature, now=NOW)
    assert notice is not None
    assert (notice.kind, notice.session) == ("checkout.session.completed", session)


@pytest.mark.parametrize(("code", "told"), [("idempotency_key_in_use", PaymentsAway), ("", PaymentRefused)])
def test_a_key_that_is_in_use_just_now_is_no_refusal(code: str, told: type[Exception]) -> None:
    with pytest.raises(told), _in_our_words():
        raise stripe.IdempotencyError("Keys for idempotent requests", code=code)


@pytest.mark.parametrize(
    ("key", "enabled", "restricted"),
    [("sk_live_7f3a", True, False), ("sk_live_7f3a", False, True), ("sk_test_7f3a", False, False)],
)
def test_an_account_is_restricted_when_it_takes_no_charges_for_real(
    stand_in: StripeStandIn, key: str, enabled: bool, restricted: bool
) -> None:
    stand_in.key, stand_in.charges_enabled = key, enabled
    provider = StripePayments(settings_for(stand_in))
    assert provider.restricted() is restricted
    provider.close()
