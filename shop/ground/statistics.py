"""What so-and-so many of so-many prove: intervals of rates and means, by the standard library alone.

Holds both kinds of interval: the ordinary one, which is honest for a single look decided beforehand, and the
anytime-valid one, which stays honest however often one looks. Decides nothing; `verdicts` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p, pi, sqrt

Z95 = 1.959963984540054  # the normal quantile of 97.5 %
_STEPS = 100  # of a bisection; a double has no more to halve
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Interval:
    """A lower and an upper bound, both belonging to it."""

    low: float
    high: float


def deviation(n: int, total: float, squares: float) -> float:
    """The sample's standard deviation from sum and sum of squares; 0 below two values."""
    return sqrt(max(squares - total * total / n, 0.0) / (n - 1)) if n > 1 else 0.0


def wilson(k: int, n: int) -> Interval:
    """The 95 % score interval of a rate (Wilson 1927); `n` is above 0. For one look, planned beforehand."""
    share, spread = k / n, Z95 * Z95 / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return Interval(0.0 if k == 0 else middle - half, 1.0 if k == n else middle + half)


@lru_cache(maxsize=1 << 13)
def anytime(k: int, n: int, *, alpha: float = 0.05) -> Interval:
    """Every rate that `k` of `n` have not refuted at `alpha`, whenever and however often one looks; `n` is above 0.

    A rate is refuted when the mixture likelihood ratio under Beta(1/2, 1/2) reaches 1/alpha (Ville 1939).
    """
    if not 0 < alpha < 1:
        raise ValueError("alpha lies between 0 and 1")
    point, limit = k / n, -log(alpha)
    mixture = _log_beta(k + 0.5, n - k + 0.5) - log(pi)

    def refuted(rate: float) -> bool:
        return mixture - _log_likelihood(k, n, rate) >= limit

    low = 0.0 if k == 0 else _border(0.0, point, refuted)
    return Interval(low, 1.0 if k == n else _border(1.0, point, refuted))


def log_e_value(k: int, n: int, rate: float) -> float:
    """The logarithm of what one has won by now who bet against this `rate`: above 0 speaks against it; 0 for no data."""
    return _log_beta(k + 0.5, n - k + 0.5) - log(pi) - _log_likelihood(k, n, rate)


def probably_above(k: int, n: int, rate: float) -> float:
    """The posterior probability that the true rate is above `rate`, every rate having been equally likely (Bayes 1763)."""
    if rate <= 0 or rate >= 1:
        return 1.0 if rate <= 0 else 0.0
    return beta_share(n - k + 1, k + 1, 1 - rate)


def per_unit(k: int, n: int) -> Interval:
    """The 95 % score interval of how often something happens for each of `n`, where `k` may be more than `n`."""
    middle, half = k + Z95 * Z95 / 2, Z95 * sqrt(k + Z95 * Z95 / 4)
    return Interval(max(middle - half, 0.0) / n, (middle + half) / n)


@lru_cache(maxsize=1 << 10)
def per_unit_anytime(k: int, n: int, *, alpha: float = 0.05) -> Interval:
    """The same, honest however often one looks: the likelihood of Poisson counts mixed over Gamma(1/2, 1)."""
    point, limit = k / n, -log(alpha)

    def refuted(rate: float) -> bool:
        return per_unit_log_e(k, n, rate) >= limit

    outside = 2 * point + 1
    while not refuted(outside):
        outside *= 2
    return Interval(_border(0.0, point, refuted) if k else 0.0, _border(outside, point, refuted))


def per_unit_log_e(k: int, n: int, rate: float) -> float:
    """As `log_e_value`, for counts that may be more than `n`."""
    if rate <= 0:
        return inf if k else -0.5 * log1p(n)
    return lgamma(k + 0.5) - log(pi) / 2 - (k + 0.5) * log1p(n) - k * log(rate) + n * rate


def per_unit_probably_above(k: int, n: int, rate: float) -> float:
    """As `probably_above`, for counts that may be more than `n`: the chance of at most `k` where n x rate are due."""
    due = n * rate
    if due <= 0:
        return 1.0
    if k >= due:  # what lies above is less, and falls away faster
        return max(0.0, 1 - _falling(k + 1, due, lambda count: due / (count + 1), 1))
    return _falling(k, due, lambda count: count / due, -1)


def student_t(n: int, mean: float, deviation: float) -> Interval:
    """The 95 % interval of a mean (Student 1908) of `n` values, at least 2; `deviation` is that of a sample."""
    half = t_quantile(n - 1) * deviation / sqrt(n)
    return Interval(mean - half, mean + half)


@lru_cache(maxsize=1 << 10)
def t_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t with so many degrees of freedom."""

    def beyond(t: float) -> bool:
        return 1 - beta_share(freedom / 2, 0.5, freedom / (freedom + t * t)) >= 0.95

    return _border(20.0, Z95, beyond) if freedom > 1 else 12.706204736174694


def sequence_width(planned: int, *, alpha: float = 0.05) -> float:
    """Rho, which makes the asymptotic sequence narrowest at `planned` values (Waudby-Smith et al. 2021)."""
    odds = -2 * log(alpha)
    return sqrt((odds + log(1 + odds)) / planned)


def asymptotic(n: int, mean: float, deviation: float, *, planned: int, alpha: float = 0.05) -> Interval:
    """An interval of a mean that stays honest however often one looks; `n` is above 0, and below 30 it is too narrow."""
    square = n * sequence_width(planned, alpha=alpha) ** 2
    half = deviation * sqrt(2 * (square + 1) / (n * square) * log(sqrt(square + 1) / alpha))
    return Interval(mean - half, mean + half)


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """The 95 % interval of the difference first - second of two rates, each `k` of `n` (Newcombe 1998, method 10)."""
    (k1, n1), (k2, n2) = first, second
    one, two, by = wilson(k1, n1), wilson(k2, n2), k1 / n1 - k2 / n2
    down = sqrt((k1 / n1 - one.low) ** 2 + (two.high - k2 / n2) ** 2)
    up = sqrt((one.high - k1 / n1) ** 2 + (k2 / n2 - two.low) ** 2)
    return Interval(by - down, by + up)


def beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function: how much of Beta(a, b) lies below `x` (Lentz 1976)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # where the fraction hardly converges, its mirror image does
        return 1 - beta_share(b, a, 1 - x)
    front = a * log(x) + b * log1p(-x) - _log_beta(a, b) - log(a)
    return exp(front) / _fraction(a, b, x) if front > -700 else 0.0


def _falling(count: int, due: float, ratio: Callable[[int], float], by: int) -> float:
    """The sum of Poisson probabilities from `count` on, upwards or downwards, until they no longer matter."""
    term = exp(count * log(due) - due - lgamma(count + 1))
    found = 0.0
    while term > found * 1e-17 and count >= 0:
        found += term
        term *= ratio(count)
        count += by
    return found


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _away_from_zero(1 + term * d), _away_from_zero(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return 1 / found


def _away_from_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


def _log_likelihood(k: int, n: int, rate: float) -> float:
    if (k and rate <= 0) or (k < n and rate >= 1):
        return -inf
    return (k * log(rate) if k else 0.0) + ((n - k) * log1p(-rate) if k < n else 0.0)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _border(outside: float, inside: float, is_outside: Callable[[float], bool]) -> float:
    """Where what holds `outside` and not `inside` begins to hold."""
    for _ in range(_STEPS):
        middle = (outside + inside) / 2
        if is_outside(middle):
            outside = middle
        else:
            inside = middle
        if abs(outside - inside) <= 1e-15 * max(1.0, abs(inside)):
            break
    return inside
