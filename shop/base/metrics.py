"""The counters of /metrics: how many requests were answered, at which door, with which status, and how long they took."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from operator import add

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Metrics(Collector):
    """Requests by door and status, and how long they took.

    Counted by hand in the one thread that answers: the library's meters, with their locks, cost as much as a kept page.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._took: dict[tuple[str, int], _Took] = defaultdict(_Took)

    def seen(self, path: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        took = self._took[door_of(path[:LONGEST_DOOR]), status]
        took.within[bisect_left(_BOUNDS, seconds)] += 1
        took.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """What was counted, in the library's terms."""
        answered = CounterMetricFamily("softlaunch_requests", "Requests answered", labels=("door", "status"))
        doors: dict[str, _Took] = defaultdict(_Took)
        for (door, status), took in list(self._took.items()):  # others go on counting meanwhile
            answered.add_metric((door, str(status)), sum(took.within))
            doors[door].add(took)
        seconds = HistogramMetricFamily("softlaunch_request_seconds", "Time to answer", labels=("door",))
        for door, took in doors.items():
            up_to = zip((*map(str, _BOUNDS), "+Inf"), accumulate(took.within), strict=True)
            seconds.add_metric((door,), buckets=list(up_to), sum_value=took.seconds)
        yield answered
        yield seconds


class _Took:
    """How many answers took how long: up to each of the bounds, and longer."""

    __slots__ = ("seconds", "within")

    def __init__(self) -> None:
        self.within = [0] * (len(_BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, other: "_Took") -> None:
        self.within = [*map(add, self.within, other.within)]
        self.seconds += other.seconds


_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)  # seconds
_DOORS = {"desk": "desk", "console": "console", "webhooks": "webhook", "api": "api", "static": "static", "till": "till"}
LONGEST_DOOR = len("/webhooks/")  # what follows tells no other, and nobody's long addresses are remembered


@lru_cache(maxsize=4096)
def door_of(path: str) -> str:
    """The name under which a request is counted, by the beginning of its path."""
    return _DOORS.get(path.split("/", 2)[1] if "/" in path else "", "shop")
