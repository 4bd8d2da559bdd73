"""A kind of policy that is ended at the console, for orders to come."""

from datetime import date
from typing import Any

from tests.world import Browser

RETURNS = "/console/policies/nz/returns/end"
DAY = "2026-12-01"
HOLDS = date(2026, 11, 30)  # the day before
ENDED = date(2026, 12, 1)


def ended(browser: Browser, day: str = DAY, **said: str) -> Any:
    """End the voluntary returns of New Zealand."""
    return browser.post(RETURNS, {"day": day, "reason": "Too few use it", **said})
