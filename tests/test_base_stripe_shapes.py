"""What we send to Stripe and what the stand-in answers, held against the installed library's own annotations."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
import requests
import stripe
from stripe.checkout import Session
from stripe.params import RefundCreateParams, RefundListParams
from stripe.params.checkout import SessionCreateParams, SessionExpireParams, SessionRetrieveParams

from shop.base.payments import PaymentRefused
from shop.base.stripe_payments import LOCALES, StripePayments, checkout_locale, session_params, stripe_amount
from shop.ground.money import Money
from tests.stripe_answers import event_fields
from tests.stripe_ask import ASK, settings_for
from tests.stripe_shapes import fields_of, mismatches
from tests.stripe_stand_in import StripeStandIn

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANSWERS = {
    "checkout.session": Session,
    "payment_intent": stripe.PaymentIntent,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "list": stripe.ListObject,
    "event": stripe.Event,
}
QUESTIONS = {
    ("POST", "sessions"): SessionCreateParams,
    ("GET", "cs_"): SessionRetrieveParams,
    ("POST", "expire"): SessionExpireParams,
    ("POST", "refunds"): RefundCreateParams,
    ("GET", "refunds"): RefundListParams,
    ("GET", "du_"): stripe.params.DisputeRetrieveParams,
    ("GET", "pi_"): stripe.params.PaymentIntentRetrieveParams,
}


@pytest.fixture
def told() -> Iterator[StripeStandIn]:
    """A stand-in after a life with everything we ever do: sessions paid, expired, delayed; refunds; refusals."""
    with StripeStandIn(lambda: NOW) as stand_in:
        payments = StripePayments(settings_for(stand_in))
        first, second, third = (payments.open_session(replace(ASK, key=key)).id for key in "abc")
        stand_in.complete(first)
        stand_in.complete(second, delayed=True)
        for session in (first, second, third):
            payments.state(session)
            payments.expire(session)
        payment = payments.state(first).payment
        payments.refund(payment, Money(100, "JPY"), key="d")
        with pytest.raises(PaymentRefused):
            payments.refund(payment, Money(99_999, "JPY"), key="e")
        payments.refunds(payment)
        stand_in.dispute(first)
        payments.dispute(next(iter(stand_in.disputes)))
        payments.close()
        yield stand_in


def question(method: str, path: str) -> Any:
    last = path.rpartition("/")[2]
    return next(kind for (verb, start), kind in QUESTIONS.items() if verb == method and last.startswith(start))


def test_we_send_nothing_that_the_library_does_not_know(told: StripeStandIn) -> None:
    for method, path, asked in told.asked:
        assert list(mismatches(asked, question(method, path), wire=True, at=path)) == []
    assert {question(method, path) for method, path, _ in told.asked} == set(QUESTIONS.values())


def test_the_stand_in_answers_what_the_library_promises(told: StripeStandIn) -> None:
    told.answered.append(event_fields("checkout.session.completed", told.answered[0], created=1))
    kinds = set()
    for answer in told.answered:
        kind = stripe.ErrorObject if "error" in answer else ANSWERS[answer["object"]]
        shown = answer.get("error", answer)
        if kind is stripe.ListObject:  # the library says itself what a list is called
            shown = {name: value for name, value in shown.items() if name != "object"}
        assert list(mismatches(shown, kind)) == []
        kinds.add(kind)
    assert kinds == {stripe.ErrorObject, *ANSWERS.values()}


def test_our_locales_are_the_librarys() -> None:
    listed = next(arm for arm in get_args(fields_of(SessionCreateParams)["locale"]) if arm is not str)
    assert {"auto", *LOCALES} == set(get_args(listed))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"payment_method_types": ["card"]}, ".payment_method_types: unknown to SessionCreateParams"),
        ({"adaptive_pricing": {"on": "true"}}, ".adaptive_pricing.on: unknown to SessionCreateParamsAdaptivePricing"),
        ({"adaptive_pricing": {"enabled": "no"}}, ".adaptive_pricing.enabled: 'no' is not bool"),
        ({"line_items": [{"quantity": "two"}]}, ".line_items[0].quantity: 'two' is not int"),
        (
            {"line_items": [{"price_data": {"unit_amount": "1"}}]},
            ".line_items[0].price_data.currency: left out of SessionCreateParamsLineItemPriceData",
        ),
        ({"metadata": "none"}, ".metadata: 'none' is not a mapping"),
    ],
)
def test_a_wrong_question_is_found_however_deep(asked: dict[str, Any], complaint: str) -> None:
    assert list(mismatches(asked, SessionCreateParams, wire=True)) == [complaint]


def test_an_answer_with_a_hole_or_an_invented_key_is_found(told: StripeStandIn) -> None:
    session = {**told.answered[0], "amuont_total": 1}
    del session["payment_status"]
    session["automatic_tax"] = {"status": None}
    assert sorted(mismatches(session, Session)) == [
        ".amuont_total: unknown to Session",
        ".automatic_tax.enabled: left out of AutomaticTax",
        ".payment_status: left out of Session",
    ]


def test_the_stand_in_refuses_and_replays_as_stripe_does() -> None:
    with StripeStandIn(lambda: NOW) as stand_in:
        expires = int((NOW + timedelta(hours=1)).timestamp())
        line = {"line_items[0][quantity]": 1, "line_items[0][price_data][unit_amount]": 500}
        asked = {"mode": "payment", "expires_at": expires, "line_items[0][price_data][currency]": "isk", **line}

        def post(form: dict[str, Any]) -> requests.Response:
            headers = {"Authorization": f"Bearer {stand_in.key}", "Idempotency-Key": "k"}
            return requests.post(f"{stand_in.address}/v1/checkout/sessions", form, headers=headers, timeout=5)

        assert "no_longer_supported" in post({**asked, "payment_method_types[0]": "card"}).text
        assert "Invalid amount" in post({**asked, "line_items[0][price_data][unit_amount]": 550}).text
        first, again = post(asked), post(asked)
        assert first.json() == again.json()
        assert [answer.headers.get("Idempotent-Replayed") for answer in (first, again)] == [None, "true"]
        assert post({**asked, "mode": "setup"}).json()["error"]["type"] == "idempotency_error"


def test_lines_that_miss_the_total_are_refused() -> None:
    with pytest.raises(PaymentRefused, match="the lines make"):
        session_params(replace(ASK, total=Money(32_799, "JPY")))


def test_fractions_that_stripe_cannot_charge_are_refused() -> None:
    with pytest.raises(PaymentRefused, match=r"12\.345 KWD"):
        stripe_amount(Money(12_345, "KWD"))


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        *[(same, same) for same in ("de", "ja", "fr-CA", "pt-BR", "en-GB", "es-419", "zh-TW", "zh-HK", "es", "pt")],
        *[("de-CH", "de"), ("de-AT", "de"), ("ja-JP", "ja"), ("fr-CH", "fr"), ("pt-PT", "pt"), ("es-ES", "es")],
        *[("en-NZ", "en"), ("en-US", "en"), ("es-MX", "es-419"), ("es-CL", "es-419"), ("hi", "hi-IN")],
        *[("nb-NO", "nb"), ("no", "nb"), ("zh-Hant", "zh-TW"), ("zh-Hant-TW", "zh-TW"), ("zh-Hans-CN", "zh")],
        *[("ar", "auto"), ("ar-AE", "auto"), ("he", "auto"), ("he-IL", "auto"), ("", "auto"), ("xx", "auto")],
    ],
)
def test_each_language_finds_the_nearest_page(language: str, locale: str) -> None:
    assert checkout_locale(language) == locale
