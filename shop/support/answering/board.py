"""Deciding on what is stored, for as many requests as come at one instant: everybody is looked up once."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from shop.ground.duty import HoursRunOut, Interval
from shop.markets.models import Market
from shop.support.answering import routing
from shop.support.answering.deciding import Pool, decide
from shop.support.answering.people import first_free, hours_of, skilled, speakers
from shop.support.answering.routing import HORIZON, Ask, Reason, Routed, Tier, language_rank, promised_at
from shop.support.answering.team import Asked, Outlook
from shop.support.crisis.rotations import answered_within

# Nobody is given anything so shortly before they leave, unless nobody else is there.
MIN_REMAINING = timedelta(minutes=10)
DAILY = timedelta(days=1)
SPANS = (timedelta(days=3), HORIZON + DAILY)  # how far ahead hours are read: most promises end within the first


class Board:
    """Who may take what at `now`. `many` reads everybody of a language at once, which pays from a few requests on.

    What it has read stays; `forget` reads anew.
    """

    def __init__(self, db: Session, *, now: datetime, many: bool = False) -> None:
        self.now = now
        self.db = db  # of the transaction that runs: one board may serve several, one after the other
        self._many = many
        self.forget()

    def forget(self) -> None:
        """Look everybody up anew."""
        self._people: dict[tuple[str, str], list[routing.Agent]] = {}
        self._pools: dict[tuple[str, Tier, frozenset[str]], Pool] = {}
        self._ends: dict[tuple[str, Tier, datetime], datetime | None] = {}
        self._loads: dict[str, float] = {}
        self._crisis: dict[str, timedelta] = {}

    def outlook(self, asked: Asked) -> Outlook:
        """Who would take it now, or when somebody is there. Looking changes nothing."""
        routed = self._routed(asked)
        tier = asked.tiers[routed.tier] if routed.tier is not None else None
        span: tuple[datetime | None, datetime | None] = (None, None)
        if tier is not None and asked.crisis:
            span = self._crisis_span(asked.market)
        elif tier is not None:
            span = self._span(asked.market, tier, routed.on_duty_at or self.now)
        look_at = routed.on_duty_until if routed.assign_to else self._next_to_come(asked)
        return Outlook(routed, tier, *span, look_at=look_at or self.now + DAILY)

    def with_owner(self, asked: Asked, agent: str, start: datetime, until: datetime | None) -> Outlook | None:
        """The outlook when the request stays with an agent who is there from `start` on; None if they may not have it."""
        for index, tier in enumerate(asked.tiers):
            found = [each for each in self._speakers(asked.market.id, tier.language) if each.id == agent]
            if found and language_rank(found[0], tier, accept_variants=True) is not None:
                routed = Routed("assigned", (Reason("previous_agent", index, (agent,)),), tier=index, assign_to=agent)
                span = self._crisis_span(asked.market) if asked.crisis else self._span(asked.market, tier, start)
                return Outlook(routed, tier, *span, look_at=until or start)
        return None

    def change(self, agent: str, more: int) -> None:
        """This agent has got so many more requests, or fewer."""
        if agent in self._loads:
            self._loads[agent] += more
            for pool in self._pools.values():
                pool.change(agent, self._loads[agent])

    def _crisis_span(self, market: Market) -> tuple[datetime, datetime]:
        if market.id not in self._crisis:
            self._crisis[market.id] = answered_within(self.db, market.id)
        return self.now, self.now + self._crisis[market.id]

    def _routed(self, asked: Asked) -> Routed:
        ask = Ask(asked.language, asked.skills, asked.previous, asked.without, asked.crisis)
        if not self._many and not asked.crisis:
            if first := self._from_the_first(asked, ask):
                return first
            anybody = replace(ask, skills=frozenset())
            if ask.skills and not skilled(self.db, ask.skills) and (first := self._from_the_first(asked, anybody)):
                return _without_skill(first, ask)
        routed = decide(ask, asked.tiers, partial(self._pool, asked.market.id, ask.skills), self.now)
        if routed.state != "unroutable" or not ask.skills:
            return routed
        # A skill that nobody here has keeps no customer without an answer; that it was not asked for is said.
        anyway = decide(ask, asked.tiers, partial(self._pool, asked.market.id, frozenset()), self.now)
        return _without_skill(anyway, ask)

    def _from_the_first(self, asked: Asked, ask: Ask) -> Routed | None:
        """The same decision where the first tier has somebody: then only those who stand first in it are read."""
        tier = asked.tiers[0]
        people = first_free(self.db, asked.market.id, tier, previous=asked.previous, now=self.now)
        pool = Pool(tier, people, self.now, skills=ask.skills, accept_variants=True, min_remaining=MIN_REMAINING)
        if not pool.candidates(ask, late=False, at_most=1):
            return None
        running = [each.duty[0] for each in people]
        with suppress(HoursRunOut):
            end = promised_at(self.now, asked.market.first_answer_minutes, running)
            self._ends[asked.market.id, tier, self.now] = end
        return decide(ask, asked.tiers[:1], lambda _tier: pool, self.now)

    def _next_to_come(self, asked: Asked) -> datetime | None:
        pools = (self._pool(asked.market.id, frozenset(), tier) for tier in asked.tiers)
        return min((pool.coming_at for pool in pools if pool.coming_at), default=None)

    def _pool(self, market: str, skills: frozenset[str], tier: Tier) -> Pool:
        key = market, tier, skills
        if key not in self._pools:
            self._pools[key] = Pool(
                tier,
                self._speakers(market, tier.language),
                self.now,
                skills=skills,
                accept_variants=True,
                min_remaining=MIN_REMAINING,
            )
        return self._pools[key]

    def _speakers(self, market: str, language: str) -> list[routing.Agent]:
        key = market, language
        if key not in self._people:
            self._people[key] = speakers(self.db, market, language, now=self.now)
            self._loads |= {each.id: each.load for each in self._people[key]}
        return self._people[key]

    def _span(self, market: Market, tier: Tier, start: datetime) -> tuple[datetime | None, datetime | None]:
        """From when until when an answer is promised: the pool's business time, whoever of them has it in the end."""
        key = market.id, tier, start
        if key not in self._ends:
            self._ends[key] = self._end(market, tier, start)
        end = self._ends[key]
        return (start, end) if end is not None else (None, None)

    def _end(self, market: Market, tier: Tier, start: datetime) -> datetime | None:
        pool = [
            each
            for each in self._speakers(market.id, tier.language)
            if language_rank(each, tier, accept_variants=True) is not None
        ]
        running = [each.duty[0] for each in pool if each.duty and each.duty[0].start <= start == self.now]
        try:
            return promised_at(start, market.first_answer_minutes, running)
        except HoursRunOut:
            return self._end_in_hours(market, [each.id for each in pool], start)

    def _end_in_hours(self, market: Market, agents: list[str], start: datetime) -> datetime | None:
        for ahead in SPANS:
            hours = hours_of(self.db, agents, Interval(start, start + ahead))
            try:
                return promised_at(start, market.first_answer_minutes, hours)
            except HoursRunOut:
                continue
        return None


def _without_skill(routed: Routed, ask: Ask) -> Routed:
    return replace(routed, reasons=(Reason("without_skill", None, tuple(sorted(ask.skills))), *routed.reasons))
