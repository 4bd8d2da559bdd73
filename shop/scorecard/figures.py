"""What was last counted of each metric: read, never computed here, so that it costs the same at any number of orders."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from shop.scorecard.models import Figure


def figures(db: Session, markets: Sequence[str] | None = None) -> dict[str, dict[str, Figure]]:
    """Market -> metric -> figure, of these markets (None: all); one query. A market without figures has no entry."""
    query = select(Figure)
    if markets is not None:
        query = query.where(col(Figure.market).in_(markets))
    found: dict[str, dict[str, Figure]] = {}
    for each in db.exec(query).all():
        found.setdefault(each.market, {})[each.metric] = each
    return found
