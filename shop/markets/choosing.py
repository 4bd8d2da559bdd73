"""Which markets the chooser shows, and which of them is likely the visitor's. A hint orders the list, never decides."""

from dataclasses import dataclass
from ipaddress import ip_address

import iptocc

from shop.base.i18n import Languages, Tongue
from shop.markets.directory import Snapshot
from shop.markets.gate import Visitor, seeing
from shop.markets.models import Market


@dataclass(frozen=True, slots=True)
class Choice:
    """One market as the chooser shows it: its own name for itself, its currency, its doors."""

    market: Market
    name: str
    tag: str
    direction: str
    currency: str
    doors: tuple[tuple[str, str, str], ...]  # language tag, the language's own name, address
    likely: bool
    open: bool


def choices(snapshot: Snapshot, languages: Languages, *, hint: str, language: str) -> list[Choice]:
    """The markets one may know of, the likely one first. `hint` is a country code or empty."""
    known = [each for each in snapshot.markets.values() if seeing(snapshot.facts(each), Visitor()).chooser]
    likely = _likely(known, hint, language)
    ordered = sorted(known, key=lambda each: (each is not likely, each.position))
    return [_choice(each, languages, language, likely=each is likely) for each in ordered]


def country_of(address: str) -> str:
    """The country an address is registered in, or an empty text for a private or unknown one."""
    try:
        ip_address(address)
    except ValueError:
        return ""
    return iptocc.country_code(address) or ""


def _likely(known: list[Market], hint: str, language: str) -> Market | None:
    by_country = next((each for each in known if each.country == hint), None)
    return by_country or next((each for each in known if language in each.languages.split()), None)


def _choice(market: Market, languages: Languages, language: str, *, likely: bool) -> Choice:
    offered = sorted(market.languages.split(), key=lambda each: each != language)  # what the visitor reads comes first
    own = languages.tongue(offered[0], market.country)
    doors = tuple(
        (each, _own_name(languages.tongue(each, market.country)), f"/{market.id}/{each}/") for each in offered
    )
    currency = own.locale.currencies.get(market.currency, market.currency)
    return Choice(
        market,
        own.territory(market.country),
        own.tag,
        own.direction,
        currency,
        doors,
        likely,
        market.state in ("open", "soft"),
    )


def _own_name(tongue: Tongue) -> str:
    name = tongue.locale.get_language_name(tongue.locale) or tongue.language
    return name[0].upper() + name[1:]
