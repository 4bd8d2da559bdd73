"""What products are called, whether or not they are offered anywhere any more."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from shop.catalogue.models import ProductText


def names_of(db: Session, skus: Collection[str], language: str) -> dict[str, str]:
    """What products are called in a language, or else in English; a SKU without either is left out."""
    if not skus:
        return {}
    query = select(ProductText.sku, ProductText.language, ProductText.name)
    rows = db.exec(query.where(col(ProductText.sku).in_(skus), col(ProductText.language).in_((language, "en")))).all()
    return {sku: name for sku, _tag, name in sorted(rows, key=lambda row: row[1] == language)}
