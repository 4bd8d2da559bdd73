"""`price_rates.csv`: rates of exchange that the exporter has typed in, each with its day, to suggest prices from.

A rate suggests and never charges: nothing that a customer pays is ever reckoned with one. Beside it stand the mark-up
and the ending that the market's prices are suggested with. The folder is the whole truth about them.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import delete
from sqlmodel import Session

from shop.upkeep.cells import currency, day, market_id, optional, percent, text
from shop.upkeep.models import PriceRate
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.workshop.suggesting import read_ending, read_rate
from shop.upkeep.wrong import Wrong


def rate(given: object) -> str:
    """A rate of exchange in plain figures."""
    return f"{read_rate(text(given)):f}"


RATE: Columns = {
    "market": market_id, "currency": currency, "rate": rate, "as_of": day, "source": optional(text, ""),
    "markup": optional(percent, 0), "ending": optional(text, ""),
}  # fmt: skip
RATE_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {"price_rates": (RATE, ("market", "currency"))}
RATE_NAMES = {("price_rates", "market"): "markets"}


def check_rates(rates: list[Row], markets: Mapping[str, Row]) -> Iterator[Fault]:
    """An ending must be one that a price of the market can have."""
    for row in rates:
        market = markets.get(row.get("market") or "")
        if market is None or not row.get("ending") or market.get("currency") is None:
            continue
        try:
            read_ending(row["ending"], market["currency"], step=market.get("price_step") or 1)
        except Wrong as error:
            yield row, "ending", error


def store_rates(db: Session, rates: list[Row]) -> None:
    """Write the rates in place of those there were."""
    db.connection().execute(delete(PriceRate))
    for row in rates:
        cells = {name: cell for name, cell in row.cells.items() if name != "markup"}
        db.add(PriceRate(**cells, markup_bp=row["markup"]))
