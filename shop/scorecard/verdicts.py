"""What a figure proves against its stop line: collect, pass, hold or breach, with the numbers it rests on.

Pure. Two questions are kept apart: what holds at any moment (only this may act by itself), and what holds at a review
that was planned beforehand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

from shop.ground.statistics import (
    Interval,
    anytime,
    asymptotic,
    log_e_value,
    newcombe,
    per_unit,
    per_unit_anytime,
    per_unit_log_e,
    per_unit_probably_above,
    probably_above,
    sequence_width,
    student_t,
    wilson,
)

Decision = Literal["collect", "pass", "hold", "breach"]
Better = Literal["low", "high"]

PROBABLY = 0.95  # a line crossed with this probability is warned of
FAR = 10  # so many least samples away, only the least sample itself is spoken of
MOST_MORE = 100_000  # beyond this nobody can tell how many it still takes

A_PATTERN = 2  # one event alone is warned of only where one is too many
REASONS: dict[Decision, str] = {
    "collect": "below_minimum_sample",
    "pass": "point_meets_target_and_wilson_within_stop_line",
    "hold": "inconclusive",
    "breach": "sequential_interval_beyond_stop_line",
}
TOO_FEW = REASONS["collect"]
MEAN_WITHIN = "lower_bound_above_stop_line"


@dataclass(frozen=True, slots=True)
class RateVerdict:
    """What `k` of `n` prove. `wilson` is for a planned review, `anytime` for acting on; both None without data.

    `log_e` is the logarithm of the evidence against being just at the line, `posterior` the probability of lying above
    it. `warned`: the line is probably crossed, by the ordinary interval or by the posterior, though it is not yet proven.
    """

    point: float | None
    wilson: Interval | None
    anytime: Interval | None
    log_e: float
    posterior: float
    decision: Decision
    reason: str
    warned: bool


@dataclass(frozen=True, slots=True)
class MeanVerdict:
    """What a mean of `n` values proves. `at_review` judges by Student's t, `decision` by the interval for any moment.

    A mean never breaches by itself: it is asked of a GO. `warned`: all of Student's interval lies below the line.
    """

    point: float | None
    t: Interval | None
    anytime: Interval | None
    rho: float
    at_review: Decision
    decision: Decision
    reason: str
    warned: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a growing number of orders: `breach` is proven at any moment, `alarm` what an ordinary look would say."""

    n: int
    k: int
    log_e: float
    anytime: Interval | None
    wilson: Interval | None
    breach: bool
    alarm: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rates: the difference first - second, its 95 % interval, and whether a difference is shown at all."""

    difference: float | None
    interval: Interval | None
    shown: bool


def rate_verdict(
    k: int, n: int, *, better: Better, ok: float, bad: float, n_min: int, k_min: int, alpha: float = 0.05
) -> RateVerdict:
    """Judge `k` of `n` (k <= n) against target `ok` and stop line `bad`.

    A breach needs `k_min` bad events and counts even below `n_min`; nothing else does.
    """
    if n == 0:
        return RateVerdict(None, None, None, 0.0, probably_above(0, 0, bad), "collect", TOO_FEW, False)
    posterior = probably_above(k, n, bad)
    decision = _decided(k, n, better=better, ok=ok, bad=bad, n_min=n_min, k_min=k_min, alpha=alpha)
    probable = (posterior if better == "low" else 1 - posterior) > PROBABLY or _beyond(wilson(k, n), bad, better)
    warned = decision == "breach" or (probable and _bad_ones(k, n, better) >= min(k_min, A_PATTERN))
    return RateVerdict(
        k / n,
        wilson(k, n),
        anytime(k, n, alpha=alpha),
        log_e_value(k, n, bad),
        posterior,
        decision,
        REASONS[decision],
        warned,
    )


def count_verdict(
    k: int, n: int, *, better: Better, ok: float, bad: float, n_min: int, k_min: int, alpha: float = 0.05
) -> RateVerdict:
    """The same of happenings per each of `n`, where `k` may be more than `n`: questions per order."""
    if n == 0:
        return RateVerdict(None, None, None, 0.0, 1.0, "collect", TOO_FEW, False)
    rules = {"better": better, "ok": ok, "bad": bad, "n_min": n_min}
    usual, posterior = per_unit(k, n), per_unit_probably_above(k, n, bad)
    log_e, enough_events = per_unit_log_e(k, n, bad), (k if better == "low" else n) >= k_min
    refuted = enough_events and log_e >= -log(alpha)
    decision = _weighed(k / n, n, usual, refuted=refuted, **rules)  # type: ignore[arg-type]
    probable = (posterior if better == "low" else 1 - posterior) > PROBABLY or _beyond(usual, bad, better)
    warned = decision == "breach" or (probable and k >= min(k_min, A_PATTERN))
    always = per_unit_anytime(k, n, alpha=alpha)
    return RateVerdict(k / n, usual, always, log_e, posterior, decision, REASONS[decision], warned)


def event_verdict(k: int, *, k_min: int = 1) -> RateVerdict:
    """Of what must not happen at all: a breach once it has, `k_min` times, and no statistics."""
    broken = k >= max(k_min, 1)
    reason = "one_is_too_many" if broken else "none_happened"
    return RateVerdict(float(k), None, None, 0.0, float(broken), "breach" if broken else "pass", reason, broken)


def mean_verdict(
    n: int, mean: float, sd: float, *, bad: float, n_min: int, planned: int, alpha: float = 0.05
) -> MeanVerdict:
    """Judge a mean, the higher the better, against the line `bad`; `planned` is the number of orders planned."""
    rho = sequence_width(planned, alpha=alpha)
    if n < 2:
        return MeanVerdict(mean if n else None, None, None, rho, "collect", "collect", TOO_FEW, False)
    usual, always = student_t(n, mean, sd), asymptotic(n, mean, sd, planned=planned, alpha=alpha)
    enough = n >= n_min
    at_review: Decision = "collect" if not enough else "pass" if usual.low > bad else "hold"
    decision: Decision = "collect" if not enough else "pass" if always.low > bad else "hold"
    reason = MEAN_WITHIN if decision == "pass" else REASONS[decision]
    return MeanVerdict(mean, usual, always, rho, at_review, decision, reason, enough and usual.high < bad)


def sequence(looks: Sequence[tuple[int, int]], *, bad: float, alpha: float = 0.05) -> list[Look]:
    """What each of several looks at (k, n) says about a rate that is the better the lower."""
    return [_look(k, n, bad, alpha) for k, n in looks]


def compare(first: tuple[int, int], second: tuple[int, int]) -> Compared:
    """Whether two rates differ, each `k` of `n`: a test market against home."""
    if not first[1] or not second[1]:
        return Compared(None, None, False)
    interval = newcombe(first, second)
    shown = interval.low > 0 or interval.high < 0
    return Compared(first[0] / first[1] - second[0] / second[1], interval, shown)


def more_needed(
    k: int, n: int, *, better: Better, ok: float, bad: float, n_min: int, k_min: int, alpha: float = 0.05
) -> int | None:
    """About how many more it takes until there is a verdict, if all goes on at this rate; 0 when there is one.

    None where the rate lies between target and line, so that waiting alone will never tell, or further than
    MOST_MORE away.
    """

    asked = {"better": better, "ok": ok, "bad": bad, "n_min": n_min, "k_min": k_min, "alpha": alpha}

    def decided(size: int) -> bool:
        likely = round(size * k / n) if n else 0 if better == "low" else size
        return _decided(likely, size, **asked) in ("pass", "breach")  # type: ignore[arg-type]

    if n and decided(n):
        return 0
    more = _first(decided, n)
    too_far = more is None or more > FAR * n_min
    return n_min - n if n < n_min and too_far else more


def more_values_needed(n: int, mean: float, sd: float, *, bad: float, n_min: int, planned: int) -> int | None:
    """About how many more values a mean needs until it passes at any moment; None when it lies below the line."""
    if n < 2:
        return max(n_min - n, 1)

    def passes(size: int) -> bool:
        return size >= n_min and asymptotic(size, mean, sd, planned=planned).low > bad

    if passes(n):
        return 0
    return (_first(passes, n) if mean > bad else None) or (n_min - n if n < n_min else None)


def _decided(
    k: int, n: int, *, better: Better, ok: float, bad: float, n_min: int, k_min: int, alpha: float
) -> Decision:
    refuted = _bad_ones(k, n, better) >= k_min and log_e_value(k, n, bad) >= -log(alpha)
    return _weighed(k / n, n, wilson(k, n), refuted=refuted, better=better, ok=ok, bad=bad, n_min=n_min)


def _weighed(
    point: float, n: int, usual: Interval, *, refuted: bool, better: Better, ok: float, bad: float, n_min: int
) -> Decision:
    """`refuted`: by enough events, a rate just at the line. Then the anytime bound lies beyond it, on the point's side."""
    if refuted and (point > bad if better == "low" else point < bad):
        return "breach"
    if n < n_min:
        return "collect"
    meets = point <= ok if better == "low" else point >= ok
    return "pass" if meets and _within(usual, bad, better) else "hold"


def _bad_ones(k: int, n: int, better: Better) -> int:
    return k if better == "low" else n - k


def _beyond(interval: Interval, bad: float, better: Better) -> bool:
    return interval.low > bad if better == "low" else interval.high < bad


def _within(interval: Interval, bad: float, better: Better) -> bool:
    return interval.high < bad if better == "low" else interval.low > bad


def _look(k: int, n: int, bad: float, alpha: float) -> Look:
    if not n:
        return Look(0, 0, 0.0, None, None, False, False)
    log_e, usual = log_e_value(k, n, bad), wilson(k, n)
    breach = k / n > bad and log_e >= -log(alpha)
    return Look(n, k, log_e, anytime(k, n, alpha=alpha), usual, breach, _beyond(usual, bad, "low"))


def _first(holds: Callable[[int], bool], n: int) -> int | None:
    """How many more than `n` it takes until it holds, up to MOST_MORE: doubled until it does, then halved back."""
    more = 1
    while not holds(n + more):
        if more > MOST_MORE:
            return None
        more *= 2
    fewer = more // 2
    while more - fewer > 1:
        middle = (more + fewer) // 2
        more, fewer = (middle, fewer) if holds(n + middle) else (more, middle)
    return more
