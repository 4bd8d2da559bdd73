"""What one figure proves against its stop line, whatever its kind, and about how many more it takes until it proves any.

Pure: it takes the rows' values, and never the database.
"""

from dataclasses import dataclass
from typing import cast

from shop.ground.statistics import Interval, deviation
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import Figure, StopLine
from shop.scorecard.verdicts import (
    Better,
    Decision,
    MeanVerdict,
    RateVerdict,
    count_verdict,
    event_verdict,
    mean_verdict,
    more_needed,
    more_values_needed,
    rate_verdict,
)

PLANNED = 120  # orders after which a soft launch is judged on what it earns


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a figure proves: `decision` as it holds at any moment, `usual` and `anytime` the two intervals.

    `more` is about how many more of what `n` counts; 0 when there is a verdict, None when nobody can tell.
    """

    k: int
    n: int
    point: float | None
    decision: Decision
    reason: str
    warned: bool
    more: int | None
    usual: Interval | None
    anytime: Interval | None
    rate: RateVerdict | None = None
    mean: MeanVerdict | None = None


def judge(figure: Figure | None, line: StopLine) -> Judged:
    """The figure (None: nothing was counted) against its line."""
    k, n = (figure.k, figure.n) if figure else (0, 0)
    match METRICS[line.metric].kind:
        case "mean":
            return _mean(figure, line)
        case "event":
            return _of_rate(k, n, event_verdict(k, k_min=line.k_min), 0)
        case "count":
            asked = _asked(line)
            found = count_verdict(k, n, **asked)  # type: ignore[arg-type]
            return _of_rate(k, n, found, max(line.n_min - n, 0) or None)
        case _:
            asked, k = _asked(line), min(k, n)
            found = rate_verdict(k, n, **asked)  # type: ignore[arg-type]
            return _of_rate(k, n, found, more_needed(k, n, **asked))  # type: ignore[arg-type]


def _mean(figure: Figure | None, line: StopLine) -> Judged:
    n, total, squares = (figure.n, figure.total, figure.squares) if figure else (0, 0.0, 0.0)
    mean, spread = total / n if n else 0.0, deviation(n, total, squares)
    found = mean_verdict(n, mean, spread, bad=line.bad, n_min=line.n_min, planned=PLANNED)
    return Judged(
        k=n,
        n=n,
        point=found.point,
        decision=found.decision,
        reason=found.reason,
        warned=found.warned,
        more=more_values_needed(n, mean, spread, bad=line.bad, n_min=line.n_min, planned=PLANNED),
        usual=found.t,
        anytime=found.anytime,
        mean=found,
    )


def _of_rate(k: int, n: int, found: RateVerdict, more: int | None) -> Judged:
    return Judged(
        k=k,
        n=n,
        point=found.point,
        decision=found.decision,
        reason=found.reason,
        warned=found.warned,
        more=0 if found.decision in ("pass", "breach") else more,
        usual=found.wilson,
        anytime=found.anytime,
        rate=found,
    )


def _asked(line: StopLine) -> dict[str, object]:
    better = cast(Better, line.better)
    return {"better": better, "ok": line.ok, "bad": line.bad, "n_min": line.n_min, "k_min": line.k_min}
