"""What products are called, whether or not they are offered anywhere any more."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from shop.base.i18n import tags_near
from shop.catalogue.models import ProductText


def names_of(db: Session, skus: Collection[str], language: str) -> dict[str, str]:
    """What products are called in a language, or it without its region, else in English; a SKU without is left out."""
    if not skus:
        return {}
    query = select(ProductText.sku, ProductText.language, ProductText.name)
    near = tags_near(language)
    rows = db.exec(query.where(col(ProductText.sku).in_(skus), col(ProductText.language).in_(near))).all()
    return {sku: name for sku, _tag, name in sorted(rows, key=lambda row: -near.index(row[1]))}
