"""The clocks of a bad day: by when an authority must know, who is awake where, and when the next word to all is due.

Pure. A period of the law runs from the moment anybody here learned of it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.aftersales.recalls.clock import EU, Clock
from shop.base.i18n import N_
from shop.ground.instants import local
from shop.ground.quiet_hours import send_at
from shop.markets.models import Market
from shop.support.crisis.models import CrisisCard

AT_ONCE = N_("without delay; here that is %(period)s")
ELSEWHERE = "*"
POST_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when one market's authority must know, and the rule it rests on; `at_once`: the law names no number."""

    market: Market
    clock: Clock
    due: datetime
    at_once: bool


def deadlines(card: CrisisCard, markets: Iterable[Market], learned: datetime) -> list[Deadline]:
    """The deadlines that a card knows for these markets, the first to end first; of several for one the shorter wins."""
    found = []
    for market in markets:
        theirs = [_deadline(rule, market, learned) for rule in _rules(card, market.country)]
        if theirs:
            found.append(min(theirs, key=lambda each: each.due))
    return sorted(found, key=lambda each: (each.due, each.market.position))


def is_awake(market: Market, now: datetime) -> bool:
    """Whether the market's customers are awake, by their clock."""
    today = local(now, market.zone).date()
    spans = (market.waking.on(day, market.zone) for day in (today - timedelta(days=1), today))
    return any(span.start <= now < span.end for span in spans)


def next_post(market: Market | None, posted: Sequence[datetime], first_due: datetime) -> datetime:
    """When the next factual text is due: the first by the card, then one a day, in that market's waking hours."""
    if not posted:
        return first_due
    due = max(posted) + POST_EVERY
    if market is None:
        return due
    return send_at(due, market.zone, window=market.waking)


def _rules(card: CrisisCard, country: str) -> list[dict[str, object]]:
    rules: list[dict[str, object]] = json.loads(card.legal_clocks)
    own = [each for each in rules if each["where"] == country or (each["where"] == "EU" and country in EU)]
    return own or [each for each in rules if each["where"] == ELSEWHERE]


def _deadline(rule: dict[str, object], market: Market, learned: datetime) -> Deadline:
    clock = Clock(int(str(rule["number"])), str(rule["unit"]), str(rule["source"]))
    return Deadline(market, clock, clock.due(market, now=learned), bool(rule.get("at_once")))
