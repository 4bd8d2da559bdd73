"""`landed_costs.csv` and `market_costs.csv`: what goods cost until they are in a market, and what each order costs there.

Amounts are written in the market's currency and need not be multiples of its price step. The folder is the whole truth
about them, where it has these files at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from shop.scorecard.models import LandedCost, MarketCost
from shop.upkeep.cells import day, market_id, optional, percent, text, word
from shop.upkeep.laying import of_goods, replace
from shop.upkeep.reading import Columns, Row

_amount = optional(text, "0")
LANDED: Columns = {
    "market": market_id, "sku": word, "purchase": text, "freight": _amount, "duty": _amount, "as_of": day,
    "source": optional(text, ""),
}  # fmt: skip
MARKET: Columns = {
    "market": market_id, "parcel": _amount, "returned": _amount, "fee": _amount, "fee_percent": optional(percent, 0),
    "exchange_percent": optional(percent, 0), "minute": _amount,
}  # fmt: skip
COST_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "landed_costs": (LANDED, ("market", "sku")),
    "market_costs": (MARKET, ("market",)),
}
COST_NAMES = {
    ("landed_costs", "market"): "markets",
    ("landed_costs", "sku"): "products",
    ("market_costs", "market"): "markets",
}
COST_AMOUNTS = (
    *(("landed_costs", column) for column in ("purchase", "freight", "duty")),
    *(("market_costs", column) for column in ("parcel", "returned", "fee", "minute")),
)
COST_FILES = frozenset(f"{name}.csv" for name in COST_SHEETS)


def store_costs(db: Session, rows: Mapping[str, Iterable[Row]], *, goods: Collection[str] | None = None) -> None:
    """Write the costs in place of those there were; with `goods`, the landed costs of these SKUs."""
    _replaced(db, LandedCost, (row.cells for row in rows["landed_costs"]), where=of_goods(LandedCost, goods))
    costs = ((row.cells, ("fee_percent", "exchange_percent")) for row in rows["market_costs"])
    _replaced(
        db,
        MarketCost,
        (
            {name: cell for name, cell in cells.items() if name not in shares}
            | {"fee_bp": cells["fee_percent"], "exchange_bp": cells["exchange_percent"]}
            for cells, shares in costs
        ),
    )


def _replaced(
    db: Session, model: type[SQLModel], rows: Iterable[Mapping[str, Any]], *, where: Sequence[Any] = ()
) -> None:
    new = list(rows)
    if new:
        replace(db, model, new, where=where)
