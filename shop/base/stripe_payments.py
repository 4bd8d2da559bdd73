"""Stripe behind the port: hosted Checkout Sessions, asked through Stripe's own library, one call at a time.

It refuses an amount that Stripe could not charge exactly. What Stripe says about our key is never repeated, and the
library's own log, which would name the key (masked) and the customers, is kept to warnings.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import requests
import stripe
from stripe.checkout import Session
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

from shop.base.payments import (
    Charge,
    Disputed,
    DisputeState,
    GivenBack,
    PaymentNotice,
    PaymentRefused,
    PaymentsAway,
    PaymentSession,
    PaymentState,
    RefundState,
    SessionAsk,
)
from shop.base.settings import Settings
from shop.base.signatures import read_notice
from shop.ground.money import Money, money

RETRIES = 2
KEY = "key"  # in a refund's metadata: Stripe keeps idempotency keys for some days only, and tells nobody
ORDER = "order"  # in a payment's metadata, as checkout asks
LOST = ("failed", "canceled")
ENDED: dict[str, Disputed] = {"won": "won", "prevented": "won", "lost": "lost"}
THREADS = 40  # as many handlers run at once, each keeping a connection

# How many decimals Stripe's API counts in, where not two (docs.stripe.com/currencies). ISK and UGX are written without
# decimals but still counted with two here, always ending in 00: that is why CLDR's table does not serve.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}

# fmt: off
LOCALES = {
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru",
    "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
}
# fmt: on
_NEAREST = {"hi": "hi-IN", "no": "nb", "nn": "nb", "tl": "fil", "zh-Hant": "zh-TW", "zh-MO": "zh-HK"}


class StripePayments:
    """The port `Payments` spoken with Stripe; `timeout` is for connecting and for each wait for an answer."""

    name = "stripe"

    def __init__(self, settings: Settings, *, timeout: float = 20) -> None:
        logging.getLogger("stripe").setLevel(logging.WARNING)
        # One pool for all threads, and not the library's one per thread, so that `close` can close every socket.
        self._connections = requests.Session()
        self._connections.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
        self.live = settings.stripe_secret_key.startswith(("sk_live_", "rk_live_"))
        self._webhook_secret = settings.stripe_webhook_secret
        self._client = stripe.StripeClient(
            settings.stripe_secret_key,
            base_addresses={"api": settings.stripe_api_base} if settings.stripe_api_base else {},
            http_client=stripe.RequestsClient(timeout=timeout, session=self._connections),
            max_network_retries=RETRIES,
        )

    def close(self) -> None:
        """Give all connections back."""
        self._connections.close()

    def open_session(self, ask: SessionAsk) -> PaymentSession:
        """Open a Checkout Session. Stripe wants `expires_at` 30 minutes to 24 hours ahead and refuses others."""
        asked = session_params(ask)
        with _in_our_words():
            session = self._client.v1.checkout.sessions.create(asked, {"idempotency_key": ask.key})
        if not session.url:
            raise PaymentRefused(f"{session.id} has no page to pay on")
        return PaymentSession(session.id, session.url)

    def state(self, session: str) -> PaymentState:
        """What has become of the session; one that waits for a delayed method of payment says so."""
        with _in_our_words():
            return _state(self._retrieve(session))

    def expire(self, session: str) -> PaymentState:
        """Close an open session; one that waits for a delayed method of payment cannot be closed and goes on."""
        with _in_our_words():
            try:
                return _state(self._client.v1.checkout.sessions.expire(session, {"expand": ["payment_intent"]}))
            except stripe.InvalidRequestError:  # it was no longer open: what is it then?
                return _state(self._retrieve(session))

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        """Give back part or all of a payment; another currency is refused: Stripe would take it for its own."""
        minor = stripe_amount(amount)
        with _in_our_words():
            paid_in = self._client.v1.payment_intents.retrieve(payment).currency.upper()
            if paid_in != amount.currency:
                raise PaymentRefused(f"{payment} was paid in {paid_in}, not in {amount.currency}")
            asked: RefundCreateParams = {"payment_intent": payment, "amount": minor, "metadata": {KEY: key}}
            refund = self._client.v1.refunds.create(asked, {"idempotency_key": key})
        if refund.status in LOST:
            raise PaymentRefused(f"{refund.id} {refund.status}: {refund.failure_reason}")
        return refund.id

    def refunds(self, payment: str) -> tuple[RefundState, ...]:
        """Every refund of the payment; one that Stripe has taken on and not ended yet counts as done."""
        with _in_our_words():
            found = self._client.v1.refunds.list({"payment_intent": payment, "limit": 100})
            return tuple(_refund_state(each) for each in found.auto_paging_iter())

    def charges(self, since: datetime, until: datetime) -> Iterator[Charge]:
        """What came of every PaymentIntent created in that time, by whomever; one that brought nothing is left out."""
        with _in_our_words():
            found = self._client.v1.payment_intents.list({"created": _span(since, until), "limit": 100})
            for each in found.auto_paging_iter():
                if each.amount_received:
                    amount = _money(each.amount_received, each.currency)
                    yield Charge(each.id, _noted(each.metadata, ORDER), amount)

    def given_back(self, since: datetime, until: datetime) -> Iterator[GivenBack]:
        """Every refund created in that time; one that is not of a PaymentIntent is not of our making."""
        with _in_our_words():
            found = self._client.v1.refunds.list({"created": _span(since, until), "limit": 100})
            for each in found.auto_paging_iter():
                payment = each.payment_intent
                of = payment.id if isinstance(payment, stripe.PaymentIntent) else payment or ""
                yield GivenBack(of, _refund_state(each))

    def dispute(self, dispute: str) -> DisputeState:
        """What has become of a dispute; an appeal is open again."""
        with _in_our_words():
            return _dispute_state(self._client.v1.disputes.retrieve(dispute))

    def restricted(self) -> bool:
        """Whether Stripe has closed the account to charges. One with test keys is never asked: it takes no real money."""
        if not self.live:
            return False
        with _in_our_words():
            return not self._client.v1.accounts.retrieve_current().charges_enabled

    def notice(self, body: bytes, signature: str, *, now: datetime) -> PaymentNotice | None:
        """Read an event as Stripe posted it, byte for byte, with its Stripe-Signature."""
        return read_notice(body, signature, self._webhook_secret, now=now)

    def _retrieve(self, session: str) -> Session:
        return self._client.v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})


def session_params(ask: SessionAsk) -> SessionCreateParams:
    """The ask in Stripe's words. Raises PaymentRefused when the lines miss the total or cannot be charged exactly."""
    together = sum((price * quantity for _, quantity, price in ask.lines), Money(0, ask.total.currency))
    if together != ask.total:
        raise PaymentRefused(f"the lines make {together}, not {ask.total}")
    asked: SessionCreateParams = {
        "mode": "payment",
        "line_items": [_line(*line) for line in ask.lines],
        "customer_email": ask.email,
        "client_reference_id": ask.reference,
        "locale": checkout_locale(ask.language),
        "success_url": ask.return_url,
        "cancel_url": ask.cancel_url,
        "expires_at": int(ask.expires_at.timestamp()),
        "metadata": dict(ask.metadata),
        "payment_intent_data": {"metadata": dict(ask.metadata)},  # Stripe does not copy the session's
        "adaptive_pricing": {"enabled": False},  # the market's own price is charged, never a converted one
    }
    if ask.methods:  # a filter: of these Stripe offers those that serve the currency and the customer's country
        asked["allowed_payment_method_types"] = list(ask.methods)
    return asked


