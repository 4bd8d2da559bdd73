"""Routing: who takes a request now, or when the first person who may take it is there.

Tiers of language are tried in the market's order. Somebody free takes it; otherwise the next tier
opens only where waiting for the better speaker would take too long. Decides on plain values and
refuses to look anything up: duty, presence and load are what the caller says they are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from operator import itemgetter
from typing import Literal

from shop.ground.duty import Interval, business_due, covering, covers, next_start
from shop.support.languages import variant_rank

HORIZON = timedelta(days=35)
DEFAULT_CAPACITY = 5

State = Literal["assigned", "queued", "queued_at_capacity", "unroutable"]
Obstacle = Literal["language", "skill", "off_duty", "away", "full"]
Verdict = Literal["full", "waits", "nobody", "closed"]
Choice = Literal["only_one_free", "closest_variant", "least_loaded", "longest_idle", "first_by_id"]

# How free agents are compared, field by field; an agent never seen idle sorts last.
COMPARED: tuple[Choice, ...] = ("closest_variant", "least_loaded", "longest_idle", "first_by_id")
NEVER_IDLE = datetime.max.replace(tzinfo=UTC)
_Place = tuple[int | None, float, datetime, str]


class Level(IntEnum):
    """How well a language is spoken; a higher level satisfies a lower one."""

    BASIC = 1
    FLUENT = 2
    NATIVE = 3


LEVELS = {level.name.lower(): level for level in Level}


@dataclass(frozen=True, slots=True)
class Agent:
    """One person as routing sees them; `duty` is sorted, disjoint and known up to HORIZON."""

    id: str
    languages: Mapping[str, Level]
    duty: tuple[Interval, ...]
    skills: frozenset[str] = frozenset()
    capacity: float = DEFAULT_CAPACITY
    load: float = 0
    available: bool = True
    idle_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """Who may answer, and above which wait; the limit of a market's first tier says nothing."""

    language: str
    min_level: Level
    if_wait_exceeds: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks for: the customer's language, and skills an agent must have."""

    language: str
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the decision, as a code and its values, for a page to put into words.

    `full`, `waits`, `nobody`, `closed`: why a tier did not take it, with the agents or the wait
    this rests on, and a closed tier's limit. The rest: why the first of `agents` went before the
    second.
    """

    code: Verdict | Choice
    tier: int
    agents: tuple[str, ...] = ()
    wait: timedelta | None = None
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """The decision and its reasons; what does not belong to its state is empty.

    `tier` is the one that answered. `on_duty_until` is None for somebody whose duty reaches beyond
    the horizon. `on_duty_at` is the instant at which `promise_agents` come on duty.
    """

    state: State
    reasons: tuple[Reason, ...]
    tier: int | None = None
    assign_to: str | None = None
    order: tuple[str, ...] = ()
    eligible_now: tuple[str, ...] = ()
    on_duty_until: datetime | None = None
    on_duty_at: datetime | None = None
    promise_agents: tuple[str, ...] = ()
    on_duty_full: tuple[str, ...] = ()


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
    reasons: list[Reason] = []
    for index, tier in enumerate(tiers):
        closed = _closed(index, tier, reasons)
        if closed:
            reasons.append(closed)
            continue
        pool = [
            (agent, why)
            for agent in agents
            if (why := obstacle(agent, tier, ask, now=now, accept_variants=accept_variants))
            not in ("language", "skill")
        ]
        free = [(_place(agent, tier, accept_variants), agent) for agent, why in pool if why is None]
        if free:
            return _assigned(index, sorted(free, key=itemgetter(0)), reasons, now)
        reasons.append(_verdict(index, pool, now))
    return _waiting(reasons, now)


def promised_at(on_duty_at: datetime, minutes: float, pool_intervals: Iterable[Interval]) -> datetime:
    """When the customer is promised an answer: `minutes` of the pool's business time later.

    `on_duty_at` is now for a request that was assigned or found everybody full. Raises HoursRunOut.
    """
    return business_due(on_duty_at, minutes, pool_intervals)


def obstacle(agent: Agent, tier: Tier, ask: Ask, *, now: datetime, accept_variants: bool = False) -> Obstacle | None:
    """The first thing that keeps this agent from taking it now; None for one who is eligible."""
    if language_rank(agent, tier, accept_variants=accept_variants) is None:
        return "language"
    if not ask.skills <= agent.skills:
        return "skill"
    if not covers(agent.duty, now):
        return "off_duty"
    if not agent.available:
        return "away"
    return "full" if agent.load >= agent.capacity else None


def language_rank(agent: Agent, tier: Tier, *, accept_variants: bool = False) -> int | None:
    """How near the nearest language spoken well enough is to the tier's; None if there is none."""
    ranks = (
        variant_rank(spoken, tier.language, accept_variants)
        for spoken, level in agent.languages.items()
        if level >= tier.min_level
    )
    return min((rank for rank in ranks if rank is not None), default=None)


def _closed(index: int, tier: Tier, reasons: Iterable[Reason]) -> Reason | None:
    waits = [reason.wait for reason in reasons if reason.code == "waits" and reason.wait]
    if index and waits and min(waits) <= tier.if_wait_exceeds:
        return Reason("closed", index, wait=min(waits), limit=tier.if_wait_exceeds)
    return None


def _verdict(index: int, pool: Collection[tuple[Agent, Obstacle | None]], now: datetime) -> Reason:
    full = sorted(agent.id for agent, why in pool if why == "full")
    if full:
        return Reason("full", index, tuple(full))
    # Whoever is on duty but away is not waited for: only their next duty counts.
    coming = [(start, agent.id) for agent, _ in pool if (start := next_start(agent.duty, now))]
    first = min((start for start, _ in coming), default=None)
    if first is None or first >= now + HORIZON:
        return Reason("nobody", index)
    theirs = sorted(agent for start, agent in coming if start == first)
    return Reason("waits", index, tuple(theirs), first - now)


def _place(agent: Agent, tier: Tier, accept_variants: bool) -> _Place:
    rank = language_rank(agent, tier, accept_variants=accept_variants)
    return rank, agent.load / agent.capacity, agent.idle_since or NEVER_IDLE, agent.id


def _assigned(index: int, free: Sequence[tuple[_Place, Agent]], reasons: Iterable[Reason], now: datetime) -> Routed:
    order = tuple(agent.id for _, agent in free)
    on_duty = covering(free[0][1].duty, now)
    return Routed(
        "assigned",
        (*reasons, Reason(_choice([place for place, _ in free]), index, order[:2])),
        tier=index,
        assign_to=order[0],
        order=order,
        eligible_now=tuple(sorted(order)),
        on_duty_until=on_duty.end if on_duty and on_duty.end < now + HORIZON else None,
    )


def _choice(places: Sequence[_Place]) -> Choice:
    if len(places) == 1:
        return "only_one_free"
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
