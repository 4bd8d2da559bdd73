"""The port to whoever takes the money. Two stand behind it: Stripe, and the demo till that needs no account.

Amounts are `Money`; a session is one attempt to pay one order; `state` is the provider's own word, always asked
before anything is believed. Calls go outside any database transaction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from shop.ground.money import Money

# waiting: paid by a delayed method, the money is under way; failed: it did not come, and this session is over
Status = Literal["open", "waiting", "paid", "expired", "failed"]
# done: the provider gives the money back, now or within days; failed: it did not, and the money is still there
Returned = Literal["done", "failed"]
# warning: a bank has only asked so far; nothing is disputed yet
Disputed = Literal["warning", "open", "won", "lost"]


class PaymentsAway(Exception):
    """The provider could not be reached or did not answer in time; whether it acted is not known."""


class PaymentRefused(Exception):
    """The provider understood and said no; the message is for the log, not for the customer."""


def for_the_log(fault: Exception, session: str | None) -> str:
    """What went wrong, without the session's id: whoever knows that can open the page on which the order is paid."""
    said = repr(fault)
    return said.replace(session, "…") if session else said


class BadSignature(Exception):
    """A notice that was not signed by the provider, or is too old or too far ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAsk:
    """What is to be paid, by whom, and where the customer returns to. `key` makes a repeated ask the same session.

    `methods` are the provider's names for the ways to pay that the market allows; none named means all.
    """

    reference: str
    total: Money
    lines: tuple[tuple[str, int, Money], ...]
    email: str
    language: str
    return_url: str
    cancel_url: str
    expires_at: datetime
    key: str
    methods: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentSession:
    """An open session and the address where the customer pays."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentState:
    """The provider's word on a session; `payment` is set once money has moved."""

    session: str
    status: Status
    payment: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class RefundState:
    """The provider's word on a refund; `key` is the one we asked with, empty for a refund that others made."""

    key: str
    id: str
    amount: Money
    status: Returned


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that came, as the provider's ledger has it; `reference` is what it was asked for, empty if not by us."""

    payment: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund as the provider's ledger has it, and the payment of which it is a part."""

    payment: str
    state: RefundState


@dataclass(frozen=True, slots=True)
class DisputeState:
    """The provider's word on a customer's objection at their bank; `amount` is what is disputed, `reason` the bank's code."""

    id: str
    payment: str
    amount: Money
    status: Disputed
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A signed notice from the provider: something happened to `session`, to refunds of `payment`, or to `dispute`.

    `declined` is the reference of what a try to pay for was declined; the session goes on.
    """

    id: str
    kind: str
    session: str
    payment: str = ""
    dispute: str = ""
    declined: str = ""


@runtime_checkable  # the framework checks what it hands to a door
class Payments(Protocol):
    """The provider. Every method may raise PaymentsAway."""

    name: str
    live: bool  # real money moves

    def open_session(self, ask: SessionAsk) -> PaymentSession:
        """Open a session, or hand out the one that the same key opened before. Raises PaymentRefused."""

    def state(self, session: str) -> PaymentState:
        """What has become of the session."""

    def expire(self, session: str) -> PaymentState:
        """Close an open session so that it can no longer be paid; a session already paid or expired stays what it is."""

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        """Give back part or all of a payment, once per key; returns the refund's id. Raises PaymentRefused if over."""

    def refunds(self, payment: str) -> tuple[RefundState, ...]:
        """Every refund there is of a payment: what to ask before asking for one again whose outcome is not known."""

    def charges(self, since: datetime, until: datetime) -> Iterator[Charge]:
        """The ledger: what came of payments begun from `since` until before `until`, page by page, in no order."""

    def given_back(self, since: datetime, until: datetime) -> Iterator[GivenBack]:
        """The ledger: every refund made from `since` until before `until`, page by page, in no order."""

    def dispute(self, dispute: str) -> DisputeState:
        """What has become of a dispute. Raises PaymentRefused when there is none of that id."""

    def restricted(self) -> bool:
        """Whether the provider takes no more payments for this account."""

    def notice(self, body: bytes, signature: str, *, now: datetime) -> PaymentNotice | None:
        """Read a signed notice; None when it is of a kind that does not concern us. Raises BadSignature."""
