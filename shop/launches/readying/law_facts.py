"""What policies and papers on disk say of a market: missing texts, the law's minimum, the legal notice, who answers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from stdnum.exceptions import ValidationError

from shop.catalogue.models import Product, ResponsiblePerson
from shop.catalogue.suitability import ALL_GOODS, SERVICE
from shop.checkout.business import CHECKS
from shop.ground.errors import NotFound
from shop.launches.readying.facts import Unwritten
from shop.markets.models import Market
from shop.policies.keys import NEEDED
from shop.policies.library import PolicyLibrary
from shop.policies.minimums import asked_for, found_worse

IMPRINT = ("seller", "seller_address", "email", "phone")
Signed = Callable[[str, str, str], bool]  # kind, hash, language -> whether a native reader signed the text so


def law_facts(market: Market, policies: PolicyLibrary, signed: Signed, today: date) -> dict[str, Any]:
    """What a market's policies say of themselves, as facts by their names."""
    languages = market.languages.split()
    imprint = policies.rules(market.id, "imprint", today)
    number = str(imprint.get("tax_number", ""))
    return {
        "policies_lacking": tuple(Unwritten(*each) for each in policies.complete(market.id, languages, today)),
        "unsigned": _unsigned(market, policies, signed, today),
        "imprint_lacking": tuple(each for each in IMPRINT if not imprint.get(each)),
        "tax_number": number,
        "tax_number_fits": _fits(number, market),
        "duties": str(policies.rules(market.id, "shipping", today).get("duties", "")),
        "return_address": str(policies.rules(market.id, "returns", today).get("return_address", "")),
        "below_minimum": _below(market, policies, today),
        **_minimums(policies.minimums.get(market.id, {})),
    }


def responsible_facts(products: list[Product], people: list[ResponsiblePerson]) -> dict[str, Any]:
    """Who answers for what is listed: named, missing, or named without an address."""
    kinds = {each.kind for each in products if each.kind != SERVICE}
    asked = [each for each in people if each.kind in kinds or (kinds and each.kind == ALL_GOODS)]
    return {
        "responsible": tuple(sorted({each.name for each in asked if each.name})),
        "responsible_lacking": tuple(each.kind for each in asked if not each.name),
        "responsible_unaddressed": tuple(sorted({each.name for each in asked if each.name and not each.address})),
    }


def _unsigned(market: Market, policies: PolicyLibrary, signed: Signed, today: date) -> tuple[Unwritten, ...]:
    """The texts in force that no native reader has signed as they stand now."""
    unsigned = []
    for kind in policies.kinds(market.id, today):
        try:
            version = policies.in_force(market.id, kind, today)
        except NotFound:
            continue
        languages = market.languages.split()
        unsigned += [Unwritten(kind, each) for each in languages if not signed(kind, version.hash, each)]
    return tuple(unsigned)


def _below(market: Market, policies: PolicyLibrary, today: date) -> tuple[str, ...]:
    """The rules in force that give less than the law asks: for a written reason, or since the law asks for more.

    So do those of a kind that has ended, where the law has come to ask for it since.
    """
    laws = policies.minimums.get(market.id, {})
    rules = {kind: policies.rules(market.id, kind, today) for kind in policies.kinds(market.id, today)}
    below = {kind: {*each.get("overrides", {}), *found_worse(each, laws.get(kind, {}))} for kind, each in rules.items()}
    ended = [kind for kind in NEEDED if policies.ended_on(market.id, kind, today)]
    below |= {kind: {*asked_for(laws.get(kind, {}))} for kind in ended}
    return tuple(f"{kind}.{key}" for kind, keys in below.items() for key in sorted(keys))


def _minimums(minimum: Mapping[str, Any]) -> dict[str, Any]:
    """How many rules of law are written down, and when the oldest of them was looked up."""
    kinds = [each for each in minimum.values() if isinstance(each, Mapping)]
    rules = [each for kind in kinds for each in kind.values() if isinstance(each, Mapping)]
    return {
        "minimums": len(rules),
        "minimum_as_of": min((each["as_of"] for each in rules if each.get("as_of")), default=None),
    }


def _fits(number: str, market: Market) -> bool:
    """Whether this can be a tax number of the country; without a rule to check by, it can."""
    check = CHECKS.get(market.business_number)
    if not number or check is None:
        return True
    try:
        check(number, market.country)
    except ValidationError:
        return False
    return True
