"""Acts timed in turn, so that what disturbs the machine meanwhile disturbs them alike."""

from collections.abc import Callable, Sequence
from time import perf_counter


def alternating(acts: Sequence[Callable[[], None]], times: int) -> tuple[list[float], ...]:
    """Seconds of each act, done one after the other so many times, after each was done once for nothing."""
    for act in acts:
        act()
    took: tuple[list[float], ...] = tuple([] for _ in acts)
    for _ in range(times):
        for kept, act in zip(took, acts, strict=True):
            began = perf_counter()
            act()
            kept.append(perf_counter() - began)
    return took
