"""Where the strokes of the scorecard's small drawings lie: plain numbers for the templates, which reckon nothing.

Pure. A drawing never stands alone: beside it the same is said in words and figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 320  # of an interval's drawing
SPARK_WIDE, SPARK_HIGH = 240, 56
MARGIN = 0.12  # of the span, left free at either end
NEAR_ZERO = 0.35  # an axis that would begin so low begins at nought instead

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """One metric on its axis, in units of the drawing: the forbidden zone, both intervals, the target and the point.

    `first` and `last` are what the axis begins and ends with, in the metric's own unit.
    """

    first: float
    last: float
    zone_x: float
    zone_width: float
    line_x: float
    target_x: float
    point_x: float | None
    inner: Span | None
    outer: Span | None


def interval_plot(
    *,
    point: float | None,
    inner: Span | None,
    outer: Span | None,
    ok: float,
    bad: float,
    better: str,
    share: bool,
) -> IntervalPlot:
    """The drawing of a metric: `inner` is the ordinary interval, `outer` the one that holds at every look.

    A `share` lies between nought and one. What reaches beyond the axis is cut at its end.
    """
    shown = [ok, bad, *([point] if point is not None else []), *(inner or ())]
    first, last = _axis(min(shown), max(shown), share=share)
    scale = WIDE / (last - first)

    def x(value: float) -> float:
        return round((min(max(value, first), last) - first) * scale, 1)

    def span(ends: Span | None) -> Span | None:
        return (x(ends[0]), x(ends[1])) if ends else None

    zone = (x(bad), float(WIDE)) if better == "low" else (0.0, x(bad))
    return IntervalPlot(
        first,
        last,
        zone[0],
        round(zone[1] - zone[0], 1),
        x(bad),
        x(ok),
        x(point) if point is not None else None,
        span(inner),
        span(outer),
    )


@dataclass(frozen=True, slots=True)
class Spark:
    """A line through the values of days, and its last point."""

    points: str
    last_x: float
    last_y: float
    most: float


def spark(values: Sequence[float]) -> Spark | None:
    """The line of these values from nought up, the oldest first; None of fewer than two."""
    if len(values) < 2:
        return None
    most = max(*values, 1)
    step, rise = SPARK_WIDE / (len(values) - 1), (SPARK_HIGH - 6) / most
    places = [(round(number * step, 1), round(SPARK_HIGH - 3 - value * rise, 1)) for number, value in enumerate(values)]
    return Spark(" ".join(f"{x},{y}" for x, y in places), *places[-1], most)


def bars(values: Sequence[float]) -> list[float]:
    """How long each value's bar is, of a hundred; the longest is whole."""
    most = max((abs(each) for each in values), default=0)
    return [round(100 * abs(each) / most, 1) if most else 0.0 for each in values]


def _axis(least: float, most: float, *, share: bool) -> Span:
    room = (most - least) * MARGIN or abs(most) * MARGIN or 1.0
    first, last = least - room, most + room
    if (share or least > 0) and least >= 0 and first < NEAR_ZERO * last:
        first = 0.0
    return (max(first, 0.0), min(last, 1.0)) if share else (first, last)
