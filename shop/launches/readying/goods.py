"""What a market lists, held against what it asks of goods: what may not be sold there, and what about it is missing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from shop.catalogue import fitness, models
from shop.catalogue.fitness import Asked
from shop.catalogue.suitability import MANUAL_KINDS, SERVICE, in_force
from shop.launches.readying.facts import Paper, Unfit, Unwritten
from shop.markets.models import Market
from shop.markets.taxes import NoTaxRate, Taxable, TaxTable

WRITTEN = ("manual", "safety")  # kinds of paper that stand in every language of the market


def goods_facts(
    market: Market, listed: Sequence[tuple[models.Listing, models.Product]], asked: Asked, *, today: date
) -> dict[str, Any]:
    """What the listed products say of themselves, as facts by their names."""
    products = [product for _listing, product in listed]
    languages = market.languages.split()
    step = max(market.price_step, 1)
    return {
        "listed": len(listed),
        "unfit": unfit(products, market.id, languages, asked, today=today),
        "unworded": tuple(_unworded(products, languages)),
        "papers": papers(products, asked, today=today),
        "unpriced": tuple(listing.sku for listing, _product in listed if listing.price <= 0),
        "uneven": tuple(listing.sku for listing, _product in listed if listing.price % step),
        "uncoded": tuple(each.sku for each in products if each.kind != SERVICE and not each.hs_code),
        "untraced": tuple(each.sku for each in products if not _traced(each)),
    }


def unfit(
    products: Iterable[models.Product], market: str, languages: Iterable[str], asked: Asked, *, today: date
) -> tuple[Unfit, ...]:
    """The listed products that may not be sold in the market today, each with its first reason."""
    listed = list(products)
    skus = frozenset(each.sku for each in listed)
    found = fitness.unfit(listed, market, languages, asked, today=today, parents_sold=skus)
    return tuple(Unfit(sku, reason.code, reason.detail) for sku, reason in found)


def papers(products: Iterable[models.Product], asked: Asked, *, today: date) -> tuple[Paper, ...]:
    """The marks that the listed kinds need, each with the paper in force that lasts longest."""
    kinds = {each.kind for each in products}
    return tuple(_paper(each, asked.certificates, today) for each in asked.requirements if each.kind in kinds)


def unwritten(
    products: Iterable[models.Product],
    languages: Iterable[str],
    texts: Collection[tuple[str, str]],
    written: Collection[tuple[str, str, str]],
) -> dict[str, Any]:
    """The texts of products, and the instructions and safety sheets of their families, that a language still lacks.

    `texts` are (SKU, language), `written` papers (family, kind, language); a family without any paper needs none.
    """
    listed, asked = list(products), list(languages)
    kept = {(family, kind) for family, kind, _language in written if kind in WRITTEN}
    needed = sorted({(family, kind) for family, kind in kept if family in {each.family for each in listed}})
    return {
        "texts_lacking": tuple(
            Unwritten(each.sku, language) for each in listed for language in asked if (each.sku, language) not in texts
        ),
        "papers_unwritten": tuple(
            Unwritten(f"{family}.{kind}", language)
            for family, kind in needed
            for language in asked
            if (family, kind, language) not in written
        ),
    }


def untaxed(market: Market, products: Iterable[models.Product], taxes: TaxTable, today: date) -> tuple[str, ...]:
    """The tax classes of what is listed for which no rate is known there."""
    unknown = []
    for tax_class in sorted({each.tax_class for each in products}):
        try:
            taxes.levy(market, [Taxable(0, tax_class)], today)
        except NoTaxRate:
            unknown.append(tax_class)
    return tuple(unknown)


def _unworded(products: Iterable[models.Product], languages: Iterable[str]) -> Iterable[Unfit]:
    """Labels and manuals that lack a language, whatever else is the matter with the product."""
    asked = set(languages)
    for each in products:
        if each.kind == SERVICE:
            continue
        if missing := asked - set(each.label_languages.split()):
            yield Unfit(each.sku, "label_language", " ".join(sorted(missing)))
        if each.kind in MANUAL_KINDS and (missing := asked - set(each.manual_languages.split())):
            yield Unfit(each.sku, "manual_language", " ".join(sorted(missing)))


def _traced(product: models.Product) -> bool:
    """Whether a bad appliance could be traced to its buyer; food and cosmetics are, by the lot that each parcel names."""
    return product.serial or product.kind not in MANUAL_KINDS


def _paper(required: models.Requirement, certificates: Sequence[models.Certificate], today: date) -> Paper:
    fitting = [each for each in certificates if (each.kind, each.mark) == (required.kind, required.mark)]
    held = [each for each in fitting if in_force(each, today)]
    longest = max(held, key=lambda each: each.valid_until or date.max, default=None)
    return Paper(required.kind, required.mark, longest is not None, longest.valid_until if longest else None)
