"""Changes of one market that must not happen at once take turns."""

from sqlmodel import Session, select

from shop.ground.errors import found
from shop.markets.models import Market


def take_turn(db: Session, market_id: str) -> None:
    """Let whoever takes a turn at this market wait until this transaction has ended. Raises NotFound."""
    found(db.exec(select(Market.id).where(Market.id == market_id).with_for_update()).first())
