"""When somebody leaves their post: which requests stay theirs, and which are decided anew without them.

Decides on plain values. What waits for somebody else than us stays; a crisis never waits; anything else stays where
its owner is back before the answer is due.
"""

from datetime import datetime, timedelta

AWAY_GRACE = timedelta(minutes=15)  # who steps away from the desk for a moment keeps what they have
BACK_SOON = timedelta(minutes=30)  # what is opened again waits for its owner so long


def stays(*, waits_for_others: bool, crisis: bool, due: datetime | None, back_at: datetime | None) -> bool:
    """Whether a request stays with an owner who is not there, and who is back at `back_at` (None: not in sight)."""
    if waits_for_others:
        return True
    if crisis or due is None or back_at is None:
        return False
    return back_at <= due


def away_long(*, since: datetime | None, crisis: bool, now: datetime) -> bool:
    """Whether somebody on duty has been away for too long to keep what they have; nobody is away from a crisis."""
    return crisis or since is None or now >= since + AWAY_GRACE
