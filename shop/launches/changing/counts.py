"""A market's counts of its figures: each ends where selling begins again, and what it had come to is kept with that step.

A market that was stopped and mended is another market: what it was before says nothing about what it is since.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.markets.models import Market
from shop.scorecard.epochs import beginnings
from shop.scorecard.reading import reading

DAYS, ORDERS, SAID = "counted_days", "counted_orders", "recommendation"


@dataclass(frozen=True, slots=True)
class EarlierCount:
    """A count that is over, and what it had come to; `said` (GO, HOLD, STOP) is empty where that was not kept.

    `since` and `until` are instants in UTC: when the market began to sell, and when the next count began. `days` are days
    of the market's calendar, and end where it stopped selling.
    """

    since: datetime
    until: datetime
    days: int = 0
    orders: int = 0
    said: str = ""


def count_ended(db: Session, market: Market, target: str, *, now: datetime) -> dict[str, list[Any]]:
    """What the market's count comes to if it goes to `target` now, as its event tells it; empty where no count ends."""
    if target not in SELLING or market.state in SELLING:
        return {}
    read = reading(db, market, now=now)
    if read.since is None:
        return {}
    return {DAYS: [read.days, 0], ORDERS: [read.orders, 0], SAID: [read.recommendation.decision, None]}


def earlier_counts(db: Session, market_id: str) -> list[EarlierCount]:
    """The market's counts that are over, the latest first."""
    events = beginnings(db, [market_id])
    found = []
    for first, next_one in pairwise(events):
        told: dict[str, Any] = json.loads(next_one.details or "{}")
        kept = (told[DAYS][0], told[ORDERS][0], told[SAID][0]) if DAYS in told else ()
        found.append(EarlierCount(first.at, next_one.at, *kept))
    return found[::-1]


def new_count_words(db: Session, market: Market, action: str, tongue: Tongue, *, now: datetime) -> list[str]:
    """What a pause or a resumption means for the count of the market's figures; nothing for other steps."""
    if action not in COUNT_WORDS:
        return []
    read = reading(db, market, now=now)
    if read.since is None:
        return []
    days, orders = tongue.number(read.days), tongue.number(read.orders)
    first = tongue.date(day_in(market, read.since))
    return [tongue.say(each, days=days, orders=orders, first=first) for each in COUNT_WORDS[action]]


COUNT_WORDS = {
    "pause": (
        N_(
            "What was counted since %(first)s stays (days: %(days)s, paid orders: %(orders)s), but resuming begins a new "
            "count."
        ),
        N_("A pause taken back within ten minutes leaves the count as it is."),
    ),
    "resume": (
        N_(
            "A new count of the figures begins. What was counted since %(first)s (days: %(days)s, paid orders: "
            "%(orders)s) stays on the scorecard as an earlier count, and decides nothing any more."
        ),
    ),
}
