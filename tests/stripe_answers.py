"""The forms that Stripe reads and the objects that it answers with, for the stand-in.

test_base_stripe_shapes.py holds every one of these objects against the installed library's own annotations.
"""

import secrets
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import stripe

Fields = dict[str, Any]


class Answer(NamedTuple):
    """A status, what is sent as JSON, and whether an idempotency key brought it back."""

    status: int
    fields: Fields
    replayed: bool = False


class Refused(Exception):
    """Stripe's no. One that is `kept` was found while acting, so its key repeats it; a mistake in the form is not."""

    def __init__(self, message: str, *, code: str = "", status: int = 400, kind: str = "", kept: bool = False) -> None:
        super().__init__(message)
        error = {"type": kind or "invalid_request_error", "message": message, **({"code": code} if code else {})}
        self.answer = Answer(status, {"error": error})
        self.kept = kept


def nested(form: str) -> Fields:
    """A form as Stripe reads it: `a[b][0]=c` becomes {"a": {"b": ["c"]}}."""
    tree: Fields = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = value
    return {name: _lists(branch) for name, branch in tree.items()}


def _lists(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    grown = {name: _lists(value) for name, value in branch.items()}
    return list(grown.values()) if all(name.isdigit() for name in grown) else grown


def fresh_id(prefix: str) -> str:
    """An id as Stripe makes them, `cs_test_...`."""
    return f"{prefix}_test_{secrets.token_hex(12)}"


def session_fields(asked: Fields, *, created: int, total: int) -> Fields:
    """A new Checkout Session; what begins with "_" is kept and not shown."""
    echoed = ("cancel_url", "client_reference_id", "customer_email", "locale", "mode", "success_url")
    return {
        **{name: asked.get(name) for name in echoed},
        "id": fresh_id("cs"),
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": asked.get("adaptive_pricing", {}).get("enabled") != "false"},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": created,
        "currency": asked["line_items"][0]["price_data"]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "expires_at": int(asked["expires_at"]),
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
        "_intent_metadata": asked.get("payment_intent_data", {}).get("metadata", {}),
    }


def intent_fields(session: Fields) -> Fields:
    """A PaymentIntent that Checkout makes when the customer first tries to pay."""
    return {
        "id": fresh_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": session["created"],
        "currency": session["currency"],
        "livemode": False,
        "metadata": session["_intent_metadata"],
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def refund_fields(asked: Fields, *, created: int, currency: str) -> Fields:
    """A refund that went through at once."""
    return {
        "id": fresh_id("re"),
        "object": "refund",
        "amount": int(asked["amount"]),
        "created": created,
        "currency": currency,
        "metadata": asked.get("metadata", {}),
        "payment_intent": asked["payment_intent"],
        "reason": None,
        "status": "succeeded",
    }


def dispute_fields(payment: Fields, *, created: int, reason: str) -> Fields:
    """A dispute of a whole payment, as it stands before anybody has answered it."""
    nothing = dict.fromkeys(stripe.Dispute.Evidence.__annotations__)
    eligible: Fields = {"enhanced_eligibility": {}, "due_by": None, "has_evidence": False, "past_due": False}
    return {
        "id": fresh_id("du"),
        "object": "dispute",
        "amount": payment["amount_received"],
        "balance_transactions": [],
        "charge": fresh_id("ch"),
        "created": created,
        "currency": payment["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**nothing, "enhanced_evidence": {}},
        "evidence_details": {**eligible, "submission_count": 0, "submission_method": "not_submitted"},
        "intended_submission_method": None,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": None,
        "payment_intent": payment["id"],
        "payment_method_details": None,
        "reason": reason,
        "status": "needs_response",
    }


def list_fields(url: str, data: list[Fields], *, asked: Fields | None = None) -> Fields:
    """A list, the newest first: of what was created in the span asked for, after the last of the page before, a page."""
    asked = asked or {}
    span = {name: int(value) for name, value in asked.get("created", {}).items()}
    found = [
        each
        for each in reversed(data)
        if span.get("gte", 0) <= each["created"] and ("lt" not in span or each["created"] < span["lt"])
    ]
    if after := asked.get("starting_after"):
        found = found[1 + next(place for place, each in enumerate(found) if each["id"] == after) :]
    most = int(asked.get("limit", 10))
    return {"object": "list", "data": found[:most], "has_more": len(found) > most, "url": url}


def event_fields(kind: str, about: Fields, *, created: int) -> Fields:
    """An event of the kind about that object."""
    return {
        "id": fresh_id("evt"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": created,
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
