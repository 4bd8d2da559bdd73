"""Which papers must travel with goods to a market, and which of them are not there: a rule over the market's own rows.

A certificate, a declaration, an import permit or an export licence is a mark that the market asks of a kind of goods
(Requirement) and that the exporter holds (Certificate) from a day to a day. What is no goods travels with nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col, select

from shop.catalogue.fitness import Asked, rules_met
from shop.catalogue.models import Certificate, MarketRule, Product, Requirement, ResponsiblePerson
from shop.catalogue.suitability import ALL_GOODS, SERVICE, in_force

Why = Literal["missing", "expired", "not_yet", "nobody", "rule"]


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """What keeps a SKU from leaving: the paper's mark, the kind that nobody answers for, or the code of a rule."""

    sku: str
    paper: str
    why: Why
    until: date | None = None  # when it expired


def asked_of(db: Session, market: str) -> Asked:
    """What the market asks of goods and what is held for it, as it stands now."""
    return Asked(
        None,
        db.exec(select(Requirement).where(col(Requirement.market) == market)).all(),
        db.exec(select(Certificate).where(col(Certificate.market) == market)).all(),
        db.exec(select(MarketRule).where(col(MarketRule.market) == market)).all(),
        db.exec(select(ResponsiblePerson).where(col(ResponsiblePerson.market) == market)).all(),
    )


def missing_papers(products: Iterable[Product], asked: Asked, today: date) -> list[MissingPaper]:
    """Everything that is not there for these goods on a day of the market's calendar."""
    return [each for product in products if product.kind != SERVICE for each in _missing(product, asked, today)]


def travelling(products: Iterable[Product], asked: Asked, today: date) -> list[Certificate]:
    """The papers in force that travel with these goods, each once: of two for one mark the one that lasts longer."""
    kinds = sorted({each.kind for each in products if each.kind != SERVICE})
    found = [
        max(held, key=lambda paper: paper.valid_until or date.max)
        for wanted in asked.requirements
        if wanted.kind in kinds and (held := _held(wanted, asked, today))
    ]
    return sorted(found, key=lambda paper: (paper.kind, paper.mark))


def answering_for(products: Iterable[Product], asked: Asked) -> list[ResponsiblePerson]:
    """Who answers in the market for these goods, each once."""
    kinds = {each.kind for each in products if each.kind != SERVICE} | {ALL_GOODS}
    named = {each.name: each for each in asked.people if each.name and each.kind in kinds}
    return [named[name] for name in sorted(named)]


def _missing(product: Product, asked: Asked, today: date) -> Iterator[MissingPaper]:
    for wanted in asked.requirements:
        if wanted.kind == product.kind and not _held(wanted, asked, today):
            yield _why(product, wanted, asked, today)
    for person in asked.people:
        if person.kind in (product.kind, ALL_GOODS) and not person.name:
            yield MissingPaper(product.sku, person.kind, "nobody")
    for rule in rules_met(product, asked, today):
        yield MissingPaper(product.sku, rule.reason, "rule")


def _held(wanted: Requirement, asked: Asked, today: date) -> list[Certificate]:
    return [each for each in _of(wanted, asked) if in_force(each, today)]


def _of(wanted: Requirement, asked: Asked) -> list[Certificate]:
    return [each for each in asked.certificates if (each.kind, each.mark) == (wanted.kind, wanted.mark)]


def _why(product: Product, wanted: Requirement, asked: Asked, today: date) -> MissingPaper:
    kept = _of(wanted, asked)
    if any((each.valid_from or date.min) > today for each in kept):
        return MissingPaper(product.sku, wanted.mark, "not_yet")
    ends = [each.valid_until for each in kept if each.valid_until]
    return MissingPaper(product.sku, wanted.mark, "expired" if ends else "missing", max(ends, default=None))
