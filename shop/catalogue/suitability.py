"""May this product be sold in that market on that day? Eight rules, run in order; the first that fails decides.

Holds the decision only: plain values in, a verdict with its reason out. Refuses to read files, rows or the clock, and
knows nothing of prices, stock or launch state.

What the set-up's files mean here, beyond their headers:

* `requirements.csv` one row per market, kind and mark: that mark must be held for that kind.
* `rules.csv` has a fifth column, `months` (1 to 12, space-separated; empty = all year). `subject` is a SKU, a product
  kind, a value of the battery column, or a feature named by `subjects` below.
* `responsible_people.csv` a row says that the market asks for somebody for that kind (`all` = every kind of goods); an
  empty name says that nobody is appointed yet.
* A market's label languages are its own languages; `contains` and `may_contain` are answered when not empty (`none`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Status = Literal["ok", "needs_step", "no"]

ALL_GOODS = "all"
SERVICE = "service"
FOOD_KINDS = frozenset({"food", "food_animal", "food_novel"})
MANUAL_KINDS = frozenset({"mains", "mains_adapter", "battery", "radio", "button_cell"})
KIND_FEATURES = {"food_animal": "animal_origin", "food_novel": "novel_food"}
TARIFF_FEATURES = {"0409": "honey", "1806": "heat_sensitive"}


@dataclass(frozen=True)
class Product:
    """The facts of one SKU that any market may ask about; volts are None for what has no mains plug."""

    sku: str
    kind: str
    volts: tuple[int, int] | None = None
    hertz: frozenset[int] = frozenset()
    plugs: frozenset[str] = frozenset()
    battery: str = ""
    hs_code: str = ""
    contains: frozenset[str] = frozenset()
    may_contain: frozenset[str] = frozenset()
    fits: frozenset[str] = frozenset()
    parent_needed: bool = False
    label_languages: frozenset[str] = frozenset()
    manual_languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mains:
    """What comes out of the wall: every voltage and frequency met in the market, and its plug types (IEC letters)."""

    volts: frozenset[int]
    hertz: frozenset[int]
    plugs: frozenset[str]


@dataclass(frozen=True)
class Requirement:
    """The mark that a market asks for on one kind of product."""

    kind: str
    mark: str


@dataclass(frozen=True)
class Certificate:
    """A mark that is held; both days are included. Without SKUs it names every model of its kind."""

    kind: str
    mark: str
    number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    skus: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A ban or a condition on a subject, in the named months or, without any, all year."""

    subject: str
    verdict: Literal["needs_step", "no"]
    reason: str
    months: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ResponsiblePerson:
    """Somebody in the market who answers for one kind of goods; no name means asked for and not yet appointed."""

    kind: str
    name: str = ""


