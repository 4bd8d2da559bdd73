"""The files about goods: products, stock, listings with their prices, taxes, delivery, papers asked for, costs."""

from collections.abc import Callable, Iterable, Iterator

from sqlmodel import SQLModel, select

from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    OldSlug,
    PriceChange,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.documents.models import DocumentField
from shop.markets.models import ShippingRate, TaxRate
from shop.scorecard.models import LandedCost, MarketCost
from shop.upkeep.models import PriceRate
from shop.upkeep.sheets import SHEETS
from shop.upkeep.writing.spelling import figures
from shop.upkeep.writing.standing import Cells, Standing, cells, in_order, ordered

Sheet = Callable[[Standing], Iterable[Cells]]


def _products(here: Standing) -> Iterator[Cells]:
    for row in ordered(here.rows(Product), "sku"):
        yield cells(row, SHEETS["products"][0])


def _stock(here: Standing) -> Iterator[Cells]:
    for row in ordered(here.rows(Stock), "sku"):
        yield {"sku": row.sku, "on_hand": row.on_hand}


def _listings(here: Standing) -> Iterator[Cells]:
    columns = SHEETS["listings"][0]
    moments = ("visible_from", "buyable_from", "until", "reduced_since")
    for row in in_order(here, here.rows(Listing), "position", "sku"):
        times = {name: here.moment("listings", name, row.market, getattr(row, name)) for name in moments}
        yield cells(row, columns, price=here.amount(row.market, row.price), **times)


def _prices(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(PriceChange), "sku", "at"):
        at = here.moment("prices", "at", row.market, row.at)
        yield {"market": row.market, "sku": row.sku, "at": at, "price": here.amount(row.market, row.price)}


def _tax(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(TaxRate), "tax_class", "region", "starts_on"):
        special = {"percent": figures(row.rate_e5, 3), "from": row.starts_on}
        yield cells(row, SHEETS["tax"][0], **special)


def _shipping(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(ShippingRate)):
        amounts = {name: here.amount(row.market, getattr(row, name)) for name in ("price", "free_from")}
        yield cells(row, SHEETS["shipping"][0], **amounts)


def _landed_costs(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(LandedCost), "sku"):
        amounts = {name: here.amount(row.market, getattr(row, name)) for name in ("purchase", "freight", "duty")}
        yield cells(row, SHEETS["landed_costs"][0], **amounts)


def _market_costs(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(MarketCost)):
        amounts = {
            name: here.amount(row.market, getattr(row, name)) for name in ("parcel", "returned", "fee", "minute")
        }
        shares = {"fee_percent": figures(row.fee_bp, 2), "exchange_percent": figures(row.exchange_bp, 2)}
        yield cells(row, SHEETS["market_costs"][0], **amounts, **shares)


def _manuals(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(DocumentField), "key", "language"):
        yield cells(row, SHEETS["manuals"][0])


def _price_rates(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(PriceRate), "currency"):
        yield cells(row, SHEETS["price_rates"][0], markup=figures(row.markup_bp, 2))


def _old_addresses(here: Standing) -> Iterator[Cells]:
    """Those that still lead on; what another product is called by now leads there."""
    taken = set(here.db.exec(select(ProductText.language, ProductText.slug)).all())
    for row in ordered(here.rows(OldSlug), "language", "slug"):
        if (row.language, row.slug) not in taken:
            yield cells(row, SHEETS["old_addresses"][0])


def _plain(name: str, model: type[SQLModel]) -> Sheet:
    """A file whose columns are those of its table."""

    def rows(here: Standing) -> Iterator[Cells]:
        columns, key = SHEETS[name]
        for row in in_order(here, here.rows(model), *(each for each in key if each != "market")):
            yield cells(row, columns)

    return rows


CATALOGUE: dict[str, Sheet] = {
    "products": _products, "old_addresses": _old_addresses, "stock": _stock, "listings": _listings, "prices": _prices,
    "tax": _tax, "shipping": _shipping, "requirements": _plain("requirements", Requirement),
    "certificates": _plain("certificates", Certificate), "rules": _plain("rules", MarketRule),
    "mains": _plain("mains", MainsSupply), "responsible_people": _plain("responsible_people", ResponsiblePerson),
    "landed_costs": _landed_costs, "market_costs": _market_costs, "price_rates": _price_rates,
    "manuals": _manuals,
}  # fmt: skip
