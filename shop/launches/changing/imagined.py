"""A market as a change would make it: for who is asked to confirm it, and for a dry run. It stands in no session."""

from typing import Any

from shop.launches.changing.table import FOR_EVERYBODY
from shop.markets.models import Market


def as_changed(market: Market, **values: Any) -> Market:
    """The market with other values."""
    return Market(**{**market.model_dump(), **values})


def as_stepped(market: Market, target: str, mode: str = "") -> Market:
    """The market as it would be in the state. An open one is for everybody; in any other it is open to whom it was.

    One that nobody has said that of yet is by invitation in its soft launch, as the form proposes.
    """
    values: dict[str, Any] = {"state": target, "pause_mode": mode}
    if target == "open":
        values |= FOR_EVERYBODY
    elif target == "soft" and not market.audience:
        values["audience"] = "invitation"
    return as_changed(market, **values)
