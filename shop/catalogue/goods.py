"""What is known of all goods between one change and the next: pictures, papers, what fits what, and what is unfit where.

Read once, kept with the markets' snapshot (shop/markets/directory.py), so that a page need not ask for it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.catalogue.fitness import Asked, unfit
from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    Paper,
    Picture,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
)
from shop.catalogue.suitability import ALL_GOODS
from shop.ground.instants import local
from shop.markets.models import Market
from shop.markets.shelves import Shelved
from shop.markets.visit import Visit


@dataclass(frozen=True, slots=True)
class Known:
    """One reading. `shelved` is what each market lists in every language it has a text in; rows belong to no session."""

    products: Mapping[str, Product]
    zones: Mapping[str, str]
    languages: Mapping[str, tuple[str, ...]]
    listed: Mapping[str, list[tuple[str, datetime | None]]]  # market -> SKU, and the instant from which it is seen
    shelved: tuple[Shelved, ...]
    asked: Mapping[str, Asked]
    pictures: Mapping[str, tuple[str, ...]]  # family -> hashes, the one on cards first
    papers: Mapping[str, tuple[tuple[str, str], ...]]  # family -> kind and language of each
    slugs: Mapping[str, Mapping[str, str]]  # sku -> language -> slug
    _unfit: dict[str, tuple[date, frozenset[str]]] = field(default_factory=dict)

    def unfit(self, market: str, day: date) -> frozenset[str]:
        """The SKUs listed in the market that its rules do not let be sold there on this day of its calendar."""
        kept = self._unfit.get(market)
        if kept is None or kept[0] != day:
            kept = self._unfit[market] = (day, self._unsuited(market, day))
        return kept[1]

    def _unsuited(self, market: str, day: date) -> frozenset[str]:
        zone, listed = self.zones.get(market, "UTC"), self.listed.get(market, [])
        begun = frozenset(sku for sku, since in listed if since is None or local(since, zone).date() <= day)
        found = unfit(
            [self.products[sku] for sku, _since in listed],
            market,
            self.languages.get(market, ()),
            self.asked.get(market, Asked()),
            today=day,
            parents_sold=begun,
        )
        return frozenset(sku for sku, _reason in found)

    def picture_of(self, product: Product) -> str:
        """The path of the product's picture on cards; empty where only the drawing of its kind exists."""
        hashes = self.pictures.get(product.family, ())
        return f"/pictures/{hashes[0]}" if hashes else ""

    def slugs_of(self, sku: str) -> Mapping[str, str]:
        """The product's slugs by language; none for one that came after this reading."""
        return self.slugs.get(sku, {})

    def parts_of(self, sku: str) -> tuple[str, ...]:
        """The parts, consumables and services that name the product as one they fit."""
        return tuple(each.sku for each in self.products.values() if sku in each.fits.split())

    def person(self, market: str, kind: str) -> ResponsiblePerson | None:
        """Who answers in the market for this kind of goods: somebody for the kind itself, or else for all goods."""
        named = {each.kind: each for each in self.asked.get(market, Asked()).people if each.name}
        return named.get(kind) or named.get(kind.partition("_")[0]) or named.get(ALL_GOODS)


def known(visit: Visit) -> Known:
    """What the visit's snapshot knows of the goods."""
    goods = visit.snapshot.goods
    if not isinstance(goods, Known):
        raise TypeError("the house hands the directory the catalogue's reading of the goods")
    return goods


def read_goods(db: Session) -> Known:
    """The present reading."""
    markets = db.exec(select(Market.id, Market.zone, Market.languages)).all()
    products = {each.sku: each for each in db.exec(select(Product).order_by(col(Product.sku))).all()}
    listings = db.exec(select(Listing.market, Listing.sku, Listing.visible_from, Listing.until)).all()
    listed: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)
    for market, sku, since, _until in listings:
        listed[market].append((sku, since))
    pictures: dict[str, list[str]] = defaultdict(list)
    for family, hash in db.exec(select(Picture.family, Picture.hash).order_by(col(Picture.position))).all():
        pictures[family].append(hash)
    papers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for family, kind, language in db.exec(select(Paper.family, Paper.kind, Paper.language)).all():
        papers[family].append((kind, language))
    slugs: dict[str, dict[str, str]] = defaultdict(dict)
    for sku, language, slug in db.exec(select(ProductText.sku, ProductText.language, ProductText.slug)).all():
        slugs[sku][language] = slug
    return Known(
        products=products,
        zones={id: zone for id, zone, _languages in markets},
        languages={id: tuple(languages.split()) for id, _zone, languages in markets},
        listed=listed,
        shelved=tuple(
            Shelved(market, language, products[sku].plate, since, until, sku)
            for market, sku, since, until in listings
            for language in slugs.get(sku, ())
        ),
        asked=_asked(db, [id for id, *_rest in markets]),
        pictures={family: tuple(hashes) for family, hashes in pictures.items()},
        papers={family: tuple(sorted(each)) for family, each in papers.items()},
        slugs=slugs,
    )


def _asked(db: Session, markets: Iterable[str]) -> dict[str, Asked]:
    rows: list[list[Any]] = [
        list(db.exec(select(model)).all())
        for model in (MainsSupply, Requirement, Certificate, MarketRule, ResponsiblePerson)
    ]
    asked = {}
    for market in markets:
        mains, *others = ([each for each in kind if each.market == market] for kind in rows)
        asked[market] = Asked(mains[0] if mains else None, *others)
    return asked