def _line(name: str, quantity: int, price: Money) -> SessionCreateParamsLineItem:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": price.currency.lower(),
            "unit_amount": stripe_amount(price),
            "product_data": {"name": name},
        },
    }


def checkout_locale(language: str) -> str:
    """The language of Stripe's page nearest to our tag, or "auto", the browser's own (it has no Arabic, no Hebrew)."""
    if language.startswith("es-") and language != "es-ES":
        return "es-419"
    for tag in (language, language.rpartition("-")[0], language.partition("-")[0]):
        nearest = _NEAREST.get(tag, tag)
        if nearest in LOCALES:
            return nearest
    return "auto"


def stripe_amount(amount: Money) -> int:
    """The amount as Stripe counts it. Raises PaymentRefused where Stripe could not charge exactly that."""
    exponent = _EXPONENTS.get(amount.currency, 2)
    counted = amount.decimal.scaleb(exponent)
    if counted != int(counted) or (exponent == 3 and int(counted) % 10):
        raise PaymentRefused(f"Stripe cannot charge {amount.decimal} {amount.currency} exactly")
    return int(counted)


def _money(counted: int, currency: str) -> Money:
    code = currency.upper()
    return money(str(Decimal(counted).scaleb(-_EXPONENTS.get(code, 2))), code)


def _state(session: Session) -> PaymentState:
    intent = session.payment_intent
    if not isinstance(intent, stripe.PaymentIntent):  # nobody has tried to pay yet
        return PaymentState(session.id, "expired" if session.status == "expired" else "open")
    if session.status == "complete" and session.payment_status == "paid":
        return PaymentState(session.id, "paid", intent.id, _money(intent.amount_received, intent.currency))
    if session.status == "complete":
        # After a delayed method has failed, the session stays so for ever, and its page cannot be used again.
        failed = intent.status in ("requires_payment_method", "canceled")
        return PaymentState(session.id, "failed" if failed else "waiting")
    return PaymentState(session.id, "expired" if session.status == "expired" else "open")


def _span(since: datetime, until: datetime) -> Any:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}


def _refund_state(refund: stripe.Refund) -> RefundState:
    amount = _money(refund.amount, refund.currency)
    return RefundState(_noted(refund.metadata, KEY), refund.id, amount, "failed" if refund.status in LOST else "done")


def _noted(metadata: Any, name: str) -> str:
    return metadata[name] if metadata and name in metadata else ""


def _dispute_state(dispute: stripe.Dispute) -> DisputeState:
    status: Disputed = "warning" if dispute.status.startswith("warning_") else ENDED.get(dispute.status, "open")
    payment = dispute.payment_intent
    return DisputeState(
        dispute.id,
        payment.id if isinstance(payment, stripe.PaymentIntent) else payment or "",
        _money(dispute.amount, dispute.currency),
        status,
        dispute.reason,
        datetime.fromtimestamp(dispute.created, UTC),
    )


@contextmanager
def _in_our_words() -> Iterator[None]:
    # `from None`: the library's errors carry requests and answers that a log should not print.
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise PaymentRefused(f"{type(error).__name__}: Stripe does not take our key for this") from None
    except stripe.IdempotencyError as error:
        # In use is no refusal: another press of the same button is being answered just now.
        kind = PaymentsAway if error.code == "idempotency_key_in_use" else PaymentRefused
        raise kind(_said(error)) from None
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise PaymentRefused(_said(error)) from None
    except stripe.StripeError as error:  # no connection, no answer in time, too many requests, a fault over there
        raise PaymentsAway(_said(error)) from None


def _said(error: stripe.StripeError) -> str:
    return f"{type(error).__name__} {error.code or ''} {str(error)[:300]}"
