"""Signed notices of payment, in the scheme Stripe signs with: `t=<unix>,v1=<HMAC-SHA256 of "t.body">`.

The demo till signs its own the same way, so both are read by one function. It refuses what is unsigned or altered,
and what was stamped more than five minutes before or after now (Stripe's own reader lets any future stamp pass).
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from shop.base.payments import BadSignature, PaymentNotice

TOLERANCE = timedelta(minutes=5)
COMPLETED = "checkout.session.completed"
CONCERNING = frozenset(
    {
        COMPLETED,
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
OF_REFUNDS = frozenset({"refund.updated", "refund.failed"})
DISPUTED = "charge.dispute.created"
OF_DISPUTES = frozenset({DISPUTED, "charge.dispute.updated", "charge.dispute.closed"})
DECLINED = "payment_intent.payment_failed"


def signature_header(body: bytes, secret: str, *, now: datetime) -> str:
    """The header that vouches for `body` as sent at `now`."""
    stamp = str(int(now.timestamp()))
    return f"t={stamp},v1={_digest(stamp, body, secret)}"


def read_notice(body: bytes, header: str, secret: str, *, now: datetime) -> PaymentNotice | None:
    """The notice in `body`, or None when it is of a kind that does not concern us. Raises BadSignature."""
    _verify(body, header, secret, now=now)
    try:
        return _notice(json.loads(body))
    except (ValueError, LookupError, TypeError, RecursionError):
        raise BadSignature("signed, but not a notice") from None


def _notice(event: Any) -> PaymentNotice | None:
    if event["type"] in OF_REFUNDS:  # a refund of a charge without PaymentIntent is none of ours
        payment = str(event["data"]["object"]["payment_intent"] or "")
        return PaymentNotice(str(event["id"]), str(event["type"]), "", payment) if payment else None
    if event["type"] in OF_DISPUTES:
        return PaymentNotice(str(event["id"]), str(event["type"]), "", dispute=str(event["data"]["object"]["id"]))
    if event["type"] == DECLINED:  # one without a reference was asked for by others of the same account
        reference = str((event["data"]["object"]["metadata"] or {}).get("order", ""))
        return PaymentNotice(str(event["id"]), DECLINED, "", declined=reference) if reference else None
    if event["type"] not in CONCERNING:
        return None
    return PaymentNotice(str(event["id"]), str(event["type"]), str(event["data"]["object"]["id"]))


def _verify(body: bytes, header: str, secret: str, *, now: datetime) -> None:
    if not secret:
        raise BadSignature("there is no secret to check against")
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) <= 12):
        raise BadSignature("no readable time stamp")
    expected = _digest(stamps[0], body, secret).encode()
    # Several v1 are right while a secret is being rolled; as bytes, because a str that is not ASCII would raise.
    if not any(hmac.compare_digest(expected, value.encode()) for name, _, value in parts if name == "v1"):
        raise BadSignature("no signature fits the body")
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE.total_seconds():
        raise BadSignature("stamped too long ago or too far ahead")


def _digest(stamp: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
