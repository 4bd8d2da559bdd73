"""All markets as this process knows them: a snapshot that a revision outdates, so that a page need not ask for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.revisions import EVERYWHERE, Revisions
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.answering import Answering
from shop.markets.exposure_models import Denial, Invitation
from shop.markets.gate import MarketFacts
from shop.markets.in_order import markets_in_order
from shop.markets.models import (
    Exporter,
    Market,
    MarketConsent,
    MarketLocale,
    ShippingRate,
    StopSale,
    StopSaleText,
    TaxRate,
)
from shop.markets.shelves import Shelved
from shop.markets.taxes import RateTable, TaxTable


class Goods(Protocol):
    """What the catalogue knows of all goods, as far as others ask."""

    @property
    def shelved(self) -> Iterable[Shelved]:
        """What every market lists, in each language it is told of in."""
        ...

    def unfit(self, market: str, day: date) -> frozenset[str]:
        """The SKUs listed in the market that its rules do not let be sold there on this day of its calendar."""
        ...


Recalled = Callable[[Session], frozenset[str]]  # the markets that have a recall for customers to read of
Entry = Callable[[str, Tongue, date], str]  # market, tongue and day -> the words that lead to the withdrawal function


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of everything about the markets that pages show. The rows are not attached to any session."""

    exporter: Exporter
    markets: dict[str, Market]
    order_buttons: dict[tuple[str, str], str]
    consents: dict[tuple[str, str], list[MarketConsent]]  # (market, language) -> what one must tick, then what one may
    stops: tuple[StopSale, ...]  # in force, the newest first
    stop_texts: dict[tuple[int, str], str]  # (stop, language) -> what customers are told
    revoked: frozenset[int]
    denied: frozenset[tuple[str, str]]  # (market, keyed hash of a mailbox) of who may not order; no market is anywhere
    taxes: TaxTable
    shipping: dict[str, ShippingRate]
    goods: Goods
    withdrawal_entry: Entry
    recalled: frozenset[str] = frozenset()  # markets with a page of recalls to be led to
    supposed: bool = False  # a market in it is taken for what it is not, in a dry run
    # What is worked out from it once, by market and language: who answers when, and the panel that says so.
    answers: dict[tuple[str, str], Answering] = field(default_factory=dict)
    panels: dict[tuple[str, str], tuple[Answering, dict[str, Any]]] = field(default_factory=dict)

    def market(self, market_id: str) -> Market:
        """The market; raises NotFound."""
        if market_id not in self.markets:
            raise NotFound
        return self.markets[market_id]

    def stops_of(self, market: str, sku: str) -> tuple[StopSale, ...]:
        """The stops that hold for a product in a market."""
        return tuple(each for each in self.stops if each.market in ("", market) and each.sku in ("", sku))

    def denies(self, market: str, customer: str) -> bool:
        """Whether this customer (the keyed hash of a mailbox) may not order in the market."""
        return bool(customer) and not self.denied.isdisjoint({(market, customer), ("", customer)})

    def unfit(self, market: Market, now: datetime) -> frozenset[str]:
        """The SKUs that the market lists although its rules do not let them be sold there today."""
        return self.goods.unfit(market.id, local(now, market.zone).date())

    def withdrawal(self, market: Market, tongue: Tongue, now: datetime) -> str:
        """The words that lead to the market's withdrawal function today; empty where it has none."""
        return self.withdrawal_entry(market.id, tongue, local(now, market.zone).date())

    def facts(self, market: Market) -> MarketFacts:
        """What the gate asks about the market, as far as pages need it."""
        return facts_of(market, self.stops)


