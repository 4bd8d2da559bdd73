"""What the scorecard says of markets as they stand: every metric against its stop line, and GO, HOLD or STOP.

Reads kept figures and lines only, in a constant number of queries for any number of markets and orders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.markets.models import Market
from shop.scorecard.epochs import Epoch, epochs
from shop.scorecard.figures import figures
from shop.scorecard.guardrails import Guarded, HardEvent
from shop.scorecard.hard_events import hard_events
from shop.scorecard.metrics import MARGIN, METRICS, ORDERS
from shop.scorecard.models import Figure, Override, StopLine
from shop.scorecard.overriding import GO, latest_overrides, standing
from shop.scorecard.proving import Judged, judge
from shop.scorecard.recommending import Recommendation, recommend
from shop.scorecard.stop_lines import lacking, lines_of
from shop.scorecard.verdicts import MeanVerdict, RateVerdict

GRAVITY = ("breach", "hold", "collect", "pass")
JUDGED = (*SELLING, "paused")
ROLES = ("pause", "go", "advisory")
NO_LINES = "stop_lines.set"


@dataclass(frozen=True, slots=True)
class MetricReading:
    """One metric of a market: what was counted and what that proves.

    `decision` is collect, pass, hold or breach as the automatic rule sees it at any moment; `warned` says that a line is
    probably crossed (posterior above .95, or the ordinary interval beyond it) though not yet proven; `more` is about how
    many more orders (or whatever `n` counts) it takes until something can be said, None where nobody can tell.
    """

    key: str
    line: StopLine
    k: int
    n: int
    point: float | None
    decision: str
    reason: str
    warned: bool
    more: int | None
    rate: RateVerdict | None = None
    mean: MeanVerdict | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A market's scorecard: `worst` is the metric to look at first (None while there is none); `override` is a named
    person's word that stands against the recommendation, None where nobody gave one since the epoch began.

    `since` is an instant in UTC; `days` are days of the market's calendar on which it sold, none of a pause.
    """

    market: str
    since: datetime | None
    epoch: int
    days: int
    orders: int
    recommendation: Recommendation
    metrics: tuple[MetricReading, ...] = ()
    worst: MetricReading | None = None
    hard: tuple[HardEvent, ...] = ()
    override: Override | None = None

    @property
    def goes(self) -> bool:
        """Whether the market may be opened to everybody by what was measured, without anybody's override."""
        return self.recommendation.decision == GO

    @property
    def may_open(self) -> bool:
        """Whether it may be: by what was measured, or by a named person's word that still stands."""
        return self.goes or (self.override is not None and self.override.decided == GO)


def readings(
    db: Session,
    markets: Sequence[Market],
    *,
    now: datetime,
    gates: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Reading]:
    """The scorecards of these markets by id; `gates` are the readiness gates missing in each (names), if asked for."""
    ids = [each.id for each in markets]
    began, counted, written = epochs(db, ids), figures(db, ids), lines_of(db, ids)
    judged = [each for each in markets if each.state in JUDGED]  # before and after, nothing is there to be stopped
    hard, words = hard_events(db, judged, now=now), latest_overrides(db, ids)
    return {
        each.id: _read(
            each,
            began.get(each.id),
            counted.get(each.id, {}),
            [line for key, line in written.get(each.id, {}).items() if key in METRICS],
            hard=hard.get(each.id, ()),
            gates=(gates or {}).get(each.id, ()),
            word=words.get(each.id),
            now=now,
        )
        for each in markets
    }


def reading(db: Session, market: Market, *, now: datetime, gates: Sequence[str] = ()) -> Reading:
    """One market's scorecard."""
    return readings(db, [market], now=now, gates={market.id: gates})[market.id]


def gravest_first(read: Reading) -> list[MetricReading]:
    """The metrics in the order in which somebody should look at them."""
    return sorted(read.metrics, key=_gravity)


def guarded(read: Reading) -> list[Guarded]:
    """The metrics as the guard looks at them."""
    return [Guarded(each.key, each.line.role, each.decision, each.warned) for each in read.metrics]


def _read(
    market: Market,
    epoch: Epoch | None,
    counted: Mapping[str, Figure],
    lines: Sequence[StopLine],
    *,
    hard: tuple[HardEvent, ...],
    gates: Sequence[str],
    word: Override | None,
    now: datetime,
) -> Reading:
    # What was counted before the market was resumed says nothing about what it has been since.
    fresh = {key: each for key, each in counted.items() if epoch and each.since == epoch.since}
    metrics = [_metric(each, fresh.get(each.metric)) for each in lines]
    asked = {each.key: each.decision for each in metrics if each.line.role != "advisory"}
    orders = fresh[ORDERS].n if ORDERS in fresh else 0
    days = (day_in(market, epoch.until or now) - day_in(market, epoch.since)).days if epoch else 0
    recommendation = recommend(
        asked,
        hard=list(dict.fromkeys(each.code for each in hard)),
        gates=list(
            dict.fromkeys([*gates, *([NO_LINES] if not asked or lacking(each.key for each in metrics) else [])])
        ),
        days=days,
        orders=orders,
        returns_open=_returns_open(fresh.get(MARGIN), orders),
    )
    since = epoch.since if epoch else None
    return Reading(
        market.id,
        since,
        epoch.number if epoch else 0,
        days,
        orders,
        recommendation,
        tuple(metrics),
        min(metrics, key=_gravity, default=None),
        hard,
        standing(word, recommended=recommendation.decision, since=since),
    )


def _returns_open(margin: Figure | None, orders: int) -> bool:
    """Whether more than half of the orders may still be sent back: `k` of what orders left are those that no longer may."""
    return bool(orders) and 2 * (margin.k if margin else 0) < orders


def _metric(line: StopLine, figure: Figure | None) -> MetricReading:
    counts = (figure.k, figure.n, figure.total, figure.squares) if figure else (0, 0, 0.0, 0.0)
    found = _proof(line.metric, line.better, bounds=(line.ok, line.bad), least=(line.n_min, line.k_min), counts=counts)
    return MetricReading(
        line.metric,
        line,
        found.k,
        found.n,
        found.point,
        found.decision,
        found.reason,
        found.warned,
        found.more,
        rate=found.rate,
        mean=found.mean,
    )


@lru_cache(maxsize=1 << 12)
def _proof(
    metric: str,
    better: str,
    *,
    bounds: tuple[float, float],
    least: tuple[int, int],
    counts: tuple[int, int, float, float],
) -> Judged:
    """The judgement of one figure. Remembered: the board asks it anew at every look, and figures change once a minute."""
    (ok, bad), (n_min, k_min), (k, n, total, squares) = bounds, least, counts
    row: dict[str, Any] = {"market": "", "metric": metric}
    line = StopLine(**row, better=better, ok=ok, bad=bad, n_min=n_min, k_min=k_min)
    return judge(Figure(**row, k=k, n=n, total=total, squares=squares), line)


def _gravity(read: MetricReading) -> tuple[bool, int, bool, int, float]:
    """The gravest first: what is asked for before advice, a breach, what is warned of, and then what is nearest its line."""
    beyond = 0.0
    if read.rate is not None and read.n:
        beyond = read.rate.posterior if read.line.better == "low" else 1 - read.rate.posterior
    return (
        read.line.role == "advisory",
        0 if read.decision == "breach" else 1 if read.warned else 2 + GRAVITY.index(read.decision),
        read.n == 0,
        ROLES.index(read.line.role),
        -beyond,
    )