@dataclass(frozen=True)
class MarketFacts:
    """All that one market asks for, and what the exporter holds for it."""

    market: str
    mains: Mains | None = None
    label_languages: frozenset[str] = frozenset()
    requirements: tuple[Requirement, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    rules: tuple[Rule, ...] = ()
    responsible_people: tuple[ResponsiblePerson, ...] = ()


@dataclass(frozen=True)
class Reason:
    """A code for the reader's language to word, and the detail to put into it (a voltage, a mark, a SKU)."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether it may be sold, and by which rule; of an `ok` the detail names the marks that are held."""

    status: Status
    reason: Reason


def suitability(product: Product, market: MarketFacts, *, today: date, parents_sold: frozenset[str]) -> Verdict:
    """The verdict of the first failing rule. `parents_sold`: the SKUs that are or have been sold in this market."""
    for failure in _failures(product, market, today, parents_sold):
        if failure:
            return failure
    return Verdict("ok", Reason("suitable", ", ".join(_marks(product, market))))


def subjects(product: Product) -> frozenset[str]:
    """Every name under which a market's rule can mean this product."""
    names = {product.sku, product.kind, product.battery, KIND_FEATURES.get(product.kind, "")}
    names |= {name for prefix, name in TARIFF_FEATURES.items() if product.hs_code.startswith(prefix)}
    if product.kind == "food_animal" and "milk" in product.contains:
        names.add("dairy")
    return frozenset(names - {""})


def _failures(
    product: Product, market: MarketFacts, today: date, parents_sold: frozenset[str]
) -> Iterator[Verdict | None]:
    """The rules in their order; a service has neither label nor parcel, and its conditions come last."""
    is_service = product.kind == SERVICE
    yield _mains_fit(product, market.mains)
    yield _certificate_wallet(product, market, today)
    yield None if is_service else _responsible_person(product, market)
    yield None if is_service else _languages(product, market.label_languages)
    yield None if is_service else _bans(product, market, today)
    yield _allergens(product)
    yield _parent(product, parents_sold)
    yield _bans(product, market, today) if is_service else None


def _mains_fit(product: Product, mains: Mains | None) -> Verdict | None:
    if product.volts is None:
        return None
    if mains is None:
        return _needs_step("mains_unknown")
    low, high = product.volts
    if not all(low <= volt <= high for volt in mains.volts):
        return _no("voltage", _numbers(mains.volts))
    if not mains.hertz <= product.hertz:
        return _no("frequency", _numbers(mains.hertz))
    if not mains.plugs & product.plugs:
        return _no("plug", "/".join(sorted(mains.plugs)))
    return None


def _certificate_wallet(product: Product, market: MarketFacts, today: date) -> Verdict | None:
    for mark in _marks(product, market):
        papers = _papers(product, market, mark)
        if not any(in_force(paper, today) for paper in papers):
            return _no(_why_not_in_force(papers, today), mark)
    return None


def _marks(product: Product, market: MarketFacts) -> list[str]:
    return [asked.mark for asked in market.requirements if asked.kind == product.kind]


def _papers(product: Product, market: MarketFacts, mark: str) -> list[Certificate]:
    return [
        paper
        for paper in market.certificates
        if (paper.kind, paper.mark) == (product.kind, mark) and (not paper.skus or product.sku in paper.skus)
    ]


class Dated(Protocol):
    """A paper that may have a first and a last day, both included."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_until(self) -> date | None: ...


def in_force(paper: Dated, today: date) -> bool:
    """Whether the paper is in force on the day."""
    return (paper.valid_from or date.min) <= today <= (paper.valid_until or date.max)


def _why_not_in_force(papers: list[Certificate], today: date) -> str:
    if any((paper.valid_from or date.min) > today for paper in papers):
        return "certificate_not_yet_valid"
    return "certificate_expired" if papers else "certificate_missing"


def _responsible_person(product: Product, market: MarketFacts) -> Verdict | None:
    for person in market.responsible_people:
        if person.kind in (product.kind, ALL_GOODS) and not person.name:
            return _no("responsible_person_missing", person.kind)
    return None


def _languages(product: Product, asked: frozenset[str]) -> Verdict | None:
    if missing := asked - product.label_languages:
        return _needs_step("label_language", " ".join(sorted(missing)))
    if product.kind in MANUAL_KINDS and (missing := asked - product.manual_languages):
        return _needs_step("manual_language", " ".join(sorted(missing)))
    return None


def _bans(product: Product, market: MarketFacts, today: date) -> Verdict | None:
    """A ban outranks a condition: nobody should apply for a permit for what may not be sold anyway."""
    met = [rule for rule in _rules(product, market) if not rule.months or today.month in rule.months]
    if not met:
        return None
    rule = min(met, key=lambda rule: rule.verdict != "no")
    return Verdict(rule.verdict, Reason(rule.reason, rule.subject))


def _rules(product: Product, market: MarketFacts) -> list[Rule]:
    names = subjects(product)
    return [rule for rule in market.rules if rule.subject in names]


def _allergens(product: Product) -> Verdict | None:
    if product.kind not in FOOD_KINDS:
        return None
    for field, answer in (("contains", product.contains), ("may_contain", product.may_contain)):
        if not answer:
            return _needs_step("allergens_unanswered", field)
    return None


def _parent(product: Product, parents_sold: frozenset[str]) -> Verdict | None:
    if product.parent_needed and not product.fits & parents_sold:
        return _no("parent_not_sold", " ".join(sorted(product.fits)))
    return None


def _numbers(values: frozenset[int]) -> str:
    return "/".join(map(str, sorted(values)))


def _no(code: str, detail: str = "") -> Verdict:
    return Verdict("no", Reason(code, detail))


def _needs_step(code: str, detail: str = "") -> Verdict:
    return Verdict("needs_step", Reason(code, detail))
