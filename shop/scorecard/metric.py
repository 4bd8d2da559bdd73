"""What a metric is: in plain words, what is counted of what, and what is proposed to be written down beforehand."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate", "mean", "count", "event"]
Better = Literal["low", "high"]
Role = Literal["pause", "go", "advisory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One thing that is measured: `k` of `n`, or the mean of `n` values.

    `kind` rate: k of n, k at most n; count: k happenings over n, which may be more; mean: `total` over n in minor units
    of the market's currency; event: one is too many, and no statistics are asked. `ok` is the target, `bad` the stop
    line. Only what is `maturity_days` old is counted.
    """

    key: str
    title: str
    explains: str
    k_means: str
    n_means: str
    kind: Kind
    better: Better
    ok: float
    bad: float
    n_min: int
    k_min: int = 0
    role: Role
    maturity_days: int = 0

    @property
    def must_have_line(self) -> bool:
        """Whether no market is launched before its line is written down."""
        return self.role != "advisory"
