"""The markets that customers have come to: where a change of the set-up is felt at once."""

from sqlmodel import Session, col, select

from shop.markets.models import Market

VISITED = ("soft", "open", "paused", "winding_down")


def visited(db: Session) -> frozenset[str]:
    """The markets in which customers may be: launched, and not closed yet."""
    return frozenset(db.exec(select(Market.id).where(col(Market.state).in_(VISITED))).all())
