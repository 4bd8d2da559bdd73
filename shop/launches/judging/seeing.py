"""A market's scorecard as it stands, with the readiness gates that are in its way: for the page and for the command."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from shop.base.i18n import Tongue
from shop.launches.changing.transitions import in_the_way
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.words import gate_title
from shop.markets.models import Market
from shop.scorecard.reading import Reading, reading


@dataclass(frozen=True, slots=True)
class Seen:
    """A market's scorecard: the reading, and the titles of the gates that are in its way, by name."""

    market: Market
    read: Reading
    gates: dict[str, str]


def seen(db: Session, market: Market, sources: Sources, tongue: Tongue, *, now: datetime) -> Seen:
    """The scorecard of a market as it stands."""
    facts = gather(db, sources, now=now, only=market.id)[market.id]
    missing = in_the_way(gates_of(market, facts, now=now), market.state)
    gates = {each.gate: gate_title(each.gate, tongue) for each in missing}
    return Seen(market, reading(db, market, now=now, gates=list(gates)), gates)
