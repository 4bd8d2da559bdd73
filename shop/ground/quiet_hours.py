"""Quiet hours: when a notice may be sent so that nobody is woken by it. What is about safety is sent at once. Pure."""

from datetime import datetime, timedelta

from shop.ground.duty import Hours
from shop.ground.instants import local

DAYTIME = Hours(9 * 60, 20 * 60)  # of the reader's own clock


def send_at(now: datetime, zone: str, *, safety: bool = False, window: Hours = DAYTIME) -> datetime:
    """The first instant, `now` or later, at which the notice may reach somebody in `zone`.

    A window whose end is not after its start reaches into the next day; one that the clock skips is that of the day after.
    """
    if safety:
        return now
    today = local(now, zone).date()
    spans = (window.on(today + timedelta(days=number), zone) for number in range(-2, 5))
    return next(max(now, span.start) for span in spans if max(now, span.start) < span.end)


def is_quiet(now: datetime, zone: str, *, window: Hours = DAYTIME) -> bool:
    """Whether an ordinary notice has to wait."""
    return send_at(now, zone, window=window) > now
