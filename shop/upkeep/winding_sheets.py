"""`winding_down.csv` and `stock_fates.csv`: how a market ends, and what becomes of the goods that are left there.

Both are taken where nothing was written down yet; what was, is changed at the console only.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.launches.changing.winding import WAYS
from shop.launches.models import StockFate, WindDown
from shop.markets.models import LaunchEvent, Market
from shop.upkeep.cells import choice, market_id, optional, text, whole, word
from shop.upkeep.moments import moment
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong

ENDING = "winding_down"
WINDING: Columns = {
    "market": market_id, "contact": text, "refund_plan": text, "last_order_at": optional(moment),
    "handover": optional(text, ""),
}  # fmt: skip
FATE: Columns = {
    "market": market_id, "sku": word, "pieces": whole(1), "fate": choice(*WAYS), "cost": text, "owner": text,
    "done_at": optional(moment), "done_by": optional(word, ""),
}  # fmt: skip
WINDING_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "winding_down": (WINDING, ("market",)), "stock_fates": (FATE, ("market", "sku")),
}  # fmt: skip
WINDING_NAMES = {
    ("winding_down", "market"): "markets", ("stock_fates", "market"): "markets", ("stock_fates", "sku"): "products",
    ("stock_fates", "done_by"): "people",
}  # fmt: skip


def check_winding_down(rows: list[Row], fates: list[Row], launches: Iterable[Row]) -> Iterator[Fault]:
    """A market that has begun to wind down, and goods of one of which that is written."""
    ending = {each.get("market") for each in launches if each.get("to") == ENDING}
    written = {row.get("market") for row in rows}
    for row in rows:
        if row.get("market") is not None and row["market"] not in ending:
            yield row, "market", Wrong(N_("has no step to %(state)s in launches.csv"), state=ENDING)
    for row in fates:
        if row.get("market") is not None and row["market"] not in written:
            yield row, "market", Wrong(N_("is not in winding_down.csv"))


def store_winding_down(db: Session, rows: list[Row], fates: list[Row]) -> None:
    """Write it for the markets that wind down and of which nothing is written down."""
    for row in rows:
        event = _began(db, row["market"])
        if event is None or db.get(WindDown, row["market"]) is not None:
            continue
        values = {name: row[name] for name in ("market", "contact", "refund_plan", "handover")}
        db.add(WindDown(**values, event=event))
        db.add_all(StockFate(**_fate(each)) for each in fates if each["market"] == row["market"])
        market = db.get_one(Market, row["market"])
        market.last_order_at = market.last_order_at or row["last_order_at"]


def _began(db: Session, market: str) -> int | None:
    """The step with which the market began to wind down; None where it has never, or that was taken back."""
    if db.get_one(Market, market).state not in (ENDING, "closed"):
        return None
    query = select(LaunchEvent.id).where(LaunchEvent.market == market, LaunchEvent.to_state == ENDING)
    return db.exec(query.order_by(col(LaunchEvent.id).desc())).first()


def _fate(row: Row) -> dict[str, Any]:
    return {**row.cells, "cost": row["cost"] or 0}
