"""Routing in plain values: people, tiers, what is asked for, who may take it, and what a decision says.

Refuses to look anything up: duty, presence and load are what the caller says they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal

from shop.ground.duty import Interval, business_due, covers
from shop.support.answering.languages import variant_rank

HORIZON = timedelta(days=35)
DEFAULT_CAPACITY = 5

State = Literal["assigned", "queued", "queued_at_capacity", "unroutable"]
Obstacle = Literal["language", "skill", "off_duty", "away", "full"]
Verdict = Literal["full", "waits", "nobody", "closed", "without_skill"]
Choice = Literal["only_one_free", "previous_agent", "closest_variant", "least_loaded", "longest_idle", "first_by_id"]


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
    """What a request asks for: the customer's language, and skills an agent must have.

    `previous` answered this customer lately and goes first among equally near speakers, unless busier than the median.
    `without` are not given it while their duty lasts: they declined, or are about to leave. `at_once` is a crisis:
    it does not ask for room.
    """

    language: str
    skills: frozenset[str] = frozenset()
    previous: str = ""
    without: frozenset[str] = frozenset()
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the decision, as a code and its values, for a page to put into words.

    `full`, `waits`, `nobody`, `closed`: why a tier did not take it, with the agents or the wait
    this rests on, and a closed tier's limit. `without_skill`, of no tier: nobody has what `agents` names, so
    it was not asked for. The rest: why the first of `agents` went before the second.
    """

    code: Verdict | Choice
    tier: int | None
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
