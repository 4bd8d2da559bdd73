"""The files about what was decided and still holds: stopped sales, who stands in on call, markets that end, plans.

A machine that the set-up moves to must not sell what is stopped here, nor forget what is planned. What is over is
history and stays where it happened: lifted stops, steps taken, called off or failed. Training records are deeds, too:
a person's name under the words of an answer as they stood, which only they can give again (`known/training.py`).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlmodel import col, select

from shop.launches.changing.exposure import CAPS
from shop.launches.models import Schedule, StockFate, WindDown
from shop.markets.models import StopSale, StopSaleText
from shop.support.crisis.models import OnCallOverride, OnCallRotation
from shop.upkeep.override_sheets import OVERRIDE
from shop.upkeep.plan_sheets import PLAN
from shop.upkeep.sheets import SHEETS
from shop.upkeep.stop_sheets import STOP
from shop.upkeep.writing.standing import Cells, Standing, cells, in_order, ordered

Sheet = Callable[[Standing], Iterable[Cells]]


def stop_sales(here: Standing) -> Cells:
    """The tables of stop_sales.toml: the stops that hold, the oldest first, numbered."""
    texts: dict[int, Cells] = {}
    for row in ordered(here.rows(StopSaleText), "stop", "language"):
        texts.setdefault(row.stop, {})[row.language] = row.text
    holding = here.db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()
    rows = ordered(holding, "since", "market", "sku", "id")
    columns = [name for name in STOP if name != "id"]
    return {
        str(number): cells(
            row, dict.fromkeys(columns, STOP["id"]), texts=texts.get(row.id),
            since=here.moment("stop_sales", "since", row.market, row.since),
        )
        for number, row in enumerate(rows, 1)
    }  # fmt: skip


def schedules(here: Standing) -> Cells:
    """The tables of schedules.toml: what waits and what is held back, the next first, numbered."""
    query = select(Schedule).where(col(Schedule.state).in_(("waiting", "frozen")))
    rows = ordered(here.db.exec(query).all(), "due_at", "market", "wall", "id")
    return {str(number): _plan(here, row) for number, row in enumerate(rows, 1)}


def _plan(here: Standing, row: Schedule) -> Cells:
    asked: dict[str, Any] = json.loads(row.asked)
    exposed = asked.get("exposed") or {}
    told = {name: (cell or 0) if name in CAPS else cell for name, cell in exposed.items()}
    special = {
        "at": row.wall, "mode": asked.get("mode"), "override": asked.get("override"), "exposed": told or None,
        "made_at": here.moment("schedules", "made_at", row.market, row.made_at),
        "held_back": True if row.state == "frozen" else None,
    }  # fmt: skip
    return cells(row, {name: read for name, read in PLAN.items() if name != "id"}, **special)


def _overrides(here: Standing) -> Iterator[Cells]:
    zones = {row.id: row.zone for row in here.rows(OnCallRotation)}
    holding = [row for row in here.rows(OnCallOverride) if row.dropped_at is None]
    for row in ordered(holding, "rotation", "starts_at", "person", "id"):
        times = {"starts": row.starts_at, "ends": row.ends_at}
        spelled = {
            name: here.moment_in("on_call_overrides", name, zones[row.rotation], at) for name, at in times.items()
        }
        yield cells(row, OVERRIDE, **spelled)


def _winding_down(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(WindDown)):
        last = here.moment("winding_down", "last_order_at", row.market, here.markets[row.market].last_order_at)
        yield cells(row, SHEETS["winding_down"][0], last_order_at=last)


def _stock_fates(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(StockFate), "sku"):
        done = here.moment("stock_fates", "done_at", row.market, row.done_at)
        yield cells(row, SHEETS["stock_fates"][0], cost=here.amount(row.market, row.cost), done_at=done)


DECISIONS: dict[str, Sheet] = {
    "on_call_overrides": _overrides, "winding_down": _winding_down, "stock_fates": _stock_fates,
}  # fmt: skip
