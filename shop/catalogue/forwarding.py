"""Addresses that a product has no longer, or has in another language: where its page is to be found in this one."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from sqlmodel import Session, col, select

from shop.catalogue.models import OldSlug, ProductText
from shop.catalogue.notice import placed
from shop.markets.visit import Visit


def present_slug(db: Session, visit: Visit, slug: str) -> str:
    """The slug that the product once or elsewhere known by `slug` has here; empty when it is one here, or not shown here."""
    language = visit.tongue.language
    if _taken(db, language, slug):
        return ""
    for sku in _known_as(db, language, slug):
        text = db.get(ProductText, (sku, language))
        if text is not None and placed(db, visit, text.slug):
            return text.slug
    return ""


def onward(path: str, scope: Mapping[str, Any]) -> str:
    """The address to send a visitor to: the path, with the query of the request, all of it in ASCII. Never to be kept."""
    asked = quote(scope["query_string"].decode("latin-1"), safe="=&%+,;:@!$'()*/?~-._", encoding="latin-1")
    return f"{quote(path)}?{asked}" if asked else quote(path)


def _taken(db: Session, language: str, slug: str) -> bool:
    query = select(ProductText.sku).where(ProductText.language == language, ProductText.slug == slug)
    return db.exec(query).first() is not None


def _known_as(db: Session, language: str, slug: str) -> Iterator[str]:
    """The products that this name has meant: in this language first, then now in others, then formerly in others."""
    former = select(OldSlug.sku, OldSlug.language).where(OldSlug.slug == slug).order_by(col(OldSlug.language))
    olds = db.exec(former).all()
    yield from (sku for sku, spoken in olds if spoken == language)
    yield from db.exec(
        select(ProductText.sku).where(ProductText.slug == slug).order_by(col(ProductText.language))
    ).all()
    yield from (sku for sku, spoken in olds if spoken != language)
