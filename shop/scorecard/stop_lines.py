"""Stop lines: what was written down for a market before there were data, and what was said of it later.

A line is never changed: the next word on the same metric ends it and stands beside it. Refuses nothing by itself but a
line that judges nothing; that a launched market asks for a reason is known to those who write.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.errors import StaleForm
from shop.scorecard.metric import Metric
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import StopLine

LARGEST = 10**9
SMALLEST_PARTS = 10_000  # no currency has more of them in one
WRITTEN_ANEW = N_("Other targets and stop lines have been written down.")


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be written down of one metric: target, stop line, least sample and least bad events, and its role."""

    metric: str
    ok: float
    bad: float
    n_min: int
    k_min: int
    role: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that became another; `old` is None where none was written down."""

    old: StopLine | None
    new: StopLine


def lines(db: Session, market: str) -> dict[str, StopLine]:
    """The lines that hold in a market, by metric, in the order of the table."""
    return lines_of(db, [market]).get(market, {})


def lines_of(db: Session, markets: Sequence[str] | None = None) -> dict[str, dict[str, StopLine]]:
    """The same of several markets (None: all), in one query; a market without lines has no entry."""
    query = select(StopLine).where(col(StopLine.ended_at).is_(None))
    if markets is not None:
        query = query.where(col(StopLine.market).in_(markets))
    found: dict[str, dict[str, StopLine]] = {}
    for each in sorted(db.exec(query).all(), key=lambda line: _ORDER.get(line.metric, len(_ORDER))):
        found.setdefault(each.market, {})[each.metric] = each
    return found


def history(db: Session, market: str) -> list[StopLine]:
    """Every line ever written down for a market, the latest first."""
    query = select(StopLine).where(StopLine.market == market).order_by(col(StopLine.id).desc())
    return list(db.exec(query).all())


def proposed() -> tuple[Written, ...]:
    """What to begin with where nothing is written down: the seeds of the table."""
    return tuple(_seed(each) for each in METRICS.values())


def lacking(metrics: Iterable[str]) -> tuple[str, ...]:
    """Which metrics that guard a market or are asked of a GO have no line among these; none should, before a launch."""
    written = frozenset(metrics)
    return tuple(key for key, metric in METRICS.items() if metric.must_have_line and key not in written)


def faults(written: Written) -> tuple[str, ...]:
    """Which of its values judge nothing: `ok` and `bad` on the wrong sides or out of reach, a sample below one."""
    metric = METRICS[written.metric]
    wrong = [name for name in ("ok", "bad") if not _in_reach(metric, getattr(written, name))]
    if not wrong and (written.ok > written.bad if metric.better == "low" else written.ok < written.bad):
        wrong.append("bad")
    if not 1 <= written.n_min <= LARGEST:
        wrong.append("n_min")
    if not 0 <= written.k_min <= LARGEST:
        wrong.append("k_min")
    return tuple(wrong)


def write_lines(
    db: Session, market: str, written: Iterable[Written], *, person: str, reason: str, now: datetime
) -> list[Changed]:
    """Write these lines down under a person's id; what already stands so stays. Says what became what.

    Raises StaleForm when someone else wrote at the same time, ValueError for a line that judges nothing.
    """
    held = lines(db, market)
    changed = []
    for each in written:
        if faults(each):
            raise ValueError(f"{each.metric}: {', '.join(faults(each))}")
        old = held.get(each.metric)
        if old is None or not _same(old, each):
            changed.append(Changed(old, _write(db, market, old, each, person=person, reason=reason, now=now)))
    db.flush()
    return changed


def as_json(line: StopLine) -> dict[str, object]:
    """A line as an event's details tell of it."""
    return {name: getattr(line, name) for name in ("ok", "bad", "n_min", "k_min", "role")}


def _write(
    db: Session, market: str, old: StopLine | None, new: Written, *, person: str, reason: str, now: datetime
) -> StopLine:
    if old is not None:
        mine = update(StopLine).where(col(StopLine.id) == old.id, col(StopLine.ended_at).is_(None))
        if db.connection().execute(mine.values(ended_at=now)).rowcount != 1:
            raise StaleForm(now_is=WRITTEN_ANEW)
    line = StopLine(
        market=market,
        metric=new.metric,
        better=METRICS[new.metric].better,
        role=new.role,
        ok=new.ok,
        bad=new.bad,
        n_min=new.n_min,
        k_min=new.k_min,
        person=person,
        reason=reason.strip(),
        made_at=now,
    )
    db.add(line)
    return line


def _same(line: StopLine, written: Written) -> bool:
    return all(getattr(line, name) == getattr(written, name) for name in ("ok", "bad", "n_min", "k_min", "role"))


def _in_reach(metric: Metric, value: float) -> bool:
    if metric.kind == "mean":
        return abs(value) <= LARGEST * SMALLEST_PARTS
    return 0 <= value <= (1 if metric.kind == "rate" else LARGEST)


def _seed(metric: Metric) -> Written:
    return Written(metric.key, metric.ok, metric.bad, metric.n_min, metric.k_min, metric.role)


_ORDER = {key: n for n, key in enumerate(METRICS)}
