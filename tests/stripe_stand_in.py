"""A stand-in that plays Stripe's API on loopback, so that the real library is what the tests talk through.

It keeps Checkout Sessions, PaymentIntents and refunds in memory, honours idempotency keys as Stripe does, refuses
what Stripe refuses, and can be away, slow, or lose its answer after it has acted. Its clock is given.
"""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import stripe

from tests.stripe_answers import (
    Answer,
    Fields,
    Refused,
    dispute_fields,
    event_fields,
    intent_fields,
    list_fields,
    nested,
    refund_fields,
    session_fields,
)

WHOLE = {"isk": 100, "ugx": 100, **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10)}  # amounts end in 00, in 0


@dataclass
class StripeStandIn:
    """Stripe for one test: `with StripeStandIn(clock) as stripe: ... stripe.address`."""

    clock: Callable[[], datetime]
    key: str = "sk_test_stand_in_7f3a"
    webhook_secret: str = "whsec_stand_in"
    away: bool = False  # answers 503 to everything
    drop: bool = False  # acts, and hangs up without an answer; once
    slow: bool = False  # does not answer until released or closed
    charges_enabled: bool = True  # of the account
    asked: list[tuple[str, str, Fields]] = field(default_factory=list)
    answered: list[Fields] = field(default_factory=list)
    sessions: dict[str, Fields] = field(default_factory=dict)
    intents: dict[str, Fields] = field(default_factory=dict)
    refunds: dict[str, Fields] = field(default_factory=dict)
    disputes: dict[str, Fields] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.released = threading.Event()
        self._one_at_a_time = threading.RLock()
        self._keys: dict[str, tuple[str, str, Answer]] = {}
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def address(self) -> str:
        """What SOFTLAUNCH_STRIPE_API_BASE must be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What the customer, or time, does on Stripe's side.

    def complete(self, session: str, *, delayed: bool = False) -> None:
        """The customer pays; `delayed` by a method that is settled later, by `settle` or `fail`."""
        kept = self._open(session)
        intent = self._intent_of(kept)
        kept |= {"status": "complete", "url": None}
        intent["status"] = "processing"
        if not delayed:
            self.settle(session)

    def settle(self, session: str) -> None:
        """The money arrives."""
        kept = self.sessions[session]
        intent = self._intent_of(kept)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        kept["payment_status"] = "paid"

    def fail(self, session: str) -> None:
        """The delayed method fails; the session stays complete and unpaid."""
        self._intent_of(self.sessions[session])["status"] = "requires_payment_method"

    def decline(self, session: str) -> None:
        """The customer's card is declined; the session stays open for another try."""
        self._intent_of(self._open(session))["status"] = "requires_payment_method"

    def expire(self, session: str) -> None:
        """The session's time is up, or we closed it."""
        self._open(session).update(status="expired", url=None)

    def signed_event(self, kind: str, session: str) -> tuple[bytes, str]:
        """An event about the session as Stripe posts it: the bytes and the Stripe-Signature."""
        return self._signed(kind, self._shown(self.sessions[session], {}))

    def declined(self, session: str) -> tuple[bytes, str]:
        """The customer's card is declined; the event that tells it, signed."""
        self.decline(session)
        return self._signed("payment_intent.payment_failed", self._intent_of(self.sessions[session]))

    def dispute(self, session: str, status: str = "needs_response") -> tuple[bytes, str]:
        """The customer objects at their bank, or the dispute moves on to a status; the event that tells it, signed."""
        intent = self._intent_of(self.sessions[session])
        known = next((each for each in self.disputes.values() if each["payment_intent"] == intent["id"]), None)
        kept = known or dispute_fields(intent, created=int(self.clock().timestamp()), reason="product_not_received")
        self.disputes[kept["id"]] = kept
        kept["status"] = status
        ended = "closed" if status in ("won", "lost", "warning_closed") else "updated"
        return self._signed(f"charge.dispute.{ended if known else 'created'}", kept)

    def _signed(self, kind: str, about: Fields) -> tuple[bytes, str]:
        stamp = int(self.clock().timestamp())
        body = json.dumps(event_fields(kind, about, created=stamp))
        sign = stripe.WebhookSignature.generate_signature_header
        return body.encode(), sign(body, self.webhook_secret, stamp)

    def refund_by_hand(self, session: str, amount: int) -> tuple[bytes, str]:
        """Somebody gives a part of the money back at Stripe itself; the event that tells it, signed."""
        made = self._create_refund({"payment_intent": self._intent_of(self.sessions[session])["id"], "amount": amount})
        return self.refund_event("refund.updated", made["id"])

    def refund_event(self, kind: str, refund: str) -> tuple[bytes, str]:
        """An event about a refund as Stripe posts it."""
        return self._signed(kind, self.refunds[refund])

    def lose(self, refund: str) -> tuple[bytes, str]:
        """The customer's bank sends the money back: the refund has failed. The event that tells it, signed."""
        self.refunds[refund] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        return self._signed("refund.failed", self.refunds[refund])

    # What the API does.

    def answer(self, method: str, path: str, form: str, headers: Fields) -> Answer | None:
        """Act on one request; None means that the line is cut after acting."""
        if self.slow:
            self.released.wait(10)
        with self._one_at_a_time:
            self.asked.append((method, path, nested(form)))
            if self.away:
                return Answer(503, {"error": {"type": "api_error", "message": "Stripe is away."}})
            answer = self._once(method, path, form, headers)
            self.answered.append(answer.fields)
            if self.drop:
                self.drop = False
                return None
            return answer

    def _once(self, method: str, path: str, form: str, headers: Fields) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            return Refused(f"Invalid API Key provided: {headers.get('Authorization')}", status=401).answer
        key = headers.get("Idempotency-Key") if method == "POST" else None
        if key in self._keys:
            path_then, form_then, answer_then = self._keys[key]
            if (path_then, form_then) == (path, form):
                return answer_then._replace(replayed=True)
            return Refused("Keys for idempotent requests can only be used once.", kind="idempotency_error").answer
        try:
            answer, kept = Answer(200, deepcopy(self._act(method, path, nested(form)))), True
        except Refused as refusal:
            answer, kept = refusal.answer, refusal.kept
        if key and kept:
            self._keys[key] = path, form, answer
        return answer

    def _act(self, method: str, path: str, asked: Fields) -> Fields:
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["checkout", "sessions"]:
                return self._create_session(asked)
            case "GET", ["checkout", "sessions", session]:
                return self._shown(self._session(session), asked)
            case "POST", ["checkout", "sessions", session, "expire"]:
                self._session(session)
                self.expire(session)
                return self._shown(self.sessions[session], asked)
            case "GET", ["payment_intents", intent]:
                return self._intent(intent)
            case "GET", ["account"]:
                return {"id": "acct_stand_in", "object": "account", "charges_enabled": self.charges_enabled}
            case "GET", ["disputes", dispute]:
                if dispute not in self.disputes:
                    raise Refused(f"No such dispute: '{dispute}'", code="resource_missing", status=404)
                return self.disputes[dispute]
            case "POST", ["refunds"]:
                return self._create_refund(asked)
            case "GET", ["refunds"]:
                of = asked.get("payment_intent")
                found = [each for each in self.refunds.values() if of in (None, each["payment_intent"])]
                return list_fields("/v1/refunds", found, asked=asked)
            case "GET", ["payment_intents"]:
                return list_fields("/v1/payment_intents", list(self.intents.values()), asked=asked)
        raise Refused(f"Unrecognized request URL ({method}: {path}).", status=404)

    def _create_session(self, asked: Fields) -> Fields:
        if "payment_method_types" in asked:
            raise Refused("No longer supported.", code="payment_method_types_no_longer_supported")
        now, expires = self.clock(), int(asked["expires_at"])
        if not now + timedelta(minutes=30) <= datetime.fromtimestamp(expires, now.tzinfo) <= now + timedelta(hours=24):
            raise Refused("The `expires_at` timestamp must be 30 minutes to 24 hours after Checkout Session creation.")
        prices = [line["price_data"] for line in asked["line_items"]]
        if any(int(price["unit_amount"]) % WHOLE.get(price["currency"], 1) for price in prices):
            raise Refused("Invalid amount for this currency.")
        total = sum(int(line["quantity"]) * int(line["price_data"]["unit_amount"]) for line in asked["line_items"])
        session = session_fields(asked, created=int(now.timestamp()), total=total)
        session["url"] = f"{self.address}/pay/{session['id']}"
        self.sessions[session["id"]] = session
        return self._shown(session, asked)

    def _session(self, session: str) -> Fields:
        if session not in self.sessions:
            raise Refused(f"No such checkout.session: {session}", code="resource_missing", status=404)
        kept = self.sessions[session]
        if kept["status"] == "open" and self.clock().timestamp() >= kept["expires_at"]:
            kept |= {"status": "expired", "url": None}
        return kept

    def _open(self, session: str) -> Fields:
        kept = self._session(session)
        if kept["status"] != "open":
            raise Refused(f"Only open Checkout Sessions can be expired; this one is {kept['status']}.", kept=True)
        return kept

    def _shown(self, session: Fields, asked: Fields) -> Fields:
        shown = {name: value for name, value in session.items() if not name.startswith("_")}
        if "payment_intent" in asked.get("expand", []) and session["payment_intent"]:
            shown["payment_intent"] = self.intents[session["payment_intent"]]
        return shown

    def _intent_of(self, session: Fields) -> Fields:
        if session["payment_intent"] is None:
            intent = intent_fields(session)
            self.intents[intent["id"]] = intent
            session["payment_intent"] = intent["id"]
        return self.intents[session["payment_intent"]]

    def _intent(self, intent: str) -> Fields:
        if intent not in self.intents:
            raise Refused(f"No such payment_intent: '{intent}'", code="resource_missing", status=404)
        return self.intents[intent]

    def _create_refund(self, asked: Fields) -> Fields:
        intent, amount = self._intent(asked["payment_intent"]), int(asked["amount"])
        if amount < 1 or amount % WHOLE.get(intent["currency"], 1):
            raise Refused("Invalid positive integer")
        kept = [refund for refund in self.refunds.values() if refund["status"] != "failed"]
        given = sum(refund["amount"] for refund in kept if refund["payment_intent"] == intent["id"])
        if given + amount > intent["amount_received"]:
            raise Refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge", kept=True)
        refund = refund_fields(asked, created=int(self.clock().timestamp()), currency=intent["currency"])
        self.refunds[refund["id"]] = refund
        return refund


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing the server waits for those who still answer
    request_queue_size = 128


def _handler(stand_in: StripeStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond("")

        def do_POST(self) -> None:
            self._respond(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _respond(self, form: str) -> None:
            parts = urlsplit(self.path)
            answer = stand_in.answer(str(self.command), parts.path, form or parts.query, dict(self.headers))
            if answer is None:
                return
            body = json.dumps(answer.fields).encode()
            with suppress(ConnectionError):  # whom we kept waiting may have left
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if answer.replayed:
                    self.send_header("Idempotent-Replayed", "true")
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the tests look at `asked`."""

    return Handler
