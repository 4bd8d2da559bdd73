"""Routing: who takes a request now, or when the first person who may take it is there.

Tiers of language are tried in the market's order. Somebody free takes it; otherwise the next tier
opens only where waiting for the better speaker would take too long. The people of a tier are put in
order once, so that a decision among ten thousand looks at two of them.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from math import inf
from operator import itemgetter

from shop.ground.duty import covering, next_start
from shop.support.answering.routing import (
    HORIZON,
    Agent,
    Ask,
    Choice,
    Reason,
    Routed,
    Tier,
    language_rank,
    obstacle,
)

# How free agents are compared, field by field; an agent never seen idle sorts last.
COMPARED: tuple[Choice, ...] = ("closest_variant", "least_loaded", "longest_idle", "first_by_id")
NEVER_IDLE = datetime.max.replace(tzinfo=UTC)
FEW = 3  # of those who are full or waited for, whom a decision on prepared pools names

_Place = tuple[int, float, datetime, str]


class Pool:
    """Those who may answer in one tier, as they stand at `now`, in the order in which they are chosen.

    Stays true while nobody's duty or presence changes; `change` tells it of a load. `leaving` are those who are there
    for less than `min_remaining`: they are chosen only where nobody else is.
    """

    def __init__(
        self,
        tier: Tier,
        agents: Iterable[Agent],
        now: datetime,
        *,
        skills: frozenset[str] = frozenset(),
        accept_variants: bool = False,
        min_remaining: timedelta = timedelta(0),
    ) -> None:
        self.tier = tier
        self.free: list[_Place] = []
        self.leaving: list[_Place] = []
        self.full: list[_Place] = []
        self.until: dict[str, datetime] = {}
        self._busy: list[float] = []  # the loads of all who are there, for their median
        self._there: dict[str, tuple[Agent, _Place]] = {}
        self._late: set[str] = set()
        coming = []
        ask = Ask(tier.language, skills)
        for agent in agents:
            why = obstacle(agent, tier, ask, now=now, accept_variants=accept_variants)
            if why in ("language", "skill"):
                continue
            if start := next_start(agent.duty, now):
                coming.append((start, agent.id))
            on_duty = covering(agent.duty, now)
            if on_duty and agent.available:
                self.until[agent.id] = on_duty.end
                rank = language_rank(agent, tier, accept_variants=accept_variants) or 0
                if on_duty.end - now < min_remaining:
                    self._late.add(agent.id)
                self._enter(agent, rank)
        first = min(coming, default=(None, ""))[0]
        self.coming_at = first if first and first < now + HORIZON else None
        self.coming = tuple(sorted(agent for start, agent in coming if start == first)) if self.coming_at else ()

    def change(self, agent: str, load: float) -> None:
        """This agent's load is another now."""
        if agent not in self._there:
            return
        known, place = self._there[agent]
        for places in (self.free, self.leaving, self.full):
            if _holds(places, place):
                del places[bisect_left(places, place)]
        del self._busy[bisect_left(self._busy, place[1])]
        self._enter(replace(known, load=load), place[0])

    def candidates(self, ask: Ask, *, late: bool, at_most: int | None = None) -> list[_Place]:
        """Who may take it now, the best first; with `late` also those who leave soon."""
        places = merge(self.free, self.leaving if late else (), self.full if ask.at_once else ())
        found = list(islice((place for place in places if place[-1] not in ask.without), at_most))
        before = self._previous(ask, late=late)
        if before is None or not found or before[0] != found[0][0]:
            return found
        return [before, *(place for place in found if place != before)][:at_most]

    def _enter(self, agent: Agent, rank: int) -> None:
        busy = agent.load / agent.capacity if agent.capacity else inf
        place = (rank, busy, agent.idle_since or NEVER_IDLE, agent.id)
        self._there[agent.id] = agent, place
        insort(
            self.full if agent.load >= agent.capacity else self.leaving if agent.id in self._late else self.free, place
        )
        insort(self._busy, busy)

    def _previous(self, ask: Ask, *, late: bool) -> _Place | None:
        known = self._there.get(ask.previous)
        if known is None or ask.previous in ask.without or known[1][1] > self._busy[(len(self._busy) - 1) // 2]:
            return None
        agent, place = known
        if agent.load >= agent.capacity and not ask.at_once:
            return None
        return place if late or ask.previous not in self._late else None


def route(
    ask: Ask,
    tiers: Sequence[Tier],
    agents: Collection[Agent],
    now: datetime,
    *,
    accept_variants: bool = False,
) -> Routed:
    """Decide who takes the request at `now`, looking HORIZON ahead.

    To move a request away from somebody, leave them out of `agents`.
    """

    def pool_of(tier: Tier) -> Pool:
        return Pool(tier, agents, now, skills=ask.skills, accept_variants=accept_variants)

    return decide(ask, tiers, pool_of, now, everybody=True)


def decide(
    ask: Ask, tiers: Sequence[Tier], pool_of: Callable[[Tier], Pool], now: datetime, *, everybody: bool = False
) -> Routed:
    """Decide on pools made for `now`; only those of open tiers are asked for.

    `everybody` names all on whom the decision rests, else the first few.
    """
    routed, leaving = _decide(ask, tiers, pool_of, now, late=False, everybody=everybody)
    if routed.state != "assigned" and leaving:
        last, _leaving = _decide(ask, tiers, pool_of, now, late=True, everybody=everybody)
        return last if last.state == "assigned" else routed
    return routed


def _decide(
    ask: Ask, tiers: Sequence[Tier], pool_of: Callable[[Tier], Pool], now: datetime, *, late: bool, everybody: bool
) -> tuple[Routed, bool]:
    """The decision, and whether somebody was passed over because they leave soon."""
    reasons: list[Reason] = []
    leaving = False
    for index, tier in enumerate(tiers):
        closed = _closed(index, tier, reasons)
        if closed:
            reasons.append(closed)
            continue
        pool = pool_of(tier)
        leaving = leaving or bool(pool.leaving)
        free = pool.candidates(ask, late=late, at_most=None if everybody else 2)
        if free:
            return _assigned(index, free, reasons, until=pool.until[free[0][-1]], now=now), leaving
        reasons.append(_verdict(index, pool, ask, at_most=None if everybody else FEW, now=now))
    return _waiting(reasons, now), leaving


def _holds(places: Sequence[_Place], place: _Place) -> bool:
    position = bisect_left(places, place)
    return position < len(places) and places[position] == place


def _closed(index: int, tier: Tier, reasons: Iterable[Reason]) -> Reason | None:
    waits = [reason.wait for reason in reasons if reason.code == "waits" and reason.wait]
    if index and waits and min(waits) <= tier.if_wait_exceeds:
        return Reason("closed", index, wait=min(waits), limit=tier.if_wait_exceeds)
    return None


def _verdict(index: int, pool: Pool, ask: Ask, *, at_most: int | None, now: datetime) -> Reason:
    full = islice((place[-1] for place in pool.full if place[-1] not in ask.without), at_most)
    if names := tuple(sorted(full)):
        return Reason("full", index, names)
    # Whoever is on duty but away is not waited for: only their next duty counts.
    if pool.coming_at is None:
        return Reason("nobody", index)
    return Reason("waits", index, pool.coming[:at_most], pool.coming_at - now)


def _assigned(
    index: int, free: Sequence[_Place], reasons: Iterable[Reason], *, until: datetime, now: datetime
) -> Routed:
    order = tuple(place[-1] for place in free)
    return Routed(
        "assigned",
        (*reasons, Reason(_choice(free), index, order[:2])),
        tier=index,
        assign_to=order[0],
        order=order,
        eligible_now=tuple(sorted(order)),
        on_duty_until=until if until < now + HORIZON else None,
    )


def _choice(places: Sequence[_Place]) -> Choice:
    if len(places) == 1:
        return "only_one_free"
    if places[1] < places[0]:
        return "previous_agent"
    pairs = zip(COMPARED, *places[:2], strict=True)
    return next((code for code, first, second in pairs if first != second), "first_by_id")


def _waiting(reasons: Sequence[Reason], now: datetime) -> Routed:
    full = [reason for reason in reasons if reason.code == "full"]
    if full:
        everybody = {agent for reason in full for agent in reason.agents}
        return Routed(
            "queued_at_capacity",
            tuple(reasons),
            tier=full[0].tier,
            on_duty_full=tuple(sorted(everybody)),
        )
    waits = [(reason.wait, reason) for reason in reasons if reason.wait and reason.code == "waits"]
    if not waits:
        return Routed("unroutable", tuple(reasons))
    wait, soonest = min(waits, key=itemgetter(0))
    return Routed(
        "queued",
        tuple(reasons),
        tier=soonest.tier,
        on_duty_at=now + wait,
        promise_agents=soonest.agents,
    )
