"""GO, HOLD or STOP: what a market's verdicts come to together, with every reason for it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Recommended = Literal["GO", "HOLD", "STOP"]

MIN_DAYS, MIN_ORDERS = 21, 50  # two full weeks and one more; fewer orders show nothing but chance


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The word and its reasons: `hard:X`, `breach:X`, `gate:X`, `days:10<21`, `orders:22<50`, `collect:X`, `hold:X`,
    `all_pass`; of X the metric, the event or the gate."""

    decision: Recommended
    reasons: tuple[str, ...]


def recommend(
    metrics: Mapping[str, str],
    *,
    hard: Sequence[str],
    gates: Sequence[str],
    days: int,
    min_days: int = MIN_DAYS,
    orders: int,
    min_orders: int = MIN_ORDERS,
    returns_open: bool = False,
) -> Recommendation:
    """Weigh the verdicts of the metrics that are asked of a GO (key -> collect, pass, hold or breach).

    `hard` are events that stop without statistics, `gates` the readiness gates that are missing. With `returns_open`
    more than half of the orders may still be sent back, which also holds.
    """
    if hard:
        return Recommendation("STOP", tuple(f"hard:{each}" for each in hard))
    broken = tuple(f"breach:{key}" for key, verdict in metrics.items() if verdict == "breach")
    if broken:
        return Recommendation("STOP", broken)
    reasons = [f"gate:{each}" for each in gates]
    if days < min_days:
        reasons.append(f"days:{days}<{min_days}")
    if orders < min_orders:
        reasons.append(f"orders:{orders}<{min_orders}")
    if returns_open:
        reasons.append("returns_open")
    reasons += [f"{verdict}:{key}" for key, verdict in metrics.items() if verdict in ("collect", "hold")]
    return Recommendation("HOLD", tuple(reasons)) if reasons else Recommendation("GO", ("all_pass",))
