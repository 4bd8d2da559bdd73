"""`stop_sales.toml`: the sales that are stopped, and what customers are told of each.

Loading a folder only ever stops: a stop that is known here, standing or lifted, stays what it is, and none is lifted.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, select

from shop.base.i18n import N_
from shop.markets.links import is_link
from shop.markets.models import StopSale, StopSaleText
from shop.upkeep.cells import language, market_id, optional, text, word
from shop.upkeep.moments import moment
from shop.upkeep.nested_cells import pairs
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong, shown

STOP: Columns = {
    "id": word, "market": optional(market_id, ""), "sku": optional(word, ""), "since": moment, "reason": text,
    "link": optional(text, ""), "person": optional(word, ""), "texts": optional(pairs(language, text), {}),
}  # fmt: skip
STOP_NAMES = {
    ("stop_sales", "market"): "markets", ("stop_sales", "sku"): "products", ("stop_sales", "person"): "people",
}  # fmt: skip


def check_stops(rows: list[Row], *, now: datetime) -> Iterator[Fault]:
    """A stop that has begun, and leads customers only where a browser may go."""
    for row in rows:
        since, link = row.get("since"), row.get("link")
        if isinstance(since, datetime) and since > now:
            yield row, "since", Wrong(N_("lies in the future"))
        if link and not is_link(link):
            yield (
                row,
                "link",
                Wrong(N_("'%(given)s' is neither a web address nor a path of this shop"), given=shown(link)),
            )


def store_stops(db: Session, rows: list[Row]) -> None:
    """Stop what was not stopped here at that moment before."""
    known = {(each.market, each.sku, each.since) for each in db.exec(select(StopSale)).all()}
    for row in rows:
        if (row["market"], row["sku"], row["since"]) in known:
            continue
        values = {name: row[name] for name in ("market", "sku", "since", "reason", "link", "person")}
        stop = StopSale(**values)
        db.add(stop)
        db.flush()
        assert stop.id is not None
        db.add_all(StopSaleText(stop=stop.id, language=tag, text=said) for tag, said in row["texts"].items())
