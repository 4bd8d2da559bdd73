"""What a market lists, held against what it asks of goods: rows turned into the values suitability decides on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shop.catalogue import models
from shop.catalogue.suitability import (
    Certificate,
    Mains,
    MarketFacts,
    Product,
    Requirement,
    ResponsiblePerson,
    Rule,
    suitability,
)
from shop.launches.readiness import Paper, Unfit


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows of one market that say what it asks of goods, and what the exporter holds for it."""

    mains: models.MainsSupply | None
    requirements: Sequence[models.Requirement]
    certificates: Sequence[models.Certificate]
    rules: Sequence[models.MarketRule]
    people: Sequence[models.ResponsiblePerson]


def unfit(
    products: Iterable[models.Product], market: str, languages: Iterable[str], asked: Asked, *, today: date
) -> tuple[Unfit, ...]:
    """The listed products that may not be sold in the market today, each with its first reason."""
    listed, facts = list(products), _market_facts(market, languages, asked)
    skus = frozenset(each.sku for each in listed)
    verdicts = ((each.sku, suitability(_product(each), facts, today=today, parents_sold=skus)) for each in listed)
    return tuple(
        Unfit(sku, verdict.reason.code, verdict.reason.detail) for sku, verdict in verdicts if verdict.status != "ok"
    )


def papers(products: Iterable[models.Product], asked: Asked, *, today: date) -> tuple[Paper, ...]:
    """The marks that the listed kinds need, each with the paper in force that lasts longest."""
    kinds = {each.kind for each in products}
    return tuple(_paper(each, asked.certificates, today) for each in asked.requirements if each.kind in kinds)


def _paper(required: models.Requirement, certificates: Sequence[models.Certificate], today: date) -> Paper:
    fitting = [each for each in certificates if (each.kind, each.mark) == (required.kind, required.mark)]
    in_force = [each for each in fitting if (each.valid_from or date.min) <= today <= (each.valid_until or date.max)]
    longest = max(in_force, key=lambda each: each.valid_until or date.max, default=None)
    return Paper(required.kind, required.mark, longest is not None, longest.valid_until if longest else None)


def _market_facts(market: str, languages: Iterable[str], asked: Asked) -> MarketFacts:
    mains = asked.mains
    return MarketFacts(
        market,
        mains=Mains(_numbers(mains.volts), _numbers(mains.hertz), _words(mains.plugs)) if mains else None,
        label_languages=frozenset(languages),
        requirements=tuple(Requirement(each.kind, each.mark) for each in asked.requirements),
        certificates=tuple(
            Certificate(each.kind, each.mark, each.number, each.valid_from, each.valid_until)
            for each in asked.certificates
        ),
        rules=tuple(
            Rule(each.subject, "no" if each.verdict == "no" else "needs_step", each.reason, _numbers(each.months))
            for each in asked.rules
        ),
        responsible_people=tuple(ResponsiblePerson(each.kind, each.name) for each in asked.people),
    )


def _product(row: models.Product) -> Product:
    volts = (row.volt_min, row.volt_max) if row.volt_min is not None and row.volt_max is not None else None
    return Product(
        row.sku,
        row.kind,
        volts,
        _numbers(row.hertz),
        _words(row.plugs),
        row.battery,
        row.hs_code,
        _words(row.contains),
        _words(row.may_contain),
        _words(row.fits),
        row.parent_needed,
        _words(row.label_languages),
        _words(row.manual_languages),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(each) for each in text.split())
