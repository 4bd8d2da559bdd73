"""How many people must be on duty, from what comes in, how long each takes, and how long people may wait.

By Erlang C (A. K. Erlang, Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges, 1917).
Assumes what the formula assumes: contacts come at random, are answered one after the other by whoever is free, and
nobody gives up. Refuses inputs for which no number of people is the answer.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

MOST_AT_WORK = 10_000_000  # beyond this the answer is no roster
TOLERANCE = 1e-9  # 17 contacts an hour at 0.85 are 20 people, whatever a float makes of it


class NoSuchStaffing(ValueError):
    """No number of people is the answer; `what` is the input at fault, the message says why."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(why)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is to be answered, and how well. Times are minutes, the other three are shares of 1.

    `service_level` of the contacts wait no longer than `target_wait`; nobody is busy for more than `max_occupancy` of
    their time; `shrinkage` of the time that is paid for goes to breaks, leave, training and illness.
    """

    contacts: float
    period: float
    handle: float
    target_wait: float
    service_level: float
    max_occupancy: float = 0.85
    shrinkage: float = 0.3


@dataclass(frozen=True, slots=True)
class Staffing:
    """The fewest people that do, and what customers meet with them. `answer_seconds` is the mean wait of everybody."""

    on_duty: int
    rostered: int
    traffic: float
    wait_probability: float
    service_level: float
    occupancy: float
    answer_seconds: float


def staffing(demand: Demand) -> Staffing:
    """The fewest people who meet the demand. Raises NoSuchStaffing."""
    _check(demand)
    traffic = demand.contacts * demand.handle / demand.period
    if traffic > MOST_AT_WORK * demand.max_occupancy:
        raise NoSuchStaffing("contacts", f"keep more than {MOST_AT_WORK} people busy at once")
    if not demand.contacts:
        return Staffing(0, 0, 0.0, 0.0, 1.0, 0.0, 0.0)
    people = _fewest(demand, traffic)
    rostered = math.ceil(Fraction(people) / (1 - Fraction(str(demand.shrinkage))))
    waits = wait_probability(people, traffic)
    answer = waits * demand.handle * 60 / (people - traffic)
    return Staffing(people, rostered, traffic, waits, _level(demand, traffic, people), traffic / people, answer)


def wait_probability(people: int, traffic: float) -> float:
    """The share of contacts that find nobody free (Erlang C); all of them where the traffic is more than the people."""
    if not 0 < traffic < people:
        return float(traffic > 0)
    blocked = 1 / _inverse_blocking(people, traffic)
    return blocked / (1 - traffic / people * (1 - blocked))


def _fewest(demand: Demand, traffic: float) -> int:
    """Both conditions get easier with every person: double the step until they hold, then halve what is between."""
    low, step = math.floor(traffic), 1  # that many are always too few
    while not _meets(demand, traffic, low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _meets(demand, traffic, middle) else (middle, high)
    return high


def _meets(demand: Demand, traffic: float, people: int) -> bool:
    busy = traffic <= people * demand.max_occupancy + TOLERANCE
    return busy and _level(demand, traffic, people) >= demand.service_level


def _level(demand: Demand, traffic: float, people: int) -> float:
    """The share of contacts that are answered within the target."""
    return 1 - wait_probability(people, traffic) * math.exp((traffic - people) * demand.target_wait / demand.handle)


def _inverse_blocking(people: int, traffic: float) -> float:
    """1 / Erlang B as the sum of n (n-1) … (n-k+1) / a^k: all terms positive, so nothing is lost and none overflows.

    The terms first grow, then fall like a bell; what comes after the last that counts is left out.
    """
    total = term = 1.0
    for free in range(people, 0, -1):
        term *= free / traffic
        total += term
        if term < total * 1e-17 or math.isinf(total):
            break
    return total


def _check(demand: Demand) -> None:
    for name in ("period", "handle"):
        if getattr(demand, name) <= 0:
            raise NoSuchStaffing(name, "must be more than 0")
    if demand.service_level >= 1:
        raise NoSuchStaffing("service_level", "no number of people answers every contact in time; give less than 1")
    if not 0 < demand.max_occupancy <= 1:
        raise NoSuchStaffing("max_occupancy", "must be more than 0 and at most 1")
    if demand.shrinkage >= 1:
        raise NoSuchStaffing("shrinkage", "must be less than 1")
