"""What may not be sold in a market: rows turned into the plain values that suitability decides on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shop.catalogue import models
from shop.catalogue.suitability import (
    Certificate,
    Mains,
    MarketFacts,
    Product,
    Reason,
    Requirement,
    ResponsiblePerson,
    Rule,
    subjects,
    suitability,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows of one market that say what it asks of goods, and what the exporter holds for it."""

    mains: models.MainsSupply | None = None
    requirements: Sequence[models.Requirement] = ()
    certificates: Sequence[models.Certificate] = ()
    rules: Sequence[models.MarketRule] = ()
    people: Sequence[models.ResponsiblePerson] = ()


def unfit(
    products: Iterable[models.Product],
    market: str,
    languages: Iterable[str],
    asked: Asked,
    *,
    today: date,
    parents_sold: frozenset[str],
) -> Iterator[tuple[str, Reason]]:
    """The SKUs of these that may not be sold in the market today, each with its first reason."""
    facts = _market_facts(market, languages, asked)
    for each in products:
        verdict = suitability(_product(each), facts, today=today, parents_sold=parents_sold)
        if verdict.status != "ok":
            yield each.sku, verdict.reason


def rules_met(product: models.Product, asked: Asked, today: date) -> list[models.MarketRule]:
    """The market's bans and conditions that hold for the product on the day."""
    names = subjects(_product(product))
    met = [each for each in asked.rules if each.subject in names]
    return [each for each in met if not each.months or today.month in _numbers(each.months)]


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
