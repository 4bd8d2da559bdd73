"""What stands in an answer in place of `{plug}` or `{return_days}`: always the market's own rule or figure.

An answer whose placeholder has no value in a market (no fixed guarantee, say) is not given there at all.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import Tongue
from shop.catalogue.models import MainsSupply
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.sentences import guarantee_line, return_line

PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")
FIGURES = {  # placeholder -> the policy and the key that it tells
    "return_days": ("returns", "window_days"),
    "refund_days": ("returns", "refund_days"),
    "guarantee_months": ("warranty", "legal_guarantee_months"),
    "own_guarantee_months": ("warranty", "commercial_guarantee_months"),
    "delivery_days_min": ("shipping", "delivery_days_min"),
    "delivery_days_max": ("shipping", "delivery_days_max"),
}
KNOWN = frozenset(
    {
        "country",
        "languages",
        "email",
        "phone",
        "plug",
        "voltage",
        "frequency",
        "return_rule",
        "guarantee_rule",
        *FIGURES,
    }
)


def unknown(text: str, known: Collection[str] = KNOWN) -> list[str]:
    """The placeholders of a text for which there is no value anywhere."""
    return sorted({each for each in PLACEHOLDER.findall(text) if each not in known})


def filled(text: str, values: Mapping[str, str]) -> str | None:
    """The text with the market's values; None where one is missing."""
    if any(each not in values for each in PLACEHOLDER.findall(text)):
        return None
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def values_of(db: Session, market: Market, tongue: Tongue, policies: PolicyLibrary, *, now: datetime) -> dict[str, str]:
    """Every value that the market has today, as a reader of the tongue is told it."""
    today = local(now, market.zone).date()
    exporter, mains = db.get_one(Exporter, 1), db.get(MainsSupply, market.id)
    values = {
        "country": tongue.territory(market.country),
        "languages": tongue.list([tongue.language_name(each) for each in market.languages.split()]),
        "email": exporter.email,
        "phone": exporter.phone,
        **_rules(policies, market, tongue, today),
    }
    if mains is not None:
        values |= {
            "plug": tongue.list(mains.plugs.split()),
            "voltage": tongue.list([tongue.number(int(each)) for each in mains.volts.split()]),
            "frequency": tongue.list([tongue.number(int(each)) for each in mains.hertz.split()]),
        }
    return values


def _rules(policies: PolicyLibrary, market: Market, tongue: Tongue, today: date) -> dict[str, str]:
    rules: dict[str, Mapping[str, Any]] = {
        kind: policies.rules(market.id, kind, today) for kind in ("returns", "warranty", "shipping")
    }
    told = {name: rules[kind].get(key) for name, (kind, key) in FIGURES.items()}
    if rules["warranty"].get("legal_guarantee_basis") != "fixed":
        told["guarantee_months"] = None  # a figure that stands in the rules but binds nobody is not told
    values = {name: tongue.number(figure) for name, figure in told.items() if figure}
    for name, kind, line in (("return_rule", "returns", return_line), ("guarantee_rule", "warranty", guarantee_line)):
        version = _in_force(policies, market, kind, today)
        if version is not None:
            values[name] = line(version, tongue)
    return values


def _in_force(policies: PolicyLibrary, market: Market, kind: str, today: date) -> PolicyVersion | None:
    try:
        return policies.in_force(market.id, policies.held_by(market.id, kind, today), today)
    except NotFound:
        return None
