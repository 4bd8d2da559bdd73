"""How figures of the scorecard are written: shares as percent, what an order leaves as money, happenings as numbers."""

from shop.base.i18n import N_, Tongue
from shop.ground.money import Money
from shop.scorecard.metrics import METRICS
from shop.scorecard.reading import MetricReading


def value_words(metric: str, value: float, currency: str, tongue: Tongue) -> str:
    """A value of the metric, as closely as it means anything: rates are shares of one, means minor units of `currency`."""
    match METRICS[metric].kind:
        case "mean":
            shown = value
        case "rate":
            shown = round(value, 3 if value >= 0.1 else 4)
        case _:
            shown = round(value, 2)
    return bound_words(metric, shown, currency, tongue)


def bound_words(metric: str, value: float, currency: str, tongue: Tongue) -> str:
    """A target or stop line of the metric, just as it was written down."""
    match METRICS[metric].kind:
        case "mean":
            return tongue.money(Money(round(value), currency))
        case "rate":
            return tongue.percent(round(value * 10_000, 6))
        case _:
            return tongue.number(value)


def counted_words(metric: str, k: int, n: int, tongue: Tongue) -> str:
    """What was counted, of how many."""
    if METRICS[metric].kind == "mean":
        return tongue.number(n)
    if METRICS[metric].kind == "event":
        return tongue.number(k)
    return tongue.say(N_("%(k)s of %(n)s"), k=tongue.number(k), n=tongue.number(n))


def span_words(metric: str, ends: tuple[float, float] | None, currency: str, tongue: Tongue) -> str:
    """Both ends of an interval; empty without one."""
    if ends is None:
        return ""
    low, high = (value_words(metric, each, currency, tongue) for each in ends)
    return tongue.say(N_("%(low)s to %(high)s"), low=low, high=high)


def usual_span(read: MetricReading) -> tuple[float, float] | None:
    """The ordinary interval, for a review that was planned: Wilson's of a rate, Student's of a mean."""
    found = read.rate.wilson if read.rate else read.mean.t if read.mean else None
    return (found.low, found.high) if found else None


def steady_span(read: MetricReading) -> tuple[float, float] | None:
    """The interval that holds however often one looks."""
    verdict = read.rate or read.mean
    return (verdict.anytime.low, verdict.anytime.high) if verdict and verdict.anytime else None
