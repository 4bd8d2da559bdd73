"""All markets as this process knows them: a snapshot that a revision outdates, so that a page need not ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import col, select

from shop.base.db import Database
from shop.base.pagecache import Revisions
from shop.ground.errors import NotFound
from shop.markets.gate import MarketFacts
from shop.markets.models import Exporter, Invitation, Market, MarketLocale, ShippingRate, StopSale, TaxRate


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of everything about the markets that pages show. The rows are not attached to any session."""

    exporter: Exporter
    markets: dict[str, Market]
    order_buttons: dict[tuple[str, str], str]
    stops: tuple[StopSale, ...]
    revoked: frozenset[int]
    tax_rates: tuple[TaxRate, ...]
    shipping: dict[str, ShippingRate]

    def market(self, market_id: str) -> Market:
        """The market; raises NotFound."""
        if market_id not in self.markets:
            raise NotFound
        return self.markets[market_id]

    def facts(self, market: Market) -> MarketFacts:
        """What the gate asks about the market, as far as pages need it."""
        return facts_of(market, self.stops)


def facts_of(market: Market, stops: Iterable[StopSale], *, orders_used: int = 0) -> MarketFacts:
    """What the gate asks about a market, from its row and the stop-sales in force."""
    return MarketFacts(
        id=market.id,
        country=market.country,
        state=market.state,
        pause_mode=market.pause_mode,
        audience=market.audience,
        percent_bp=market.percent_bp,
        draw=market.draw,
        in_chooser=market.in_chooser,
        order_cap=market.order_cap,
        orders_used=orders_used,
        ever_sold=market.ever_sold,
        stopped=frozenset(stop.sku for stop in stops if stop.market in ("", market.id)),
    )


class Directory:
    """Hands out the present snapshot, reading it anew only when a revision has risen."""

    def __init__(self, database: Database, revisions: Revisions) -> None:
        self._database = database
        self._revisions = revisions
        self._kept: tuple[dict[str, int], Snapshot] | None = None

    def now(self) -> Snapshot:
        """The markets as they stand."""
        numbers = self._revisions.numbers  # noted before reading: a change meanwhile must outdate what is read
        kept = self._kept
        if kept is None or kept[0] != numbers:
            kept = self._kept = (numbers, self._read())
        return kept[1]

    def _read(self) -> Snapshot:
        with self._database.reading() as db:
            markets = db.exec(select(Market).order_by(col(Market.position), col(Market.id))).all()
            rates = db.exec(select(TaxRate).order_by(col(TaxRate.starts_on))).all()
            return Snapshot(
                exporter=db.get(Exporter, 1) or _NOBODY,
                markets={market.id: market for market in markets},
                order_buttons={
                    (each.market, each.language): each.order_button for each in db.exec(select(MarketLocale)).all()
                },
                stops=tuple(db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()),
                revoked=frozenset(
                    id for id in db.exec(select(Invitation.id).where(col(Invitation.revoked_at).is_not(None))) if id
                ),
                tax_rates=tuple(rates),
                shipping={each.market: each for each in db.exec(select(ShippingRate)).all()},
            )


_NOBODY = Exporter(
    name="softlaunch", legal_name="", brand="", home_market="", zone="UTC", address="", email="", phone=""
)
