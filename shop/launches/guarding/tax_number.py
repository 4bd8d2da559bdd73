"""Markets that sell although the exporter has no tax number any more, and nobody has waived that."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from shop.launches.models import Waiver
from shop.markets.calendar import day_in
from shop.markets.models import Exporter, Market

GATE = "tax.registration"


def without_tax_number(db: Session, markets: Sequence[Market], *, now: datetime) -> frozenset[str]:
    """Those of these markets whose customers are charged a tax that nobody is registered to pay on."""
    exporter = db.get(Exporter, 1)
    if exporter is None or exporter.tax_number:
        return frozenset()
    query = select(Waiver).where(Waiver.gate == GATE, col(Waiver.ended_at).is_(None))
    waived = {each.market: each.until for each in db.exec(query).all()}
    return frozenset(each.id for each in markets if each.id not in waived or waived[each.id] < day_in(each, now))
