"""What happened at the payment provider, event by event, told by the stand-in's objects through Stripe's own library.

The provider's word is rewound with the deliveries: it has got as far as the newest event that was delivered.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stripe

from shop.base.payments import PaymentsAway
from shop.base.settings import Settings
from shop.base.stripe_payments import StripePayments
from shop.ground.money import Money
from tests.stripe_stand_in import StripeStandIn
from tests.world import ORIGIN

KEPT = ("sessions", "intents", "refunds", "disputes")
Told = tuple[bytes, str]


class Wired(StripePayments):
    """Stripe behind the port, its library wired to the stand-in without a network between them."""

    def __init__(self, stand_in: StripeStandIn) -> None:
        self.stand_in = stand_in
        super().__init__(
            Settings(
                database_url="",
                data_dir=Path(),
                base_url=ORIGIN,
                secret_key=b"k" * 32,
                stripe_secret_key=stand_in.key,
                stripe_webhook_secret=stand_in.webhook_secret,
            )
        )
        self._client = stripe.StripeClient(stand_in.key, http_client=_Wire(stand_in), max_network_retries=0)


class Unanswered(Wired):
    """Stripe gives money back, and its answer does not arrive."""

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        """Give it back. Raises PaymentsAway all the same."""
        super().refund(payment, amount, key=key)
        raise PaymentsAway


class _Wire(stripe.HTTPClient):
    name = "wire"

    def __init__(self, stand_in: StripeStandIn) -> None:
        super().__init__()
        self._stand_in = stand_in

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_more: Any) -> Any:
        path, _, query = url.partition("/v1/")[2].partition("?")
        answer = self._stand_in.answer(method.upper(), f"/v1/{path}", post_data or query, dict(headers or {}))
        if answer is None:
            raise stripe.APIConnectionError("the line was cut")
        return json.dumps(answer.fields), answer.status, {}

    def close(self) -> None:
        """There is nothing to close."""


@dataclass
class History:
    """Events in the order in which they happened, and what the provider said of everything after each."""

    stand_in: StripeStandIn
    events: list[Told] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words.append(self._word())

    def happen(self, act: Callable[[], Told]) -> None:
        """Something happens, and Stripe has a notice of it to deliver."""
        self.events.append(act())
        self.words.append(self._word())

    def rewind(self, stage: int) -> None:
        """The provider is as it was when so many of the events had happened."""
        for name in KEPT:
            setattr(self.stand_in, name, self.words[stage][name])

    def _word(self) -> dict[str, Any]:
        return {name: deepcopy(getattr(self.stand_in, name)) for name in KEPT}


Happenings = Iterator[Callable[[], Told]]


def paid_and_disputed(s: StripeStandIn, session: str) -> Happenings:
    """A declined card, then a payment; a dispute that is won in the end, and a refund made by hand at Stripe."""
    yield lambda: s.declined(session)
    yield lambda: _completed(s, session)
    yield lambda: s.dispute(session)
    yield lambda: s.dispute(session, "under_review")
    yield lambda: s.dispute(session, "won")
    yield lambda: s.refund_by_hand(session, 1_00)


def paid_by_a_slow_method(s: StripeStandIn, session: str) -> Happenings:
    """A declined card, then a method whose money arrives days later; a dispute that is lost, and a refund by hand."""
    yield lambda: s.declined(session)
    yield lambda: _completed(s, session, delayed=True)
    yield lambda: _arrived(s, session)
    yield lambda: s.dispute(session)
    yield lambda: s.dispute(session, "lost")
    yield lambda: s.refund_by_hand(session, 1_00)


def a_slow_method_that_fails(s: StripeStandIn, session: str) -> Happenings:
    """A method whose money never arrives."""
    yield lambda: s.declined(session)
    yield lambda: s.declined(session)
    yield lambda: _completed(s, session, delayed=True)
    yield lambda: _failed(s, session)


def declined_until_over(s: StripeStandIn, session: str) -> Happenings:
    """One card after the other is declined, until the session is over."""
    for _ in range(5):
        yield lambda: s.declined(session)
    yield lambda: _expired(s, session)


def refunded(s: StripeStandIn, session: str) -> Happenings:
    """Paid long ago; the answer to our refund was lost; the rest of it is told by notices, and a dispute besides."""
    yield lambda: s.signed_event("checkout.session.completed", session)
    yield lambda: _of_refund(s, "refund.created")
    yield lambda: _of_refund(s, "refund.updated")
    yield lambda: s.dispute(session, "warning_needs_response")
    yield lambda: s.dispute(session)
    yield lambda: s.dispute(session, "lost")


def refunded_in_vain(s: StripeStandIn, session: str) -> Happenings:
    """Paid long ago; the answer to our refund was lost; in the end the customer's bank sends the money back."""
    yield lambda: s.signed_event("checkout.session.completed", session)
    yield lambda: _of_refund(s, "refund.created")
    yield lambda: _of_refund(s, "refund.updated")
    yield lambda: s.lose(next(iter(s.refunds)))
    yield lambda: s.dispute(session)
    yield lambda: s.dispute(session, "won")


def _completed(s: StripeStandIn, session: str, *, delayed: bool = False) -> Told:
    s.complete(session, delayed=delayed)
    return s.signed_event("checkout.session.completed", session)


def _arrived(s: StripeStandIn, session: str) -> Told:
    s.settle(session)
    return s.signed_event("checkout.session.async_payment_succeeded", session)


def _failed(s: StripeStandIn, session: str) -> Told:
    s.fail(session)
    return s.signed_event("checkout.session.async_payment_failed", session)


def _expired(s: StripeStandIn, session: str) -> Told:
    s.expire(session)
    return s.signed_event("checkout.session.expired", session)


def _of_refund(s: StripeStandIn, kind: str) -> Told:
    return s.refund_event(kind, next(reversed(s.refunds)))
