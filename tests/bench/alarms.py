"""How often a rule stops a healthy market, and after how many orders it stops a sick one, when it is asked again and again.

python -m tests.bench.alarms [how many markets]
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import log
from random import Random
from statistics import median

from shop.ground.statistics import log_e_value, probably_above, wilson

MARKETS, SEED, FIRST_LOOK = 4_000, 20261122, 20

Rule = Callable[[int, int, float], bool]
Line = tuple[str, float, str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """A market at a true rate against its stop line, looked at every so many orders."""

    line: float
    rate: float
    every: int = 5
    orders: int = 500


COURSES = (
    Course(0.12, 0.12),
    Course(0.12, 0.25),
    Course(0.20, 0.20),
    Course(0.20, 0.35),
    Course(0.25, 0.25),
    Course(0.25, 0.40),
    Course(0.0075, 0.0075, every=10, orders=3_000),
    Course(0.0075, 0.03, every=10, orders=3_000),
)


def lines(markets: int = MARKETS) -> Iterator[Line]:
    """What was measured, the figure, its aim, and how it was made up: of every course, each rule."""
    for course in COURSES:
        healthy = course.rate <= course.line
        for name, alarms in _alarms(course, markets).items():
            share = len(alarms) / markets
            after = f"{share:.1%} of {markets} markets, at a true rate of {course.rate:.2%}"
            if healthy:
                what = f"{name}, line {course.line:.2%}: healthy markets stopped, %"
                yield what, 100 * share, "<= 5" if name == "anytime" else "", after
            else:
                what = f"{name}, line {course.line:.2%}: orders until a sick one stops"
                yield what, median(alarms) if alarms else float("nan"), "", after


def _alarms(course: Course, markets: int) -> dict[str, list[int]]:
    """At which order each market was stopped, by rule; those never stopped are left out."""
    rules = {name: cache(rule) for name, rule in RULES.items()}
    found: dict[str, list[int]] = {name: [] for name in rules}
    chance = Random(SEED)
    for _ in range(markets):
        open_rules, k = dict(rules), 0
        for n in range(1, course.orders + 1):
            k += chance.random() < course.rate
            if n >= FIRST_LOOK and n % course.every == 0:
                for name in [name for name, rule in open_rules.items() if rule(k, n, course.line)]:
                    found[name].append(n)
                    del open_rules[name]
            if not open_rules:
                break
    return found


def _anytime(k: int, n: int, line: float) -> bool:
    return k / n > line and log_e_value(k, n, line) >= -log(0.05)


def _ordinary(k: int, n: int, line: float) -> bool:
    return wilson(k, n).low > line


def _probably(k: int, n: int, line: float) -> bool:
    return probably_above(k, n, line) > 0.95


RULES: dict[str, Rule] = {"anytime": _anytime, "ordinary 95 %": _ordinary, "posterior above .95": _probably}


if __name__ == "__main__":
    for what, value, aim, detail in lines(int(sys.argv[1]) if len(sys.argv) > 1 else MARKETS):
        print(f"{what:<66} {value:8.2f}   aim {aim or 'none':<8} {detail}")
