"""Giving money back through the provider, carried out from the outbox, once per key."""

from collections.abc import Mapping
from typing import Any

from shop.base.payments import Payments
from shop.ground.money import Money


def give_back(payments: Payments, payload: Mapping[str, Any]) -> None:
    """Refund what the payload names; the key makes a repetition the same refund."""
    payments.refund(payload["payment"], Money(payload["minor"], payload["currency"]), key=payload["key"])