def facts_of(
    market: Market,
    stops: Iterable[StopSale],
    *,
    orders_used: int = 0,
    orders_today: int = 0,
    value_used: int = 0,
    capacity_left: int | None = None,
) -> MarketFacts:
    """What the gate asks about a market, from its row, the stop-sales in force, and what is taken of its caps."""
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
        daily_cap=market.daily_cap,
        orders_today=orders_today,
        value_cap=market.value_cap,
        value_used=value_used,
        customer_cap=market.customer_cap,
        capacity_left=capacity_left if market.minutes_per_contact else None,
        ever_sold=market.ever_sold,
        stopped=frozenset(stop.sku for stop in stops if stop.market in ("", market.id)),
    )


class Directory:
    """Hands out the present snapshot, reading it anew only when a revision has risen."""

    def __init__(
        self,
        database: Database,
        revisions: Revisions,
        read_goods: Callable[[Session], Goods],
        withdrawal_entry: Entry = lambda _market, _tongue, _day: "",
        recalled: Recalled = lambda _db: frozenset(),
    ) -> None:
        """`read_goods` reads what is known of the goods, which are the catalogue's; `withdrawal_entry` asks the policies.

        `recalled` asks after the sale.
        """
        self._database = database
        self._revisions = revisions
        self._read_goods = read_goods
        self._withdrawal_entry = withdrawal_entry
        self._recalled = recalled
        self._kept: tuple[dict[str, int], Snapshot] | None = None
        self._known: tuple[int, Goods] | None = None

    def now(self) -> Snapshot:
        """The markets as they stand."""
        numbers = self._revisions.numbers  # noted before reading: a change meanwhile must outdate what is read
        kept = self._kept
        if kept is None or kept[0] != numbers:
            kept = self._kept = (numbers, self._read(numbers.get(EVERYWHERE, 0)))
        return kept[1]

    def _read(self, everywhere: int) -> Snapshot:
        with self._database.reading() as db:
            markets = markets_in_order(db)
            rates = db.exec(select(TaxRate).order_by(col(TaxRate.starts_on))).all()
            stops = select(StopSale).where(col(StopSale.lifted_at).is_(None))
            texts = select(StopSaleText).join(StopSale, col(StopSale.id) == col(StopSaleText.stop))
            texts = texts.where(col(StopSale.lifted_at).is_(None))
            return Snapshot(
                exporter=db.get(Exporter, 1) or _NOBODY,
                markets={market.id: market for market in markets},
                order_buttons={
                    (each.market, each.language): each.order_button for each in db.exec(select(MarketLocale)).all()
                },
                consents=_consents(db),
                stops=tuple(db.exec(stops.order_by(col(StopSale.id).desc())).all()),
                stop_texts={(each.stop, each.language): each.text for each in db.exec(texts).all()},
                revoked=frozenset(
                    id for id in db.exec(select(Invitation.id).where(col(Invitation.revoked_at).is_not(None))) if id
                ),
                denied=frozenset(
                    db.exec(select(Denial.market, Denial.customer).where(col(Denial.ended_at).is_(None))).all()
                ),
                taxes=RateTable(rates),
                shipping={each.market: each for each in db.exec(select(ShippingRate)).all()},
                goods=self._goods_known(db, everywhere),
                withdrawal_entry=self._withdrawal_entry,
                recalled=self._recalled(db),
            )

    def _goods_known(self, db: Session, everywhere: int) -> Goods:
        """Only an import changes what is known of goods, and it tells everywhere; a sold-out piece need not read it all."""
        if self._known is None or self._known[0] != everywhere:
            self._known = (everywhere, self._read_goods(db))
        return self._known[1]


def _consents(db: Session) -> dict[tuple[str, str], list[MarketConsent]]:
    found: dict[tuple[str, str], list[MarketConsent]] = {}
    query = select(MarketConsent).order_by(col(MarketConsent.required).desc(), col(MarketConsent.key))
    for each in db.exec(query).all():
        found.setdefault((each.market, each.language), []).append(each)
    return found


_NOBODY = Exporter(
    name="softlaunch", legal_name="", brand="", home_market="", zone="UTC", address="", email="", phone=""
)
