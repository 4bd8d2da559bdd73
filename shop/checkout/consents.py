"""What is to be ticked besides the policies: a market's own sentences, and the terms of each service in the cart.

What was ticked is kept for ever with the order, as the policies are: the words, the text's hash and bytes, the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.catalogue.goods import known
from shop.catalogue.models import Paper, Product
from shop.catalogue.suitability import SERVICE
from shop.checkout.requirements import Box
from shop.markets.visit import Visit
from shop.policies.acceptance import accept_text
from shop.policies.library import title

TERMS = "terms"


@dataclass(frozen=True, slots=True)
class Consent:
    """One box with what is accepted by ticking it: `kind` as it is kept, and the whole text (of a sentence, itself)."""

    box: Box
    kind: str
    text: str


def consents(db: Session, visit: Visit, skus: Iterable[str]) -> list[Consent]:
    """The boxes of this cart in the visit's language: the terms of its services, then what the market asks."""
    return [*_terms(db, visit, skus), *_sentences(visit)]


def keep_consents(
    db: Session, order_number: str, asked: Iterable[Consent], visit: Visit, *, ticked: frozenset[str]
) -> None:
    """Note each one that was ticked, with its words and the bytes of its text."""
    for each in asked:
        if each.box.field in ticked:
            accept_text(
                db,
                order_number,
                each.kind,
                each.text,
                market=visit.market.id,
                tongue=visit.tongue,
                wording=each.box.text,
                now=visit.now,
            )


def _terms(db: Session, visit: Visit, skus: Iterable[str]) -> list[Consent]:
    products = known(visit).products
    services = [sku for sku in skus if sku in products and products[sku].kind == SERVICE]
    if not services:
        return []
    query = (
        select(Product.sku, Paper.text)
        .join(Paper, (col(Paper.family) == col(Product.family)) & (col(Paper.kind) == TERMS))
        .where(Paper.language == visit.tongue.language, col(Product.sku).in_(services))
    )
    said = N_("I agree to the terms of this service: %(name)s")
    return [
        Consent(Box(f"terms-{sku}", visit.tongue.say(said, name=title(text))), f"terms:{sku}", text)
        for sku, text in sorted(db.exec(query).all())
    ]


def _sentences(visit: Visit) -> list[Consent]:
    """What one must tick stands before what one may."""
    found = visit.snapshot.consents.get((visit.market.id, visit.tongue.language), [])
    return [
        Consent(Box(f"consent-{each.key}", each.text, each.required), f"consent:{each.key}", each.text)
        for each in found
    ]
