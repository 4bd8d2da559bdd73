"""What a market lists, held against what it asks of goods: what may not be sold there, and the papers held for the rest."""

from collections.abc import Iterable, Sequence
from datetime import date

from shop.catalogue import fitness, models
from shop.catalogue.fitness import Asked
from shop.catalogue.suitability import in_force
from shop.launches.readying.readiness import Paper, Unfit


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


def _paper(required: models.Requirement, certificates: Sequence[models.Certificate], today: date) -> Paper:
    fitting = [each for each in certificates if (each.kind, each.mark) == (required.kind, required.mark)]
    held = [each for each in fitting if in_force(each, today)]
    longest = max(held, key=lambda each: each.valid_until or date.max, default=None)
    return Paper(required.kind, required.mark, longest is not None, longest.valid_until if longest else None)
