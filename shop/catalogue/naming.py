"""What products are called, whether or not they are offered anywhere any more."""

from collections.abc import Collection
from typing import NamedTuple

from sqlmodel import Session, col, select

from shop.base.i18n import is_own, tags_near
from shop.catalogue.models import ProductText


class Named(NamedTuple):
    """What a product is called; `foreign` is the language of a name that is not the reader's, empty for one that is."""

    name: str
    foreign: str


def names_of(db: Session, skus: Collection[str], language: str) -> dict[str, str]:
    """What products are called in a language, or it without its region, else in English; a SKU without is left out."""
    return {sku: each.name for sku, each in named_for(db, skus, language).items()}


def named_for(db: Session, skus: Collection[str], language: str) -> dict[str, Named]:
    """The same, for where a name of another language than the reader's has to say so."""
    if not skus:
        return {}
    query = select(ProductText.sku, ProductText.language, ProductText.name)
    near = tags_near(language)
    rows = db.exec(query.where(col(ProductText.sku).in_(skus), col(ProductText.language).in_(near))).all()
    best = sorted(rows, key=lambda row: -near.index(row[1]))
    return {sku: Named(name, "" if is_own(tag, language) else tag) for sku, tag, name in best}
