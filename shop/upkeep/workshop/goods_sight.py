"""What the catalogue's desk shows of goods: their names, pictures and languages, as whoever sits there reads them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import Tongue, own_name
from shop.catalogue.models import Picture, Product, ProductText
from shop.ground.errors import NotFound
from shop.launches.arrival import Console
from shop.markets.in_order import markets_in_order
from shop.markets.models import Exporter, Market
from shop.staff.may import ALL_MARKETS
from shop.upkeep.workshop.standing import FIELDS, Standing, standing

URL = "/console/catalogue"
SEE, CHANGE, WRITE = ({"act": act} for act in ("setup.see", "setup.change", "setup.advise"))
PAGE = 50  # rows
MENU = URL


@dataclass(frozen=True, slots=True)
class Shelf:
    """All products with their texts and first pictures, read once for a page."""

    products: Mapping[str, Product]
    texts: Mapping[str, Mapping[str, dict[str, str]]]  # sku -> language -> field -> what it says
    pictures: Mapping[str, str]  # family -> path
    languages: tuple[str, ...]  # of all markets, in their order, then those that only texts are in
    source: str  # the language in which goods are described first

    def name(self, sku: str, tongue: Tongue) -> str:
        """What the product is called in this tongue, else in the source language, else its SKU."""
        said = self.texts.get(sku, {})
        return said.get(tongue.language, said.get(self.source, {})).get("name") or sku

    def picture(self, sku: str) -> str:
        """The path of its first picture; empty where there is none."""
        return self.pictures.get(self.products[sku].family, "")

    def standing(self, sku: str, language: str) -> Standing:
        """How complete its text in the language is, beside the source language's."""
        said = self.texts.get(sku, {})
        return standing(said.get(language), said.get(self.source))

    def card(self, sku: str, tongue: Tongue) -> dict[str, Any]:
        """What every row about a product begins with."""
        product = self.products[sku]
        return {
            "sku": sku,
            "name": self.name(sku, tongue),
            "image_url": self.picture(sku),
            "plate": product.plate,
            "url": product_url(sku),
        }


def product_url(sku: str) -> str:
    """The page of a SKU at the catalogue's desk."""
    return f"{URL}/products/{sku}"


def read_shelf(db: Session) -> Shelf:
    """The present reading."""
    texts: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    columns: list[Any] = [getattr(ProductText, each) for each in ("sku", "language", *FIELDS, "checked_by")]
    for sku, language, *said in db.exec(select(*columns)).all():
        texts[sku][language] = dict(zip((*FIELDS, "checked_by"), said, strict=True))
    markets = markets_in_order(db)
    spoken = [tag for each in markets for tag in each.languages.split()]
    pictures = select(Picture.family, Picture.hash).where(Picture.position == 1)
    return Shelf(
        products={each.sku: each for each in db.exec(select(Product).order_by(col(Product.sku))).all()},
        texts=texts,
        pictures={family: f"/pictures/{hash}" for family, hash in db.exec(pictures).all()},
        languages=tuple(dict.fromkeys([*spoken, *sorted({tag for each in texts.values() for tag in each})])),
        source=_source(db.get(Exporter, 1), {each.id: each.languages for each in markets}),
    )


def _source(exporter: Exporter | None, languages: Mapping[str, str]) -> str:
    at_home = languages.get(exporter.home_market.lower(), "") if exporter else ""
    return at_home.split()[0] if at_home else "en"


def for_all_markets(console: Console) -> None:
    """Let only those on who set up all markets, for what no market has for itself. Raises NotFound."""
    if not console.staff.may("setup.change", ALL_MARKETS):
        raise NotFound


def markets_of(db: Session, console: Console) -> list[Market]:
    """The markets of this person, in their order."""
    return console.staff.own(markets_in_order(db))


def writes_in(db: Session, console: Console, language: str) -> bool:
    """Whether this person may write texts in the language: it is one of a market of theirs, or they set up everything."""
    may = console.staff.may
    return may("setup.change", ALL_MARKETS) or any(
        language in each.languages.split() and may("setup.advise", each.id) for each in markets_of(db, console)
    )


def searched(shelf: Shelf, wanted: str) -> Iterable[str]:
    """The SKUs whose number, kind, family or text in any language holds all of these words."""
    words = wanted.casefold().split()
    for sku, product in shelf.products.items():
        names = (each.get("name", "") for each in shelf.texts.get(sku, {}).values())
        said = " ".join((sku, product.kind, product.family, *names)).casefold()
        if all(each in said for each in words):
            yield sku


def language_row(tag: str, tongue: Tongue) -> dict[str, str]:
    """A language as it calls itself and as the reader calls it."""
    return {"tag": tag, "own": own_name(tag), "name": tongue.language_name(tag)}


def paged(rows: list[Any], page: str, url: str) -> dict[str, Any]:
    """The rows of one page, and the addresses of those around it; `url` ends where the page's number belongs."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    number = max(1, min(number, -(-len(rows) // PAGE)))
    more = len(rows) > number * PAGE
    return {
        "rows": rows[(number - 1) * PAGE : number * PAGE],
        "previous_url": f"{url}{number - 1}" if number > 1 else "",
        "next_url": f"{url}{number + 1}" if more else "",
        "total": len(rows),
    }
