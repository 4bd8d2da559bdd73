"""`stop_lines.csv`: the targets and stop lines of markets, written down before there were orders.

A share is written in percent (`10%`), what an order leaves in the market's currency, the rest as plain numbers. A line
that a market already has stays as it is: what was said at the console is never put back by loading a folder again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from shop.base.i18n import N_
from shop.ground.money import decimals
from shop.scorecard.metrics import METRICS
from shop.scorecard.reading import ROLES
from shop.scorecard.stop_lines import Written, faults, lines, write_lines
from shop.upkeep.cells import choice, market_id, optional, text, whole, word
from shop.upkeep.moments import moment
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong, shown

VALUE = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,20})?)(%?)")


@dataclass(frozen=True, slots=True)
class Value:
    """A target or stop line as it was written."""

    number: Decimal
    share: bool


def value(given: object) -> Value:
    """`10%`, `0.25`, `-3.50`."""
    if not isinstance(given, str) or not (found := VALUE.fullmatch(given)):
        raise Wrong(N_("'%(given)s' is neither a number nor a percentage like 2.5%%"), given=shown(given))
    return Value(Decimal(found[1]), bool(found[2]))


LINE: Columns = {
    "market": market_id, "metric": choice(*METRICS), "ok": value, "bad": value, "n_min": whole(1), "k_min": whole(),
    "role": choice(*ROLES), "person": word, "at": optional(moment), "reason": optional(text, ""),
}  # fmt: skip
LINE_KEY = ("market", "metric")
LINE_NAMES = {("stop_lines", "market"): "markets", ("stop_lines", "person"): "people"}


def check_lines(rows: Iterable[Row]) -> Iterator[Fault]:
    """Lines whose values are of another kind than their metric, or judge nothing."""
    for row in rows:
        if any(row.get(name) is None for name in ("metric", "ok", "bad", "n_min", "k_min", "role")):
            continue
        share = METRICS[row["metric"]].kind == "rate"
        odd = [name for name in ("ok", "bad") if row[name].share != share]
        asked = Wrong(N_("must be a percentage like 2.5%")) if share else Wrong(N_("must be no percentage"))
        yield from ((row, name, asked) for name in odd)
        if not odd:
            yield from ((row, name, Wrong(N_("judges nothing"))) for name in faults(_written(row, 0)))


def store_lines(db: Session, rows: Iterable[Row], currencies: Mapping[str, str], *, now: datetime) -> None:
    """Write down what no line stands for yet, as of the day it says (else now)."""
    by_market: dict[str, list[Row]] = {}
    for row in rows:
        by_market.setdefault(row["market"], []).append(row)
    for market, told in by_market.items():
        held, places = lines(db, market), decimals(currencies[market])
        for row in told:
            if row["metric"] not in held:
                written = [_written(row, places)]
                write_lines(db, market, written, person=row["person"], reason=row["reason"], now=row.get("at") or now)


def _written(row: Row, places: int) -> Written:
    kind = METRICS[row["metric"]].kind
    by = {"rate": -2, "mean": places}.get(kind, 0)
    ok, bad = (float(row[name].number.scaleb(by)) for name in ("ok", "bad"))
    return Written(row["metric"], ok, bad, row["n_min"], row["k_min"], row["role"])
