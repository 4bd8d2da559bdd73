"""A market as a change would make it: for who is asked to confirm it, and for a dry run. It stands in no session."""

from typing import Any

from shop.launches.changing.table import FOR_EVERYBODY
from shop.markets.models import Market


def as_changed(market: Market, **values: Any) -> Market:
    """The market with other values."""
    return Market(**{**market.model_dump(), **values})


def as_stepped(market: Market, target: str, mode: str = "") -> Market:
    """The market as it would be in the state: an open one is for everybody, a soft one for those it is open to."""
    values: dict[str, Any] = {"state": target, "pause_mode": mode}
    if target == "open":
        values |= FOR_EVERYBODY
    elif target == "soft" and not market.audience:
        values["audience"] = "invitation"
    return as_changed(market, **values)
