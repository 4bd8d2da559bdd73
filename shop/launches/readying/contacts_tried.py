"""Noting that the crisis contacts of a market have been tried: a number nobody has called for long is a guess."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from shop.ground.errors import found
from shop.launches.changing.table import same_state
from shop.markets.calendar import day_in
from shop.markets.history import note
from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS
from shop.support.crisis.models import CrisisContact


def contacts_tried(db: Session, market_id: str, *, person: str, now: datetime) -> None:
    """Note that all of them, those for every market among them, were reached today. Raises NotFound."""
    market = found(db.get(Market, market_id))
    theirs = update(CrisisContact).where(col(CrisisContact.market).in_((market_id, ALL_MARKETS)))
    db.connection().execute(theirs.values(checked_on=day_in(market, now)))
    note(db, same_state(market, "contacts", person=person, reason="", now=now))
