"""What the job that counts keeps of orders beside the figures, and who tells it reads: sums by market, part and name.

Those of an earlier epoch say nothing: they are as if there were none.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from shop.scorecard.models import OrderSum

FUNNEL, MARGIN_SUMS, WITHOUT_COST = "funnel", "margin", "without_cost"
PARTS = (FUNNEL, MARGIN_SUMS, WITHOUT_COST)

Sums = Mapping[str, Mapping[str, float]]  # part -> name -> value


def kept_sums(db: Session, market: str, since: datetime) -> Sums:
    """What was last counted of a market in the epoch that began then; every part is there."""
    query = select(OrderSum).where(OrderSum.market == market, OrderSum.since == since).order_by(col(OrderSum.name))
    found: dict[str, dict[str, float]] = {part: {} for part in PARTS}
    for each in db.exec(query).all():
        found[each.part][each.name] = each.value
    return found


def keep_sums(db: Session, market: str, since: datetime, sums: Sums) -> None:
    """Write what was counted of a market in place of what was kept, where it differs."""
    rows = {(part, name): value for part, named in sums.items() for name, value in named.items() if value}
    before = db.exec(select(OrderSum).where(OrderSum.market == market)).all()
    if {(each.part, each.name): each.value for each in before} == rows and all(each.since == since for each in before):
        return
    db.connection().execute(delete(OrderSum).where(col(OrderSum.market) == market))
    if rows:
        values = [
            {"market": market, "part": part, "name": name, "value": value, "since": since}
            for (part, name), value in rows.items()
        ]
        db.connection().execute(insert(OrderSum), values)
