"""How many it takes: what can be said at the earliest of a line, before anything was counted. Pure."""

from collections.abc import Callable
from functools import lru_cache

from shop.ground.statistics import wilson
from shop.scorecard.verdicts import Better, rate_verdict

MOST = 1_000_000


@lru_cache(maxsize=1024)
def events_to_breach(n: int, *, bad: float, better: Better = "low", alpha: float = 0.05) -> int | None:
    """The least number of bad ones among `n` by which the line `bad` is proven crossed; None when not even all are."""

    def proven(events: int) -> bool:
        k = events if better == "low" else n - events
        found = rate_verdict(k, n, better=better, ok=bad, bad=bad, n_min=0, k_min=0, alpha=alpha)
        return found.decision == "breach"

    return _least(proven, 0, n)


@lru_cache(maxsize=1024)
def clean_to_prove(bad: float, *, better: Better = "low") -> int | None:
    """How many without a single bad one put the ordinary interval inside the line; None above a million."""

    def inside(n: int) -> bool:
        return wilson(0, n).high < bad if better == "low" else wilson(n, n).low > bad

    return _least(inside, 1, MOST)


def _least(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    if not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
