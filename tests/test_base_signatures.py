"""Signed notices: only what the provider signed, just now, is believed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from shop.base.payments import BadSignature, PaymentNotice
from shop.base.signatures import CONCERNING, read_notice, signature_header

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "whsec_test"
COMPLETED: dict[str, Any] = {
    "id": "evt_1",
    "type": "checkout.session.completed",
    "data": {"object": {"id": "cs_1", "customer_email": "雪@example.jp"}},
}
BODY = json.dumps(COMPLETED, ensure_ascii=False).encode()
GOOD = signature_header(BODY, SECRET, now=NOW)
STAMP, _, DIGEST = GOOD.partition(",")


def read(body: bytes, header: str, *, now: datetime = NOW, secret: str = SECRET) -> PaymentNotice | None:
    return read_notice(body, header, secret, now=now)


def signed(body: bytes) -> PaymentNotice | None:
    return read(body, signature_header(body, SECRET, now=NOW))


def test_a_header_is_the_one_stripe_would_send() -> None:
    theirs = stripe.WebhookSignature.generate_signature_header(BODY.decode(), SECRET, int(NOW.timestamp()))
    assert theirs == GOOD


@pytest.mark.parametrize("kind", sorted(CONCERNING))
def test_the_four_kinds_that_concern_us_are_read(kind: str) -> None:
    assert signed(json.dumps({**COMPLETED, "type": kind}).encode()) == PaymentNotice("evt_1", kind, "cs_1")


def test_other_kinds_are_no_notice() -> None:
    assert signed(b'{"id": "evt_2", "type": "payout.paid", "data": {"object": {}}}') is None


@pytest.mark.parametrize("seconds", [-300, -1, 0, 299, 300])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    assert read(BODY, GOOD, now=NOW + timedelta(seconds=seconds)) is not None


@pytest.mark.parametrize("seconds", [-86_400, -301, 301, 86_400])
def test_an_old_or_future_stamp_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature, match="too long ago or too far ahead"):
        read(BODY, GOOD, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "t=,v1=",
        "署名",
        "t=\u0662,v1=0",
        f"t={'9' * 400},{DIGEST}",
        f"t=-1,{DIGEST}",
        f"t=1e9,{DIGEST}",
        STAMP,
        DIGEST,
        f"{STAMP},v0={DIGEST.removeprefix('v1=')}",
        f"{STAMP},v1=署",
        f"{STAMP},{DIGEST[:-1]}",
        f"{STAMP},{STAMP},{DIGEST}",
        f"t={int(NOW.timestamp()) + 1},{DIGEST}",
    ],
)
def test_a_header_that_does_not_vouch_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        read(BODY, header)


def test_an_altered_body_is_refused() -> None:
    for altered in (BODY.replace(b"cs_1", b"cs_2"), BODY + b" ", b""):
        with pytest.raises(BadSignature, match="no signature fits"):
            read(altered, GOOD)


def test_another_secret_or_none_is_refused() -> None:
    for secret in ("whsec_other", ""):
        with pytest.raises(BadSignature):
            read(BODY, signature_header(BODY, "", now=NOW), secret=secret)


def test_while_a_secret_is_rolled_one_of_two_signatures_is_enough() -> None:
    assert read(BODY, f"{STAMP},v1={'0' * 64},{DIGEST}") is not None


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\xfa", b"", b"{", b"[]", b"null", b'"text"', b"{}", b'{"type": "checkout.session.completed"}']
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature, match="not a notice"):
        signed(body)


def test_a_signed_body_nested_without_end_is_refused() -> None:
    with pytest.raises(BadSignature, match="not a notice"):
        signed(b"[" * 200_000)
