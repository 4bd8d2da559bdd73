"""`launches.csv`: the steps by which each market came to be what it is, checked as one history and told once.

A step that was taken back within its minutes stands there too, and so does the one that took it back (`undo`).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from shop.base.i18n import N_
from shop.launches.changing.proposals import UNDO
from shop.launches.changing.table import STEPS
from shop.markets.gate import SELLING
from shop.markets.history import keep_event
from shop.markets.models import LaunchEvent, Market
from shop.upkeep.reading import Fault, Row
from shop.upkeep.wrong import Wrong

NEEDED = ("market", "at", "action", "from", "to")


def check_launches(rows: Iterable[Row], now: datetime) -> Iterable[Fault]:
    """Each market's history must be one that could have happened, step by step, and in the past."""
    by_market: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if all(row.get(column) is not None for column in NEEDED):
            by_market[row["market"]].append(row)
    for told in by_market.values():
        yield from _history(sorted(told, key=lambda each: each["at"]), now)


def store_launches(db: Session, rows: Iterable[Row]) -> None:
    """Tell the history of the markets that have none yet."""
    told = set(db.exec(select(LaunchEvent.market).distinct()).all())
    last: dict[str, LaunchEvent] = {}
    for row in sorted(rows, key=lambda each: each["at"]):
        if row["market"] in told:
            continue
        event = _event(row)
        if event.action == UNDO:
            event.undoes = last[event.market].id
        last[event.market] = keep_event(db, event)
        _follow(db.get_one(Market, event.market), event)


def _history(rows: list[Row], now: datetime) -> Iterable[Fault]:
    state = before_pause = before = "draft"
    for row in rows:
        step = STEPS.get(row["action"])
        target = before if step is None else step.target or before_pause
        if row["from"] != state:
            yield (
                row,
                "from",
                Wrong(N_("is %(given)s, but the market is %(state)s by then"), given=row["from"], state=state),
            )
        elif step is not None and state not in step.sources:
            yield (
                row,
                "action",
                Wrong(N_("%(action)s is not possible from %(state)s"), action=row["action"], state=state),
            )
        elif row["to"] != target:
            yield row, "to", Wrong(N_("must be %(state)s"), state=target)
        if row["at"] > now:
            yield row, "at", Wrong(N_("lies ahead; a history is told afterwards"))
        yield from _who_and_why(row)
        before_pause = row["from"] if row["from"] in SELLING and row["to"] == "paused" else before_pause
        before, state = row["from"], row["to"]


def _who_and_why(row: Row) -> Iterable[Fault]:
    step = STEPS.get(row["action"])
    if row.get("person") == "" and not row.get("rule"):
        yield row, "person", Wrong(N_("is empty, and the rule is empty too; nobody would have done it"))
    if row.get("reason") == "" and (step is None or step.reasoned) and row["action"] != UNDO:
        yield row, "reason", Wrong(N_("is empty"))
    if row.get("mode") and row["to"] != "paused":
        yield row, "mode", Wrong(N_("is for pauses only"))


def _event(row: Row) -> LaunchEvent:
    names = {"from": "from_state", "to": "to_state"}
    values: dict[str, Any] = {names.get(name, name): cell for name, cell in row.cells.items()}
    values["mode"] = (row["mode"] or "sell_stop") if row["to"] == "paused" else ""
    return LaunchEvent(**values)


def _follow(market: Market, event: LaunchEvent) -> None:
    market.state, market.pause_mode = event.to_state, event.mode
    market.ever_sold = market.ever_sold or event.to_state in SELLING
    if event.action == "open":
        market.audience, market.percent_bp, market.in_chooser = "", 10_000, True
